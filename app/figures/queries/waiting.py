"""People not booked who have something instead: a turn on a waiting list, a request, or an offer (4.11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select

from app.bookings.models import Booking, BookingMove, BookingState
from app.bookings.queries import held_by, queue_positions
from app.core.days import written
from app.core.db import db, live
from app.figures.models import Target
from app.figures.queries import scopes
from app.figures.queries.plans import Plan, plans_for
from app.figures.queries.prospects import Moment, is_on
from app.programmes.models import CourseVersion
from app.sessions.models import Run, SessionDate, TrainingSession

# What is said of one person, and of several.
_SAID = {
    BookingState.WAITLISTED: ("is on a waiting list", "are on a waiting list"),
    BookingState.REQUESTED: ("waits for approval", "wait for approval"),
    BookingState.OFFERED: ("was offered a place", "were offered a place"),
}


@dataclass(frozen=True)
class Waiting:
    """One such booking: on which run, what it is and, on a waiting list as it is now, at which place."""

    run_id: int
    run: str
    state: BookingState
    position: int | None

    @property
    def words(self) -> str:
        return f"{self.state.label}, number {self.position}" if self.position else self.state.label


def waiting_of(
    target: Target, person_ids: Collection[int], *, as_at: date, known_at: datetime | None = None
) -> Mapping[int, Sequence[Waiting]]:
    """What each of these people has on runs of the courses that a target asks of them, by person."""
    moment = Moment(as_at, known_at)
    found = _bookings(plans_for([target], known_at)[0], moment).subquery()
    rows = db.session.execute(
        select(found).where(found.c.person_id.in_(sorted(person_ids))).order_by(found.c.booking_id)
    ).all()
    # The order of a waiting list is kept as it is now, and of no day before.
    positions = queue_positions([row.booking_id for row in rows]) if rows and not moment.instant else {}
    waiting: dict[int, list[Waiting]] = defaultdict(list)
    for row in rows:
        state = BookingState(row.state)
        waiting[row.person_id].append(Waiting(row.run_id, row.code, state, positions.get(row.booking_id)))
    return waiting


def waiting_in_words(plan: Plan, people: Select[Any], moment: Moment) -> str:
    """How many of these people wait, each once for each thing that they have: "3 are on a waiting list, 1
    waits for approval". One statement."""
    found, among = _bookings(plan, moment).subquery(), people.subquery()
    counted = (
        select(found.c.state, func.count(found.c.person_id.distinct()))
        .where(found.c.person_id.in_(select(among.c.person_id)))
        .group_by(found.c.state)
    )
    numbers = {BookingState(state): number for state, number in db.session.execute(counted).tuples()}
    return ", ".join(
        f"{number:,} {one if number == 1 else several}"
        for state, (one, several) in _SAID.items()
        if (number := numbers.get(state, 0))
    )


def _bookings(plan: Plan, moment: Moment) -> Select[Any]:
    """The bookings without a place on runs that are not over, of the courses that a target asks of whoever
    has them: person_id, state, booking_id, run_id and the code of the run."""
    person_id, state = held_by(moment.known_at), _state(moment.instant)
    return (
        select(
            person_id.label("person_id"),
            state.label("state"),
            Booking.id.label("booking_id"),
            Run.id.label("run_id"),
            Run.code,
        )
        .select_from(Booking)
        .join(Run, Run.id == Booking.run_id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .where(
            or_(false(), *(_serves(plan, course, person_id, moment) for course in sorted(plan.courses))),
            state.in_(list(_SAID)),
            is_on(moment.instant),
            _is_to_come(moment),
        )
    )


def _serves(plan: Plan, course: int, person_id: Any, moment: Moment) -> ColumnElement[bool]:
    """Whether a run is of a course, or of one that stands in for it, and the course is asked of somebody: of
    a member of a cohort, by the cause for which they joined."""
    as_good = CourseVersion.course_id.in_(sorted({course, *plan.shapes[course].satisfied_by}))
    if not plan.needs_differ:
        return as_good
    cohort, on = plan.target.cohort_id, moment.as_at
    return and_(as_good, scopes.is_required(cohort, person_id, course, on, moment.known_at))


def _state(instant: datetime | None) -> ColumnElement[Any]:
    """What a booking was at an instant: what the last move until then made it."""
    if instant is None:
        return Booking.state.expression
    return (
        select(BookingMove.to_state)
        .where(BookingMove.booking_id == Booking.id, BookingMove.at <= instant)
        .order_by(BookingMove.at.desc(), BookingMove.id.desc())
        .limit(1)
        .correlate(Booking)
        .scalar_subquery()
    )


def _is_to_come(moment: Moment) -> ColumnElement[bool]:
    """Whether a day of a booking is still to come."""
    return exists().where(
        TrainingSession.run_id == Run.id,
        or_(Booking.session_id.is_(None), Booking.session_id == TrainingSession.id),
        SessionDate.session_id == TrainingSession.id,
        live(SessionDate, moment.known_at),
        SessionDate.held_on > written(moment.as_at),
    )
