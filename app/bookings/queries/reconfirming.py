"""Whose places must be reconfirmed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from app.bookings.models import Booking, BookingState


def to_reconfirm(now: datetime) -> Select[tuple[Booking]]:
    """The places that are released unless somebody says in time that they still come, the nearest first."""
    return (
        select(Booking)
        .join(Booking.person)
        .options(contains_eager(Booking.person))
        .where(Booking.state == BookingState.CONFIRMED, Booking.reconfirm_by > now)
        .order_by(Booking.reconfirm_by, Booking.id)
    )
