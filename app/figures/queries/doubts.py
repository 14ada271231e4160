"""The people whose records put a figure in doubt, and why: "check data", and who may be here twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import Select, Subquery, select

from app.core import clock
from app.core.db import db
from app.figures.models import Target
from app.figures.queries import measures, scopes
from app.figures.queries.counts import people_done, trained
from app.figures.queries.flags import Flag, flagged
from app.figures.queries.plans import Plan, plans_for
from app.figures.queries.prospects import Moment
from app.figures.queries.sources import sources_for, versions_for
from app.people import queries as people
from app.people.models import BY_NAME, Person


def flagged_people(
    target: Target, *, as_at: date, known_at: datetime | None = None
) -> Select[tuple[Person, str]]:
    """Those of a target's denominator whose records are in doubt, by name, each with their team or cause."""
    plan = plans_for([target], known_at)[0]
    scope = people_done(plan, sources_for([plan], as_at, known_at)).subquery()
    note = scopes.belongs_to(scope.c.person_id, target.cohort_id, as_at, known_at)
    in_doubt = select(_flags(plan, as_at, known_at).c.person_id)
    return (
        select(Person, note.label("note"))
        .join(scope, scope.c.person_id == Person.id)
        .where(Person.id.in_(in_doubt))
        .order_by(*BY_NAME)
    )


def flags_of(
    target: Target, person_ids: Collection[int], *, as_at: date, known_at: datetime | None = None
) -> Mapping[int, list[Flag]]:
    """Why the records of these people are in doubt, each reason once, in one statement."""
    plan = plans_for([target], known_at)[0]
    found = _flags(plan, as_at, known_at)
    statement = (
        select(found.c.person_id, found.c.flag)
        .where(found.c.person_id.in_(sorted(person_ids)))
        .distinct()
        .order_by(found.c.person_id, found.c.flag)
    )
    flags: dict[int, list[Flag]] = defaultdict(list)
    for person_id, flag in db.session.execute(statement).tuples():
        flags[person_id].append(Flag(flag))
    return flags


def possible_duplicates_counted(plan: Plan, *, as_at: date, known_at: datetime | None = None) -> int | None:
    """How many of those whom a target counts may be here twice: until their records are merged their days are
    counted apart (4.6). None of a target that counts no people. One statement.

    Whom it counts is as at the day, as known at the instant; those who may be here twice, as the records are
    now.
    """
    counted = _everybody(plan, Moment(as_at, known_at))
    return None if counted is None else people.number_of_duplicates(counted, on=clock.today())


def _everybody(plan: Plan, moment: Moment) -> Select[tuple[int]] | None:
    """The ids of those whom a target counts, complete or not; of people trained and of reach, who is."""
    target, as_at, known_at = plan.target, moment.as_at, moment.known_at
    if target.reach_step is not None:
        reached = measures.reached(
            target, plan.rule, plan.population, target.reach_step, as_at=as_at, known_at=known_at
        )
        return select(reached.subquery().c.person_id)
    if plan.is_flow:
        return select(trained(plan, sources_for([plan], as_at, known_at)).subquery().c.person_id)
    if target.cohort_id is not None:
        return scopes.member_ids(target.cohort_id, as_at=as_at, known_at=known_at)
    if plan.population is not None:
        return scopes.in_post(plan.population, as_at=as_at, known_at=known_at)
    return None


def _flags(plan: Plan, as_at: date, known_at: datetime | None) -> Subquery:
    versions = versions_for(plan, plan.shapes)
    return flagged(versions, Moment(as_at, known_at)).subquery()
