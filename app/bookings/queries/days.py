"""The days that a booking is for, as statements ask of them."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.bookings.models import Booking
from app.core.db import live
from app.learning.models import Mark, MarkStatus
from app.learning.queries import OUTSTANDING_DAYS
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


def may_count(on: date) -> ColumnElement[bool]:
    """Whether a day on which somebody has a place may yet be marked as one that counts, as seen on a date:
    it is to come, or its register is awaited and says nothing of them."""
    is_marked = (
        exists(Mark.id)
        .where(
            Mark.person_id == Booking.person_id,
            Mark.session_id == SessionDate.session_id,
            Mark.status != MarkStatus.NOT_RECORDED,
            live(Mark),
        )
        .correlate(Booking, SessionDate)
    )
    is_awaited = and_(SessionDate.held_on > on - timedelta(days=OUTSTANDING_DAYS), ~is_marked)
    return or_(SessionDate.held_on > on, is_awaited)
