"""The counts behind figures: every target’s in one statement, however many people there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    case,
    func,
    literal,
    or_,
    select,
)

from app.figures.models import CohortRequirement, Membership, TargetKind
from app.figures.queries import measures, scopes
from app.figures.queries.plans import LEFT_OUT, Plan
from app.figures.queries.sources import Sources
from app.people.models import EmploymentType

Row = tuple[int, ...]
_BESIDE = tuple(name for one in LEFT_OUT for name in (one.value, f"{one.value}_done"))
COUNTED = ("in_scope", "done", "away", "away_done", "newcomers", "flagged", *_BESIDE)

# What is to come of those who are not complete: `booked` by confirmed places up to the deadline, `later` by
# those after it as well, `unmarked` by attendance that is not recorded yet, `both` by that and by places up
# to the deadline.
PARTS = ("booked", "later", "unmarked", "both")


def counts(plan: Plan, sources: Sources) -> Select[Any]:
    """One row: the target's id, then COUNTED; and of those who are not complete how many are to be by each
    of PARTS. Or a row for each service and sector, which come last, if the sources have them."""
    if plan.is_flow:
        return _trained_counts(plan, sources).add_columns(*nowhere(sources))
    if not plan.has_scope:
        return _row(plan, done=_number(plan, sources)).add_columns(*nowhere(sources))
    people = people_done(plan, sources).subquery()
    away = sources.away
    away_done = case((away.c.person_id.is_not(None), people.c.done), else_=0)
    is_new = people.c.person_id.in_(select(sources.newcomers.c.person_id))
    doubted = sources.in_doubt(plan).subquery()
    statement = _row(
        plan,
        in_scope=func.count(),
        done=func.coalesce(func.sum(people.c.done), 0),
        away=func.count(away.c.person_id),
        away_done=func.coalesce(func.sum(away_done), 0),
        newcomers=func.count(case((is_new, 1))),
        flagged=func.count(doubted.c.person_id),
        **_left_out(plan, sources),
        **{name: func.coalesce(func.sum(people.c[name]), 0) for name in PARTS},
    ).join_from(people, away, away.c.person_id == people.c.person_id, isouter=True)
    statement = statement.outerjoin(doubted, doubted.c.person_id == people.c.person_id)
    work = sources.work
    if work is None:
        return statement
    where = (work.c.service, work.c.sector)
    return (
        statement.add_columns(*where).outerjoin(work, work.c.person_id == people.c.person_id).group_by(*where)
    )


def nowhere(sources: Sources) -> list[ColumnElement[Any]]:
    """The last columns of a row that belongs to no group."""
    return [] if sources.work is None else [literal(None, String)] * 2


def in_all(rows: Iterable[Sequence[Any]], target_id: int) -> Row:
    """The row of a target from those of its groups; there are none when nobody is in scope.

    Who is left out is counted beside every group, so that it is not added up.
    """
    found = dict.fromkeys((*COUNTED, *PARTS), 0)
    for row in rows:
        for name, number in zip(found, row[1:], strict=False):
            found[name] = number if name in _BESIDE else found[name] + number
    return target_id, *found.values()


def _row(plan: Plan, **numbers: ColumnElement[int]) -> Select[Row]:
    """The row of a target: 0 stands for whatever its kind does not count."""
    nothing = literal(0, Integer)
    return select(
        literal(plan.target.id, Integer), *(numbers.get(name, nothing) for name in (*COUNTED, *PARTS))
    )


def _number(plan: Plan, sources: Sources) -> ColumnElement[int]:
    """The one number of a measure that counts no completions; a score has none, as documents state it."""
    target, as_at, known_at = plan.target, sources.moment.as_at, sources.moment.known_at
    if target.kind is TargetKind.DELIVERABLE:
        return measures.how_many(measures.delivered(target.id, as_at=as_at, known_at=known_at))
    if target.reach_step:
        people = measures.reached(
            target, plan.rule, plan.population, target.reach_step, as_at=as_at, known_at=known_at
        )
        return measures.how_many(people)
    return literal(0, Integer)


def _left_out(plan: Plan, sources: Sources) -> dict[str, ColumnElement[int]]:
    """How many agency and contracted workers in the same roles there are, and have it: never counted."""
    found: dict[str, ColumnElement[int]] = {}
    for one in plan.left_out:
        people = _in_scope(plan, sources, [one])
        completed = sources.completed
        done = select(completed.c.person_id).where(
            completed.c.course_id == plan.rule.course_id,
            completed.c.is_current,
            completed.c.person_id.in_(people),
        )
        found[one.value] = measures.how_many(people)
        found[f"{one.value}_done"] = measures.how_many(done)
    return found


def _in_scope(plan: Plan, sources: Sources, instead: Sequence[EmploymentType] = ()) -> Select[tuple[int]]:
    """The people in post who fit the rule; or those employed otherwise, `instead`, who fit the rest of it."""
    assert plan.population is not None
    moment = sources.moment
    return scopes.in_post(plan.population, as_at=moment.as_at, known_at=moment.known_at, instead=instead)


def trained(plan: Plan, sources: Sources) -> Select[Any]:
    """Everybody who was trained, in the columns of `people_done`: all of them complete."""
    people = sources.trained
    return select(
        people.c.person_id,
        literal(1, Integer).label("done"),
        people.c.completed_on.label("done_on"),
        *_to_be({}),
    ).where(people.c.course_id == plan.rule.course_id)


def _trained_counts(plan: Plan, sources: Sources) -> Select[Row]:
    trained = sources.trained
    done = select(trained.c.person_id).where(trained.c.course_id == plan.rule.course_id)
    found = {
        name: select(func.count())
        .where(part.c.course_id == plan.rule.course_id, part.c.person_id.not_in(done), is_in_time)
        .scalar_subquery()
        for name, (part, is_in_time) in _parts(plan, sources).items()
    }
    everybody = select(func.count()).select_from(done.subquery()).scalar_subquery()
    return _row(plan, done=everybody, **found)


def _parts(plan: Plan, sources: Sources) -> dict[str, tuple[CTE, ColumnElement[bool]]]:
    """For each of PARTS that there is, where it is read and which of its rows count."""
    ahead = sources.ahead_for(plan)
    if ahead is None:
        return {}
    last, booked, attended = sources.last_day(plan), ahead.booked, ahead.attended
    on = "completed_on" if plan.population is None else "renewed_on"  # coverage counts what is current
    found: dict[str, tuple[CTE, ColumnElement[bool]]] = {
        "booked": (booked, booked.c[on] <= last),
        "later": (booked, booked.c[on].is_not(None)),
    }
    if attended is not None:
        found["unmarked"] = attended, attended.c[on] <= sources.moment.as_at
        found["both"] = attended, attended.c[on] <= last
    return found


def people_done(plan: Plan, sources: Sources) -> Select[Any]:
    """Everybody in a target's scope once: person_id; `done` as 1 when complete, else 0; `done_on`; and for
    each of PARTS 1 when somebody who is not complete would be by what is to come.

    Coverage counts a completion while it is current; a cohort's members are done once they completed (4.3).
    """
    if plan.population is None:
        return _members_done(plan, sources)
    scope = _in_scope(plan, sources).subquery()
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
