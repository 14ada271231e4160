"""Sessions and the places in them: what attendance rates and forecasts read, and how full weeks are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
)

from app.bookings.models import Booking, BookingMove, BookingState
from app.bookings.queries import held_by
from app.core import clock
from app.core.days import written
from app.core.db import db, live
from app.learning.models import Mark
from app.learning.queries import says_not_held
from app.programmes.models import Course, CourseVersion
from app.sessions.models import Run, RunState, SessionDate, TrainingSession


def sessions_of_runs(known_at: datetime | None = None) -> Select[Any]:
    """Every session of a run that was not cancelled, with its date, course, programme and capacity."""
    return (
        select(
            TrainingSession.id.label("session_id"),
            TrainingSession.run_id,
            TrainingSession.capacity,
            SessionDate.held_on,
            SessionDate.starts_at,
            CourseVersion.course_id,
            Course.programme_id,
        )
        .join(SessionDate, and_(SessionDate.session_id == TrainingSession.id, live(SessionDate, known_at)))
        .join(Run, Run.id == TrainingSession.run_id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(is_not_cancelled(known_at))
    )


def sessions_of_days(first: date, last: date, known_at: datetime | None) -> Select[Any]:
    """The sessions of these days, as `sessions_of_runs` has them."""
    within = SessionDate.held_on.between(written(first), written(last))
    return sessions_of_runs(known_at).where(within)


def sessions_held(first: date, last: date, known_at: datetime | None) -> Select[Any]:
    """The same without those of which the register says that they were not held: nothing of them counts."""
    not_held = select(Mark.session_id).where(says_not_held(known_at))
    return sessions_of_days(first, last, known_at).where(TrainingSession.id.not_in(not_held))


def is_not_cancelled(known_at: datetime | None) -> ColumnElement[bool]:
    """Whether a run was not cancelled; of one that was brought in as cancelled it was known from the start.

    Said of what it is, not of what it is not: PostgreSQL, which plans a statement once for any values, takes
    those of another state for none where hardly a run is cancelled.
    """
    is_scheduled = Run.state == RunState.SCHEDULED
    return is_scheduled if known_at is None else or_(is_scheduled, Run.cancelled_at > known_at)


def confirmed_bookings(known_at: datetime | None = None) -> Select[Any]:
    """Every booking that was ever confirmed, with its state.

    A confirmed booking ends once, by the move that ends it: before, as was known then, it stood. A place
    that was given to a colleague is one place, and is the colleague's.
    """
    person_id = held_by(known_at).label("person_id")
    columns = (
        Booking.id.label("booking_id"), Booking.run_id, Booking.session_id, Booking.confirmed_at, person_id,
    )  # fmt: skip
    if known_at is None:
        return select(*columns, Booking.state).where(
            Booking.confirmed_at.is_not(None), Booking.state != BookingState.SUBSTITUTED
        )
    ended = _ends().where(BookingMove.at <= known_at).subquery()
    state = func.coalesce(ended.c.to_state, literal(BookingState.CONFIRMED, ended.c.to_state.type))
    return (
        select(*columns, state.label("state"))
        .outerjoin(ended, ended.c.booking_id == Booking.id)
        .where(Booking.confirmed_at <= known_at, state != BookingState.SUBSTITUTED)
    )


def bookings_with_ends(known_at: datetime | None = None) -> Select[Any]:
    """The same with `ended_at`, since when one that ended no longer stands."""
    booking, ended = confirmed_bookings(known_at).subquery(), _ends().subquery()
    return select(booking, ended.c.ended_at).outerjoin(ended, ended.c.booking_id == booking.c.booking_id)


def _ends() -> Select[Any]:
    """The moves that ended confirmed bookings."""
    return select(BookingMove.booking_id, BookingMove.to_state, BookingMove.at.label("ended_at")).where(
        BookingMove.from_state == BookingState.CONFIRMED
    )


def stood(booking: FromClause, sessions: FromClause) -> ColumnElement[bool]:
    """Whether one of `bookings_with_ends` stands, or stood when a session of its run began: whoever gives a
    place up after day 1 was booked on day 1, and not on day 2. Somebody who booked only after it never
    was."""
    return or_(
        booking.c.state == BookingState.CONFIRMED,
        and_(booking.c.confirmed_at <= sessions.c.starts_at, booking.c.ended_at > sessions.c.starts_at),
    )


def is_for(booking: FromClause, sessions: FromClause) -> ColumnElement[bool]:
    """Whether a booking is for a session: one of its run's, or the one that is caught up."""
    return and_(
        booking.c.run_id == sessions.c.run_id,
        or_(booking.c.session_id.is_(None), booking.c.session_id == sessions.c.session_id),
    )


def how_many(condition: Any) -> Any:
    """How many rows fit a condition, as a column; 0 of no rows."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


# --- By week -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WeekOfPlaces:
    """The sessions of one week, from its Monday: how many places they have, and how many are booked."""

    monday: date
    sessions: int
    capacity: int
    booked: int

    @property
    def words(self) -> str:
        return f"{self.booked:,} of {self.capacity:,}"


def places_by_week(
    first: date, last: date, *, as_at: date, known_at: datetime | None = None
) -> list[WeekOfPlaces]:
    """Bookings against capacity, for every week from that of `first` to that of `last`, in one statement.

    Booked are confirmed places. What is still to come after `as_at` is what was planned by the end of that
    day; a session that was moved since stands where it was to be held then.
    """
    monday, sunday = clock.monday_of(first), clock.monday_of(last) + timedelta(days=6)
    held: dict[date, list[tuple[int, int]]] = {}
    for row in db.session.execute(_capacity(monday, sunday, _planned_by(as_at, known_at))):
        held.setdefault(clock.monday_of(row.held_on), []).append((row.capacity, row.booked))
    return [
        WeekOfPlaces(
            week,
            sessions=len(held.get(week, ())),
            capacity=sum(capacity for capacity, _ in held.get(week, ())),
            booked=sum(booked for _, booked in held.get(week, ())),
        )
        for week in (monday + timedelta(weeks=number) for number in range((sunday - monday).days // 7 + 1))
    ]


def sessions_of_week(monday: date, *, as_at: date, known_at: datetime | None = None) -> Select[Any]:
    """The sessions of one week of `places_by_week`, the first ones first: `session_id`, `run_id`, `held_on`,
    the title of the `course`, `capacity` and how many places are `booked`."""
    sunday = monday + timedelta(days=6)
    found = _capacity(monday, sunday, _planned_by(as_at, known_at)).subquery()
    return (
        select(found, Course.title.label("course"))
        .join(Course, Course.id == found.c.course_id)
        .order_by(found.c.held_on, found.c.session_id)
    )


def _planned_by(as_at: date, known_at: datetime | None) -> datetime | None:
    """When what is still to come was planned: by the end of a past day, if it is not said."""
    return known_at or (clock.end_of_day(as_at) if as_at < clock.today() else None)


def _capacity(first: date, last: date, known_at: datetime | None) -> Select[Any]:
    """Each session's day, capacity and confirmed places."""
    sessions = sessions_of_days(first, last, known_at).subquery()
    booking = bookings_with_ends(known_at).subquery()
    stands = and_(stood(booking, sessions), is_for(booking, sessions))
    columns = [sessions.c[name] for name in ("session_id", "run_id", "course_id", "held_on", "capacity")]
    return (
        select(*columns, func.count(booking.c.booking_id).label("booked"))
        .outerjoin_from(sessions, booking, stands)
        .group_by(*columns)
    )
