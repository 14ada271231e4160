"""The counts behind figures: every target’s in one statement, however many people there are.

What the counts read (who completed what, what is to come) stands in that statement once or twice, and not
once for each target: databases plan every mention of it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)

from app.core.db import row_count
from app.figures.models import CohortRequirement, Membership, TargetKind
from app.figures.queries import measures, scopes
from app.figures.queries.begun import begun
from app.figures.queries.plans import Plan
from app.figures.queries.prospects import Ahead
from app.figures.queries.sources import Sources
from app.figures.queries.tallies import COUNTED, GROUPED_BY, IN_SCOPE, LACKED, LACKING, PARTS, WHO
from app.people.models import EmploymentType


def counts(plans: Sequence[Plan], sources: Sources) -> list[Select[Any]]:
    """The counts of all these targets: target_id, who, LACKED, then COUNTED and PARTS.

    Of those who are not complete, PARTS are how many are to be. A row for each target and for whom it counts
    (no row where that is nobody); or, if the sources have them, for each combination of GROUPED_BY, which
    come last. With what is ahead, also what people lack: see `TargetCounts`.
    """
    stocks = [plan for plan in plans if plan.has_scope]
    found = _of_stocks(stocks, sources) if stocks else []
    for plan in plans:
        if plan.is_flow:
            found.append(_flow_counts(plan, sources))
        elif not plan.has_scope:
            found.append(_row(plan, sources, done=_number(plan, sources)))
    return found


def _of_stocks(plans: Sequence[Plan], sources: Sources) -> list[Select[Any]]:
    """The counts of those in scope, and what they lack."""
    people = _people(plans, sources).cte()
    found = [_stock_counts(people, sources)]
    for plan in plans if sources.bookings else ():
        could_catch_up = plan.target.id in sources.single_days
        if plan.needs_differ and (could_catch_up or len(plan.courses) > 1):
            found.append(_lacking(plan, sources))
        elif could_catch_up:
            found.append(_begun(plan, people, sources))
    return found


def _stock_counts(people: CTE, sources: Sources) -> Select[Any]:
    away, work = sources.away, sources.work
    away_done = case((away.c.person_id.is_not(None), people.c.done), else_=0)
    is_new = people.c.person_id.in_(select(sources.newcomers.c.person_id))
    which: dict[str, ColumnElement[Any]] = {"target_id": people.c.target_id, "who": people.c.who}
    where = {name: work.c[name] for name in GROUPED_BY if work is not None}
    doubted = sources.doubted
    numbers: dict[str, ColumnElement[Any]] = {
        "in_scope": func.count(),
        "done": func.sum(people.c.done),
        "away": func.count(away.c.person_id),
        "away_done": func.sum(away_done),
        "newcomers": func.count(case((is_new, 1))),
        "outstanding_marks": func.sum(people.c.outstanding_marks),
        **{name: func.sum(people.c[name]) for name in PARTS},
    }
    if doubted is not None:
        numbers["flagged"] = func.count(doubted.c.person_id)
    statement = select(*_columns(sources, which | numbers | where)).join_from(
        people, away, away.c.person_id == people.c.person_id, isouter=True
    )
    if doubted is not None:
        is_theirs = and_(doubted.c.target_id == people.c.target_id, doubted.c.person_id == people.c.person_id)
        statement = statement.outerjoin(doubted, is_theirs)
    if work is not None:
        statement = statement.outerjoin(work, work.c.person_id == people.c.person_id)
    return statement.group_by(*which.values(), *where.values())


def _row(plan: Plan, sources: Sources, **numbers: ColumnElement[Any]) -> Select[Any]:
    """The row of a target whose people are not in scope."""
    which = {"target_id": literal(plan.target.id, Integer), "who": literal(IN_SCOPE, Integer)}
    return select(*_columns(sources, which | numbers))


def _columns(sources: Sources, cells: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """The columns of every row, by their names and in one order: 0 stands for what it does not count,
    None for whatever else it does not say."""
    columns = dict.fromkeys(("target_id", "who", *LACKED), literal(None, Integer))
    columns |= dict.fromkeys((*COUNTED, *PARTS), literal(0, Integer))
    if sources.work is not None:
        columns |= dict.fromkeys(GROUPED_BY, literal(None, String))
    return [cells.get(name, nothing).label(name) for name, nothing in columns.items()]


def _number(plan: Plan, sources: Sources) -> ColumnElement[int]:
    """The one number of a measure that counts no completions; a score has none, as documents state it."""
    target, as_at, known_at = plan.target, sources.moment.as_at, sources.moment.known_at
    if target.kind is TargetKind.DELIVERABLE:
        return row_count(measures.delivered(target.id, as_at=as_at, known_at=known_at))
    if target.reach_step:
        people = measures.reached(
            target, plan.rule, plan.population, target.reach_step, as_at=as_at, known_at=known_at
        )
        return row_count(people)
    return literal(0, Integer)


def _flow_counts(plan: Plan, sources: Sources) -> Select[Any]:
    """How many were trained, and how many others are to be."""
    trained, course_id = sources.trained, plan.rule.course_id
    done = select(func.count()).where(trained.c.course_id == course_id).scalar_subquery()
    if sources.to_train is None:
        return _row(plan, sources, done=done)
    numbers: dict[str, ColumnElement[int]] = {
        name: func.count(case((is_in, 1)))
        for name, is_in in _to_train_in_time(plan, sources.to_train, sources).items()
    }
    if sources.bookings and course_id:
        # Everybody counts who was trained, so that any mark of the course may change it.
        numbers["outstanding_marks"] = literal(sources.bookings.outstanding_marks.get(course_id, 0), Integer)
    return _of_those_to_train(_row(plan, sources, done=done, **numbers), plan, sources.to_train)


def _to_train_in_time(plan: Plan, ahead: Ahead, sources: Sources) -> dict[str, ColumnElement[bool]]:
    return _in_time(
        sources, sources.last_day(plan), [ahead.to_come, ahead.held], lambda one: one.c.completed_on
    )


def _of_those_to_train(people: Select[Any], plan: Plan, ahead: Ahead) -> Select[Any]:
    """The rows of those who are to be trained in a target's course, and are not yet: nobody else is there."""
    booked = ahead.booked
    to_be = people.select_from(booked).where(booked.c.course_id == plan.rule.course_id)
    if booked is ahead.to_come:
        return to_be
    return to_be.outerjoin(ahead.to_come, _same(ahead.to_come, booked))


def _same(one: CTE, other: CTE | Subquery) -> ColumnElement[bool]:
    return and_(one.c.person_id == other.c.person_id, one.c.course_id == other.c.course_id)


def _in_time(
    sources: Sources, last: Any, ahead: Sequence[CTE | None], day_of: Callable[[CTE], Any]
) -> dict[str, ColumnElement[bool]]:
    """For each of PARTS that there is, whether the day on which somebody would complete counts for it.

    `ahead` is what is to come and, unless all is recorded, that with what was held; `day_of` says its day.
    """
    to_come, held = ahead
    if to_come is None:
        return {}
    as_at, booked = sources.moment.as_at, day_of(to_come if held is None else held)
    in_time = and_(booked <= last, last >= as_at)  # once the deadline is over nobody is booked for it
    is_to_be = or_(in_time, booked > as_at, day_of(to_come).is_not(None))
    found = {"booked": in_time, "later": is_to_be, "to_come": day_of(to_come) <= last}
    if held is not None:
        found["unmarked"] = booked <= as_at
    return found


# --- Person by person ------------------------------------------------------------------------------------


def people_done(plan: Plan, sources: Sources) -> Select[Any]:
    """Everybody in a target’s scope once: person_id; `done` as 1 when complete, else 0; how many of their
    marks are outstanding; and for each of PARTS 1 when somebody who is not complete would be by
    what is to come.

    Coverage counts a completion while it is current; a cohort’s members are done once they completed (4.3).
    """
    return _people([plan], sources, has_left_out=False)


def trained(plan: Plan, sources: Sources) -> Select[Any]:
    """Everybody who was trained, in the columns of `people_done`: all of them complete."""
    people = sources.trained
    return select(
        people.c.person_id,
        literal(1, Integer).label("done"),
        literal(0, Integer).label("outstanding_marks"),
        *_to_be({}),
    ).where(people.c.course_id == plan.rule.course_id)


def to_be_trained(plan: Plan, sources: Sources) -> Select[Any]:
    """Everybody else who is to be trained by what is ahead, in the same columns: none of them complete."""
    ahead = sources.to_train
    assert ahead is not None
    people = select(
        ahead.booked.c.person_id,
        literal(0, Integer).label("done"),
        literal(0, Integer).label("outstanding_marks"),
        *_to_be(_to_train_in_time(plan, ahead, sources)),
    )
    return _of_those_to_train(people, plan, ahead)


def with_marks_outstanding(plan: Plan, sources: Sources) -> Select[Any]:
    """Everybody who has marks outstanding in a target's course, in the same columns: of people trained any
    mark of it may change the number."""
    unmarked, done = sources.bookings.unmarked if sources.bookings else None, sources.trained
    if unmarked is None:
        return trained(plan, sources).where(false())
    return (
        select(
            unmarked.c.person_id,
            case((done.c.person_id.is_not(None), 1), else_=0).label("done"),
            unmarked.c.marks.label("outstanding_marks"),
            *_to_be({}),
        )
        .outerjoin(done, _same(done, unmarked))
        .where(unmarked.c.course_id == plan.rule.course_id)
    )


def left_out(plan: Plan, sources: Sources, employment: EmploymentType) -> Select[Any]:
    """Those in the same roles whom a target's rule leaves out for how they are employed, in the same columns
    as `people_done`: nobody, where it leaves out no such workers."""
    people = _people([plan], sources).subquery()
    columns = (column for column in people.c if column.name not in {"target_id", "who"})
    return select(*columns).where(people.c.who == WHO[employment])


def _lacking(plan: Plan, sources: Sources) -> Select[Any]:
    """For each member who is neither complete nor booked, the courses that they lack and have not booked.

    Rows to be read with those of `counts`, as wide as they are.
    """
    scope = _scope([plan], sources, has_left_out=False)
    in_time = [
        select(one.c.person_id, one.c.course_id).where(one.c.completed_on <= sources.last_day(plan))
        for one in (sources.completed, *([sources.ahead.booked] if sources.ahead else []))
    ]
    # As one set of pairs, which is looked up; joined, PostgreSQL went through it for each member, and so does
    # SQLite for "not in", as one of the pairs might be NULL.
    is_in_time = tuple_(scope.c.person_id, scope.c.course_id).in_(union_all(*in_time))
    return _lacks(scope, scope.c.course_id, sources).where(
        scope.c.course_id.is_not(None), case((is_in_time, 1), else_=0) == 0
    )


def _begun(plan: Plan, people: CTE, sources: Sources) -> Select[Any]:
    """The same of a target on one course, and of those alone who have begun it: they may lack single days."""
    course_id = plan.rule.course_id
    assert sources.bookings is not None
    assert course_id is not None
    has_begun = begun(
        sources.versions_asked(plan), sources.bookings, sources.moment, since=sources.useful_since(plan)
    )
    return _lacks(people, literal(course_id, Integer), sources).where(
        people.c.target_id == plan.target.id,
        people.c.who == IN_SCOPE,
        people.c.done == 0,
        people.c.booked == 0,
        people.c.person_id.in_(has_begun),
    )


def _lacks(people: CTE | Subquery, course_id: ColumnElement[Any], sources: Sources) -> Select[Any]:
    """Who lacks which course."""
    cells = {
        "target_id": people.c.target_id,
        "who": literal(LACKING, Integer),
        "person_id": people.c.person_id,
        "course_id": course_id,
    }
    return select(*_columns(sources, cells))


def _people(plans: Sequence[Plan], sources: Sources, *, has_left_out: bool = True) -> Select[Any]:
    """Everybody in the scope of each target, and those whom its rule leaves out, as `people_done` says.

    Somebody is done when every course that they need is complete; one who needs nothing never is.
    """
    scope, completed = _scope(plans, sources, has_left_out=has_left_out), sources.completed
    has = and_(_same(completed, scope), or_(completed.c.is_current, scope.c.is_for_good == 1))
    statement = select(scope).outerjoin(completed, has)
    ahead = [sources.ahead.to_come, sources.ahead.held] if sources.ahead else [None, None]
    for source in ahead:
        if source is not None:
            statement = statement.outerjoin(source, _same(source, scope))
    unmarked = sources.bookings.unmarked if sources.bookings else None
    if unmarked is not None:
        statement = statement.outerjoin(unmarked, _same(unmarked, scope))

    def day_of(source: CTE) -> ColumnElement[date]:
        return case((scope.c.is_for_good == 1, source.c.completed_on), else_=source.c.renewed_on)

    in_time = _in_time(sources, scope.c.last_day, ahead, day_of)
    needed, had = func.count(scope.c.course_id), func.count(completed.c.person_id)
    is_to_be = {
        name: and_(
            needed > had,
            needed == func.count(case((or_(completed.c.person_id.is_not(None), is_in), 1))),
        )
        for name, is_in in in_time.items()
    }
    which = [scope.c.target_id, scope.c.who, scope.c.person_id]
    return statement.with_only_columns(
        *which,
        case((and_(needed > 0, needed == had), 1), else_=0).label("done"),
        _marks(unmarked).label("outstanding_marks"),
        *_to_be(is_to_be),
    ).group_by(*which)


def _marks(unmarked: CTE | None) -> ColumnElement[int]:
    """How many marks of a person are outstanding, as a whole number: PostgreSQL’s sum of sums is none."""
    if unmarked is None:
        return literal(0, Integer)
    return cast(func.coalesce(func.sum(unmarked.c.marks), 0), Integer)


def _scope(plans: Sequence[Plan], sources: Sources, *, has_left_out: bool) -> Subquery:
    """A row for each person whom a target counts and each course that it asks of them: target_id, who,
    person_id, course_id (None when nothing is asked), `is_for_good` as 1 when a completion counts even when
    it is over, and the last day of its forecast."""
    parts = [part for plan in plans for part in _scopes_of(plan, sources, has_left_out=has_left_out)]
    return union_all(*parts).subquery()


def _scopes_of(plan: Plan, sources: Sources, *, has_left_out: bool) -> Iterator[Select[Any]]:
    moment, last = sources.moment, literal(sources.last_day(plan), Date)

    def row(who: int, person_id: Any, course_id: Any) -> list[ColumnElement[Any]]:
        return [
            literal(plan.target.id, Integer).label("target_id"),
            literal(who, Integer).label("who"),
            person_id,
            course_id.label("course_id"),
            literal(int(plan.population is None), Integer).label("is_for_good"),
            last.label("last_day"),
        ]

    of_all = literal(plan.rule.course_id, Integer)
    if plan.population is None:
        assert plan.target.cohort_id is not None
        members = scopes.members(plan.target.cohort_id, as_at=moment.as_at, known_at=moment.known_at)
        if plan.rule.course_id:
            yield members.with_only_columns(*row(IN_SCOPE, Membership.person_id, of_all))
            return
        is_needed = scopes.needs([requirement.id for requirement in plan.requirements])
        yield members.outerjoin(CohortRequirement, is_needed).with_only_columns(
            *row(IN_SCOPE, Membership.person_id, CohortRequirement.course_id)
        )
        return
    instead = [(WHO[one], one) for one in plan.left_out] if has_left_out else []
    for who, employment in [(IN_SCOPE, None), *instead]:
        people = scopes.in_post(
            plan.population,
            as_at=moment.as_at,
            known_at=moment.known_at,
            instead=[employment] if employment else (),
        ).subquery()
        yield select(*row(who, people.c.person_id, of_all))


def _to_be(found: Mapping[str, ColumnElement[bool]]) -> list[ColumnElement[int]]:
    return [
        (case((found[name], 1), else_=0) if name in found else literal(0, Integer)).label(name)
        for name in PARTS
    ]
