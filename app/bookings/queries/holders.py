"""Whose a booking is, and whose it was as known before two records were merged."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, case, exists, func, select

from app.bookings.models import Booking, FormerHolder
from app.core.db import another


def held_by(known_at: datetime | None = None) -> ColumnElement[int]:
    """The id of the person whose a booking is, as known at an instant; None is now, and costs nothing.

    J Okafor, a walk-in, had a place, and on 1 March her record became part of Joy Okafor's: as known on
    28 February the place is the walk-in's, and from 1 March Joy's (4.4, U-07). Where nobody's bookings went
    to another record since, as after the moment at which a pack is made, no booking is looked up for it.
    """
    if known_at is None:
        return Booking.person_id.expression
    first_after = (
        select(FormerHolder.person_id)
        .where(FormerHolder.booking_id == Booking.id, FormerHolder.until > known_at)
        .order_by(FormerHolder.until, FormerHolder.id)
        .limit(1)
        .correlate(Booking)
        .scalar_subquery()
    )
    later = another(FormerHolder, "later_holder")
    handed_over_since = exists().where(later.until > known_at)
    return case((handed_over_since, func.coalesce(first_after, Booking.person_id)), else_=Booking.person_id)
