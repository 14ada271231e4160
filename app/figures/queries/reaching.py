"""How far training will have reached people by a deadline, from what is booked and which places are free.

Somebody counts who is reached once, in one session of one course: nothing has to be completed. (4.2, 4.12)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    Subquery,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from app.bookings.models import Booking, Seat
from app.bookings.queries import held_by
from app.core.db import db, live, row_count
from app.figures.models import ReachStep, TargetKind
from app.figures.queries import measures, scopes
from app.figures.queries.colours import Verdict, verdict_on_reach, with_outstanding
from app.figures.queries.figure import Figure
from app.figures.queries.forecast import Forecast
from app.figures.queries.planning import PlanningAbsence
from app.figures.queries.plans import Plan
from app.figures.queries.prospects import (
    FreeRun,
    Moment,
    has_seat,
    is_confirmed,
    is_marked,
    is_on,
)
from app.figures.queries.sources import Sources
from app.learning.queries import OUTSTANDING_DAYS
from app.programmes.models import Course, CourseVersion
from app.sessions.models import Run, SessionDate, TrainingSession

# Steps that sessions bring about. Nothing is scheduled that would invite anybody, or offer them training.
SCHEDULED = frozenset({ReachStep.BOOKED, ReachStep.ATTENDED})


@dataclass(frozen=True)
class Reaching:
    """What is to come of a target for reach: its courses, and people whom its step has not reached yet.

    `people` are those in its population, None without one. Of the others that came or will, for a target on
    attendance: `booked` have a confirmed place up to the deadline, of them `unmarked` one that was held and
    is not marked, `to_come` one that is to come; `outstanding_marks` are all the marks that are missing.
    """

    courses: frozenset[int]
    people: int | None = None
    booked: int = 0
    unmarked: int = 0
    to_come: int = 0
    outstanding_marks: int = 0


def reaching(
    plans: Sequence[Plan], sources: Sources, courses: Mapping[int, Collection[int]]
) -> dict[int, Reaching]:
    """What is to come of each target for reach among these, by its id; one statement for all of them.

    `courses` are those of each, by the target's id.
    """
    wanted = [plan for plan in plans if plan.target.kind is TargetKind.REACH]
    counted = (_counts(plan, sources) for plan in wanted if plan.target.reach_step in SCHEDULED)
    numbers = {target_id: of_target for target_id, *of_target in _rows(counted)}
    return {
        plan.target.id: Reaching(frozenset(courses.get(plan.target.id, ())), *numbers.get(plan.target.id, ()))
        for plan in wanted
    }


def _rows(parts: Iterable[Select[Any]]) -> Sequence[Row[Any]]:
    """The rows of all these, in one statement; none of nothing."""
    statements = list(parts)
    return db.session.execute(union_all(*statements)).all() if statements else []


def courses_of(plan: Plan) -> Select[Any]:
    """The id of a target for reach with the course that it names, or with each course of its programme."""
    return select(literal(plan.target.id, Integer), Course.id).where(
        measures.is_its_course(plan.target, plan.rule)
    )


# --- Places to come ------------------------------------------------------------------------------------


def _counts(plan: Plan, sources: Sources) -> Select[Any]:
    """One row: the target's id, and the numbers of `Reaching` in their order."""
    moment, population = sources.moment, plan.population
    scope = None
    if population is not None:
        scope = scopes.in_post(population, as_at=moment.as_at, known_at=moment.known_at)
    people = cast(null(), Integer) if scope is None else row_count(scope)
    row = [literal(plan.target.id, Integer), people]
    if plan.target.reach_step is not ReachStep.ATTENDED:
        return select(*row, *[literal(0, Integer)] * 4)
    last = sources.last_day(plan)
    places = _places(plan, moment, last).subquery()
    reached = _reached(plan, moment).subquery()
    is_ahead = places.c.held_on > moment.as_at
    is_unmarked = and_(~is_ahead, ~places.c.is_marked)
    is_new = reached.c.person_id.is_(None)

    def how_many(which: Any) -> Any:
        return func.count(case((and_(is_new, which), places.c.person_id)).distinct())

    statement = select(
        *row,
        how_many(_is_booked(places, moment, last)),
        how_many(is_unmarked),
        how_many(is_ahead),
        func.count(case((is_unmarked, 1))),
    ).join_from(places, reached, reached.c.person_id == places.c.person_id, isouter=True)
    return statement if scope is None else statement.where(places.c.person_id.in_(scope))


def _is_booked(places: Subquery, moment: Moment, last: date) -> ColumnElement[bool]:
    """Whether a place counts as one up to the last day: to come, or held and not marked. Once that day is
    over nobody is booked for it."""
    if last < moment.as_at:
        return false()
    return and_(or_(places.c.held_on > moment.as_at, ~places.c.is_marked), places.c.held_on <= last)


def to_attend(plan: Plan, sources: Sources) -> Select[tuple[int, date]]:
    """Whom a target on attendance has not reached, and who have a confirmed place up to its last day:
    person_id and `at`, the first day of it. They are those whom `booked` of `Reaching` counts."""
    moment, last = sources.moment, sources.last_day(plan)
    places = _places(plan, moment, last).subquery()
    found = (
        select(places.c.person_id, func.min(places.c.held_on).label("at"))
        .where(
            _is_booked(places, moment, last),
            places.c.person_id.not_in(select(_reached(plan, moment).subquery().c.person_id)),
        )
        .group_by(places.c.person_id)
    )
    return _of_population(found, places.c.person_id, plan, moment)


def not_marked(plan: Plan, sources: Sources) -> Select[tuple[int, date]]:
    """The places of a target on attendance that nobody has marked: person_id and `at`, the session's day.
    They are those that `outstanding_marks` of `Reaching` counts."""
    moment = sources.moment
    places = _places(plan, moment, sources.last_day(plan)).subquery()
    found = select(places.c.person_id, places.c.held_on.label("at")).where(
        places.c.held_on <= moment.as_at, ~places.c.is_marked
    )
    return _of_population(found, places.c.person_id, plan, moment)


def _of_population(found: Select[Any], person_id: Any, plan: Plan, moment: Moment) -> Select[Any]:
    """Only those in post of the target's population, where it has one."""
    if plan.population is None:
        return found
    scope = scopes.in_post(plan.population, as_at=moment.as_at, known_at=moment.known_at)
    return found.where(person_id.in_(scope))


def _reached(plan: Plan, moment: Moment) -> Select[Any]:
    """Everybody who attended, in the target's population or not."""
    return measures.reached(
        plan.target, plan.rule, None, ReachStep.ATTENDED, as_at=moment.as_at, known_at=moment.known_at
    )


def _places(plan: Plan, moment: Moment, last: date) -> Select[Any]:
    """Each confirmed place in a session that was held lately, or is to be held by the last day."""
    held_on = SessionDate.held_on
    return (
        select(held_by(moment.known_at).label("person_id"), held_on, is_marked(moment).label("is_marked"))
        .join(Seat, Seat.booking_id == Booking.id)
        .join(TrainingSession, TrainingSession.id == Seat.session_id)
        .join(Run, Run.id == TrainingSession.run_id)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(
            measures.is_its_course(plan.target, plan.rule),
            live(SessionDate, moment.known_at),
            held_on > moment.as_at - timedelta(days=OUTSTANDING_DAYS),
            or_(held_on <= moment.as_at, held_on <= last),
            is_confirmed(moment.instant),
            has_seat(moment.instant),
            is_on(moment.instant),
        )
    )


# --- The figure ----------------------------------------------------------------------------------------


def with_reaching(
    figure: Figure,
    plan: Plan,
    to_come: Reaching,
    sources: Sources,
    *,
    runs: Iterable[FreeRun],
    absence: PlanningAbsence,
    marked: set[int],
    met_on: date | None,
) -> Figure:
    """A figure of reach with its colour and, where sessions bring its step about, its forecast.

    41 attended, 30 more are booked and 10% don't come: 68 are likely. Nobody is expected to be invited.
    """
    step, until = plan.target.reach_step, sources.forecast_day(plan)
    assert step is not None
    forecast = None
    if figure.required is not None:
        forecast = _forecast(figure, plan, to_come, _free(plan, to_come.courses, runs, sources), absence)
    has_marks = step is not ReachStep.ATTENDED or not to_come.courses.isdisjoint(marked)

    def verdict(asked: Forecast | None) -> Verdict:
        return verdict_on_reach(
            asked, step=step, as_at=figure.looked_at_on, deadline=until, has_marks=has_marks, met_on=met_on
        )

    found = with_outstanding(verdict, forecast, unmarked=to_come.unmarked, to_come=to_come.to_come)
    return replace(
        figure,
        forecast=forecast if step in SCHEDULED else None,
        verdict=found,
        outstanding_marks=to_come.outstanding_marks,
        forecast_for=until,
    )


def _forecast(figure: Figure, plan: Plan, to_come: Reaching, free: int, absence: PlanningAbsence) -> Forecast:
    """Of those who have a place now the usual share does not come. Somebody who takes a free place has one,
    come what may: a target on places expects nobody to stay away."""
    comes = plan.target.reach_step is ReachStep.ATTENDED
    return Forecast(
        required=figure.required or 0,
        people=to_come.people,
        complete=figure.numerator,
        booked=to_come.booked,
        free=free,
        absence=absence.share if comes else Fraction(0),
        absence_words=absence.words if comes else "",
        usual_capacity=plan.usual_capacity,
    )


def _free(plan: Plan, courses: frozenset[int], runs: Iterable[FreeRun], sources: Sources) -> int:
    """The places in runs that begin by the last day: whoever takes one is reached on its first day."""
    if plan.target.reach_step not in SCHEDULED:
        return 0
    last = sources.last_day(plan)
    of_courses = [run for run in runs if run.course_id in courses and run.first_on <= last]
    return sum(run.places(plan.takers) for run in of_courses)
