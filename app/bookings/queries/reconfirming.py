"""Whose places must be reconfirmed, and what was written to them about it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from app.bookings.models import Booking, BookingState
from app.core.db import db
from app.outbox.models import Message


def to_reconfirm(now: datetime) -> Select[tuple[Booking]]:
    """The places that are released unless somebody says in time that they still come, the nearest first."""
    return (
        select(Booking)
        .join(Booking.person)
        .options(contains_eager(Booking.person))
        .where(Booking.state == BookingState.CONFIRMED, Booking.reconfirm_by > now)
        .order_by(Booking.reconfirm_by, Booking.id)
    )


def keys_written(keys: Collection[str]) -> set[str]:
    """Which of these messages are already in the outbox."""
    return set(db.session.scalars(select(Message.key).where(Message.key.in_(keys)))) if keys else set()


def last_written(booking_ids: Collection[int], *, kind: str) -> dict[int, datetime]:
    """When a message of a kind was last written about each of these bookings."""
    rows = db.session.execute(
        select(Message.about_id, func.max(Message.created_at))
        .where(Message.about_type == "booking", Message.about_id.in_(booking_ids), Message.kind == kind)
        .group_by(Message.about_id)
    )
    return {booking_id: at for booking_id, at in rows if booking_id is not None}
