"""What is held for a time, and what each of somebody's waits and offers stands at."""

from __future__ import annotations

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.bookings.models import Approval, Booking, BookingMove, BookingState
from app.core.db import db
from app.people.models import Person

HELD_STATES = tuple(state for state in BookingState if state.is_held_for_a_time)


def held_on(run_id: int) -> Select[tuple[Booking]]:
    """The requests and offers of a run, whichever ends first first, with where the people belong."""
    return (
        select(Booking)
        .join(Booking.person)
        .options(
            contains_eager(Booking.person).selectinload(Person.spells),
            joinedload(Booking.approval).joinedload(Approval.approver),
        )
        .where(Booking.run_id == run_id, Booking.state.in_(HELD_STATES))
        .order_by(Booking.held_until, Booking.id)
    )


def offers_made_to(booking: Booking) -> int:
    """How many offers were made on a booking so far."""
    statement = select(func.count()).where(
        BookingMove.booking_id == booking.id, BookingMove.to_state == BookingState.OFFERED
    )
    return db.session.scalar(statement) or 0


def states_of(booking: Booking) -> list[BookingState]:
    """What a booking has been, one after the other, and is."""
    moves = select(BookingMove.to_state).where(BookingMove.booking_id == booking.id)
    return list(db.session.scalars(moves.order_by(BookingMove.id)))
