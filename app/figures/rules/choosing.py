"""Putting people on a cohort's list by a rule, after a look at whom it finds (AM-06)."""

from __future__ import annotations

from datetime import date, datetime

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db, lock_row, record_all
from app.core.editions import check_looked_at
from app.core.errors import RuleBroken
from app.core.filters import day
from app.figures import queries
from app.figures.models import Cohort, Membership, Population
from app.figures.rules.cohorts import check_in_post, checked_cause
from app.people.models import Person
from app.programmes.models import Course


def add_candidates(
    *,
    cohort: Cohort,
    population: Population,
    joined_on: date,
    cause: str,
    by: Actor,
    now: datetime,
    on: date,
    without: Course | None = None,
    started_after: date | None = None,
    seen: str | None = None,
) -> list[Person]:
    """Everybody whom the rule finds joins the list; `seen` is the edition of those who were looked at.

    When the rule finds others by now, nobody is added: the list is to be looked at again.
    """
    cause = checked_cause(cohort, cause)
    lock_row(Cohort, cohort.id)
    found = list(
        db.session.scalars(
            queries.candidates(cohort, population, on=on, without=without, started_after=started_after)
        )
    )
    check_looked_at(
        sorted(person.id for person in found),
        seen,
        "The rule finds others by now, so nobody was added. Look at the list again.",
    )
    _check_days(cohort, found, joined_on)
    words = queries.candidates_in_words(population, without=without, started_after=started_after)
    _record_members(cohort, found, joined_on, cause, by=by, now=now)
    if found:
        count = f"{len(found)} joined on {joined_on.isoformat()}"
        changes = {cause: (None, count), "Chosen by": (None, words)}
        audit.record(by=by, verb="cohort:people added", thing=cohort, now=now, changes=changes)
    return found


def _record_members(
    cohort: Cohort, people: list[Person], joined_on: date, cause: str, *, by: Actor, now: datetime
) -> None:
    rows = [
        {
            "cohort_id": cohort.id,
            "person_id": person.id,
            "joined_on": joined_on,
            "cause": cause,
            "recorded_at": now,
        }
        for person in people
    ]
    record_all(Membership, rows, by=by.name, now=now)


def _check_days(cohort: Cohort, people: list[Person], joined_on: date) -> None:
    """Nobody is on the list twice on a day: who left it is on it until they left. Nor is anybody on it
    who has left the academy by the day."""
    ids = [person.id for person in people]
    known = db.session.scalars(queries.memberships_after(cohort, ids, joined_on).limit(1)).first()
    if known is not None and known.left_on is not None:
        raise RuleBroken(
            f"{known.person.name} was on the list until {day(known.left_on)}. Choose that day or a later one."
        )
    check_in_post(people, joined_on)
