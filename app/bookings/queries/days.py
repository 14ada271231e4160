"""The days that a booking is for, as statements ask of them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select

from app.bookings.models import Booking
from app.core.db import live
from app.sessions.models import SessionDate, TrainingSession


def has_day(*when: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether any day of a booking, as it is dated now, is so: of all of its run, or the one caught up."""
    return (
        select(TrainingSession.id)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .where(
            TrainingSession.run_id == Booking.run_id,
            or_(Booking.session_id.is_(None), Booking.session_id == TrainingSession.id),
            live(SessionDate),
            *when,
        )
        .correlate(Booking)
        .exists()
    )
