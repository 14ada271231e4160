"""What people need to take part: asked for by these statements alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import contains_eager

from app.bookings.models import Booking, BookingMove, Need
from app.bookings.queries.occupancy import OPEN_STATES
from app.people.models import BY_NAME
from app.sessions import queries as sessions_queries


def need_of(booking: Booking) -> Select[tuple[Need]]:
    """What should be arranged for one booking."""
    return select(Need).where(Need.booking_id == booking.id)


def needs_on(run_id: int) -> Select[tuple[Need]]:
    """What should be arranged for those who have, or wait for, a place on a run, by name."""
    return (
        select(Need)
        .join(Need.booking)
        .join(Booking.person)
        .options(contains_eager(Need.booking).contains_eager(Booking.person))
        .where(Booking.run_id == run_id, Booking.state.in_(OPEN_STATES))
        .order_by(*BY_NAME, Booking.id)
    )


def bookings_of_runs_ended_by(instant: datetime) -> Select[tuple[int]]:
    """The bookings of runs whose last session had ended by an instant."""
    span = sessions_queries.spans()
    return select(Booking.id).join(span, span.c.run_id == Booking.run_id).where(span.c.ends_at <= instant)


def bookings_ended_by(instant: datetime) -> Select[tuple[int]]:
    """The bookings that are not open, and to which nothing has happened since an instant."""
    moved_since = exists().where(BookingMove.booking_id == Booking.id, BookingMove.at > instant)
    return select(Booking.id).where(Booking.state.not_in(OPEN_STATES), ~moved_since)
