"""Sessions that were held, and the places in them: what attendance rates and forecasts read (4.9, 4.11)."""

from __future__ import annotations

from datetime import datetime
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
from app.core.db import live
from app.learning.models import MarkStatus
from app.programmes.models import Course, CourseVersion
from app.sessions.models import Run, RunState, SessionDate, TrainingSession

CAME = (MarkStatus.ATTENDED, MarkStatus.ATTENDED_LATE, MarkStatus.PARTIAL)


def sessions_of_runs(known_at: datetime | None = None) -> Select[Any]:
    """Every session of a run that was not cancelled, with its date, course, programme and capacity."""
    return (
        select(
            TrainingSession.id.label("session_id"),
            TrainingSession.run_id,
            TrainingSession.capacity,
            SessionDate.held_on,
            CourseVersion.course_id,
            Course.programme_id,
        )
        .join(SessionDate, and_(SessionDate.session_id == TrainingSession.id, live(SessionDate, known_at)))
        .join(Run, Run.id == TrainingSession.run_id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(~_is_cancelled(known_at))
    )


def _is_cancelled(known_at: datetime | None) -> ColumnElement[bool]:
    """Whether a run was cancelled; of one that was brought in as cancelled it was known from the start."""
    cancelled = Run.state == RunState.CANCELLED
    if known_at is None:
        return cancelled
    return and_(cancelled, or_(Run.cancelled_at.is_(None), Run.cancelled_at <= known_at))


def confirmed_bookings(known_at: datetime | None = None) -> Select[Any]:
    """Every booking that was ever confirmed, with its state.

    A confirmed booking ends once, by the move that ends it: before, as was known then, it stood. A place
    that was given to a colleague is one place, and is the colleague's.
    """
    person_id = held_by(known_at).label("person_id")
    columns = (Booking.id.label("booking_id"), Booking.run_id, Booking.session_id, person_id)
    if known_at is None:
        return select(*columns, Booking.state).where(
            Booking.confirmed_at.is_not(None), Booking.state != BookingState.SUBSTITUTED
        )
    ended = (
        select(BookingMove.booking_id, BookingMove.to_state)
        .where(BookingMove.from_state == BookingState.CONFIRMED, BookingMove.at <= known_at)
        .subquery()
    )
    state = func.coalesce(ended.c.to_state, literal(BookingState.CONFIRMED, ended.c.to_state.type))
    return (
        select(*columns, state.label("state"))
        .outerjoin(ended, ended.c.booking_id == Booking.id)
        .where(Booking.confirmed_at <= known_at, state != BookingState.SUBSTITUTED)
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
