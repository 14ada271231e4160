"""What has run out or stands empty, for whoever sweeps; and the causes from which people choose."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.accounts.models import User
from app.bookings.models import Booking, BookingMove, BookingState, LeavingCause
from app.bookings.queries.occupancy import is_overdue
from app.core.db import live
from app.sessions.models import Run, RunState, SessionDate, TrainingSession


def overdue_bookings(run_id: int, now: datetime) -> Select[tuple[Booking]]:
    """The bookings of a run whose hold, offer or time to reconfirm has run out, oldest first."""
    return (
        select(Booking)
        .join(Booking.person)
        .options(contains_eager(Booking.person), joinedload(Booking.approval))
        .where(is_overdue(run_id, now))
        .order_by(Booking.queued_at, Booking.id)
    )


def runs_to_sweep(now: datetime) -> Select[tuple[int]]:
    """The scheduled runs with something that ran out, or with people who wait before a session to come."""
    to_come = exists().where(
        TrainingSession.run_id == Run.id,
        SessionDate.session_id == TrainingSession.id,
        live(SessionDate),
        SessionDate.starts_at > now,
    )
    waits = exists().where(Booking.run_id == Run.id, Booking.state == BookingState.WAITLISTED)
    has_run_out = exists().where(is_overdue(Run.id, now))
    return (
        select(Run.id)
        .where(Run.state == RunState.SCHEDULED, or_(has_run_out, waits & to_come))
        .order_by(Run.id)
    )


def booker_of(booking: Booking) -> Select[tuple[User]]:
    """The account that made a booking, if one did."""
    first = (
        select(BookingMove.by_user_id)
        .where(BookingMove.booking_id == booking.id, BookingMove.from_state.is_(None))
        .scalar_subquery()
    )
    return select(User).where(User.id == first)


def leaving_causes() -> Select[tuple[LeavingCause]]:
    """The causes that can be chosen when a place is given up, as the academy lists them."""
    return select(LeavingCause).where(LeavingCause.is_offered).order_by(LeavingCause.id)
