"""Taking, or turning down, a place that became free and was offered. (ST-04, U-16)"""

from __future__ import annotations

from datetime import datetime

from app.bookings.models import Booking, BookingState
from app.bookings.rules.eligibility import books_anyone, check_is_here, objections
from app.bookings.rules.messages import Change, News, tell
from app.bookings.rules.moves import lock_run_of, move
from app.bookings.rules.queue import settle
from app.core.actors import Actor
from app.core.errors import NotAllowed, RuleBroken


def check_can_answer(booking: Booking, by: Actor) -> None:
    """An offer is answered by the person, or by the academy for them, while it lasts."""
    if not (books_anyone(by) or by.person_id == booking.person_id):
        raise NotAllowed("Only the person to whom the place is offered, or the academy, can answer.")
    if booking.state is not BookingState.OFFERED:
        raise RuleBroken(f"There is no open offer on this booking: {booking.state.label.lower()}.")


def accept(*, booking: Booking, by: Actor, now: datetime) -> None:
    """Take the offered place; pressing twice does nothing more."""
    run = lock_run_of(booking)
    if booking.state is BookingState.CONFIRMED and by.person_id == booking.person_id:
        return
    settle(run, now=now)
    check_can_answer(booking, by)
    check_is_here(booking.person, by, booking.sessions)
    if booking.override_reason is None:
        against = objections(
            run,
            booking.person,
            booking.sessions,
            is_own=by.person_id == booking.person_id,
            apart_from=booking,
        )
        if against:
            raise RuleBroken(f"{against[0].sentence}{against[0].remedy}")
    move(booking, BookingState.CONFIRMED, by=by, now=now, reason="The offer was accepted")
    tell(booking, News(Change.CONFIRMED), now=now)
