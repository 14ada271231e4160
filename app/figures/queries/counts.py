"""The counts behind figures: every target’s in one statement, however many people there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CTE, ColumnElement, Integer, Select, and_, case, func, literal, or_, select

from app.figures.models import CohortRequirement, Membership
from app.figures.queries import scopes
from app.figures.queries.plans import Plan
from app.figures.queries.sources import Sources

Row = tuple[int, ...]

# What is to come of those who are not complete: `booked` by confirmed places up to the deadline, `later` by
# those after it as well, `unmarked` by attendance that is not recorded yet, `both` by that and by places up
# to the deadline.
PARTS = ("booked", "later", "unmarked", "both")


def counts(plan: Plan, sources: Sources) -> Select[Row]:
    """One row: the target's id, how many are in scope, complete, away, away but complete; and of those who
    are not complete how many are to be by each of PARTS."""
    if plan.is_flow:
        return _trained_counts(plan, sources)
    people = people_done(plan, sources).subquery()
    away = sources.away
    away_done = case((away.c.person_id.is_not(None), people.c.done), else_=0)
    return select(
        literal(plan.target.id, Integer),
        func.count(),
        func.coalesce(func.sum(people.c.done), 0),
        func.count(away.c.person_id),
        func.coalesce(func.sum(away_done), 0),
        *(func.coalesce(func.sum(people.c[name]), 0) for name in PARTS),
    ).join_from(people, away, away.c.person_id == people.c.person_id, isouter=True)


def _trained_counts(plan: Plan, sources: Sources) -> Select[Row]:
    nothing, trained = literal(0, Integer), sources.trained
    done = select(trained.c.person_id).where(trained.c.course_id == plan.rule.course_id)
    found = {
        name: select(func.count())
        .where(part.c.course_id == plan.rule.course_id, part.c.person_id.not_in(done), is_in_time)
        .scalar_subquery()
        for name, (part, is_in_time) in _parts(plan, sources).items()
    }
    everybody = select(func.count()).select_from(done.subquery()).scalar_subquery()
    return select(
        literal(plan.target.id, Integer),
        nothing,
        everybody,
        nothing,
        nothing,
        *(found.get(name, nothing) for name in PARTS),
    )


def _parts(plan: Plan, sources: Sources) -> dict[str, tuple[CTE, ColumnElement[bool]]]:
    """For each of PARTS that there is, where it is read and which of its rows count."""
    ahead = sources.ahead_for(plan)
    if ahead is None:
        return {}
    last, booked, attended = sources.last_day(plan), ahead.booked, ahead.attended
    found: dict[str, tuple[CTE, ColumnElement[bool]]] = {
        "booked": (booked, booked.c.completed_on <= last),
        "later": (booked, booked.c.completed_on.is_not(None)),
    }
    if attended is not None:
        found["unmarked"] = attended, attended.c.completed_on <= sources.moment.as_at
        found["both"] = attended, attended.c.completed_on <= last
    return found


def people_done(plan: Plan, sources: Sources) -> Select[Any]:
    """Everybody in a target's scope once: person_id; `done` as 1 when complete, else 0; `done_on`; and for
    each of PARTS 1 when somebody who is not complete would be by what is to come.

    Coverage counts a completion while it is current; a cohort's members are done once they completed (4.3).
    """
    if plan.population is None:
        return _members_done(plan, sources)
    scope = scopes.in_post(
        plan.population, as_at=sources.moment.as_at, known_at=sources.moment.known_at
    ).subquery()
    completed, course_id = sources.completed, plan.rule.course_id
    is_theirs = and_(
        completed.c.person_id == scope.c.person_id,
        completed.c.course_id == course_id,
        completed.c.is_current,
    )
    has_not = completed.c.person_id.is_(None)
    parts = _parts(plan, sources)
    statement = select(
        scope.c.person_id,
        case((has_not, 0), else_=1).label("done"),
        completed.c.completed_on.label("done_on"),
        *_to_be(
            {
                name: and_(has_not, part.c.person_id.is_not(None), is_in_time)
                for name, (part, is_in_time) in parts.items()
            }
        ),
    ).join_from(scope, completed, is_theirs, isouter=True)
    for part in _sources_of(parts):
        is_part = and_(part.c.person_id == scope.c.person_id, part.c.course_id == course_id)
        statement = statement.outerjoin(part, is_part)
    return statement


def _members_done(plan: Plan, sources: Sources) -> Select[Any]:
    """A member is done when every course that they need is complete; one who needs nothing never is."""
    completed = sources.completed
    assert plan.target.cohort_id is not None
    moment = sources.moment
    statement = scopes.members(plan.target.cohort_id, as_at=moment.as_at, known_at=moment.known_at)
    wanted: ColumnElement[int]
    if plan.rule.course_id:
        wanted = literal(plan.rule.course_id)
    else:
        is_needed = scopes.needs([requirement.id for requirement in plan.requirements])
        statement = statement.outerjoin(CohortRequirement, is_needed)
        wanted = CohortRequirement.course_id.expression
    parts = _parts(plan, sources)
    for source in (completed, *_sources_of(parts)):
        is_theirs = and_(source.c.person_id == Membership.person_id, source.c.course_id == wanted)
        statement = statement.outerjoin(source, is_theirs)
    needed, has = func.count(wanted), func.count(completed.c.person_id)
    is_to_be = {
        name: and_(
            needed > has,
            needed == func.count(case((or_(completed.c.person_id.is_not(None), is_in_time), 1))),
        )
        for name, (_, is_in_time) in parts.items()
    }
    return statement.with_only_columns(
        Membership.person_id,
        case((and_(needed > 0, needed == has), 1), else_=0).label("done"),
        func.max(completed.c.completed_on).label("done_on"),
        *_to_be(is_to_be),
    ).group_by(Membership.person_id)


def _sources_of(parts: Mapping[str, tuple[CTE, ColumnElement[bool]]]) -> list[CTE]:
    """Where the parts are read, each once."""
    return list(dict.fromkeys(part for part, _ in parts.values()))


def _to_be(found: Mapping[str, ColumnElement[bool]]) -> list[ColumnElement[int]]:
    return [
        (case((found[name], 1), else_=0) if name in found else literal(0, Integer)).label(name)
        for name in PARTS
    ]
