"""Taking, or turning down, a place that became free and was offered. (ST-04, U-16)"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from app.bookings import queries
from app.bookings.models import Booking, BookingState
from app.bookings.rules.eligibility import books_anyone, check_is_here, objections
from app.bookings.rules.giving_up import leave
from app.bookings.rules.locks import lock_run_for, lock_run_of
from app.bookings.rules.messages import BookingMessage, MessageKind, tell
from app.bookings.rules.queue import OFFER_LINK, obstacle, settle
from app.bookings.rules.states import move
from app.bookings.rules.times import passed_until
from app.bookings.rules.waiting import has_room_for
from app.core import tokens
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotAllowed, NotFound, RuleBroken, allows
from app.core.filters import until
from app.people.models import Person

TURNED_DOWN = "The offer was turned down"


def offered_by(token: str) -> Booking:
    """The booking whose offer an e-mailed link is for. Raises RuleBroken for a link that is none of ours,
    or went to another address than theirs."""
    booking = db.session.get(Booking, tokens.read(OFFER_LINK, token))
    if booking is None:
        raise NotFound("The booking that this link was for is no longer there.")
    tokens.check_sent_to(token, booking.person.email)
    return booking


def holder_of_link(person: Person) -> Actor:
    """Who answers by an e-mailed link: the person to whom it was sent, who need not be signed in."""
    return Actor(name=f"{person.name}, by e-mailed link", person_id=person.id)


def check_can_answer(booking: Booking, by: Actor, now: datetime) -> None:
    """An offer is answered by the person, or by the academy for them, while it lasts."""
    if not (books_anyone(by) or by.person_id == booking.person_id):
        raise NotAllowed("Only the person to whom the place is offered, or the academy, can answer.")
    if booking.state is BookingState.OFFERED:
        if booking.held_until is not None and booking.held_until <= now:
            raise RuleBroken(f"This offer ran out at {until(booking.held_until)}.")
        return
    raise RuleBroken(_no_offer(booking))


def _no_offer(booking: Booking) -> str:
    """Why a booking has no offer to answer: it was taken, turned down, ran out, or is over."""
    if booking.state is BookingState.CONFIRMED:
        return "This place was taken already: it is confirmed."
    if booking.passed_until is not None:
        return "This offer was turned down already."
    if booking.state is BookingState.WAITLISTED and booking.lapses:
        return "This offer ran out. The booking is still on the waiting list."
    if booking.state is BookingState.WAITLISTED:
        return "No place is offered on this booking yet: it is on the waiting list."
    return f"There is no open offer on this booking: {booking.state.label.lower()}."


def accept(*, booking: Booking, by: Actor, now: datetime) -> None:
    """Take the offered place; pressing twice does nothing more."""
    run = lock_run_of(booking)
    if booking.state is BookingState.CONFIRMED and by.person_id == booking.person_id:
        return
    settle(run, now=now)
    check_can_answer(booking, by, now)
    check_is_here(booking.person, by, booking.sessions)
    if booking.override_reason is None:
        is_own = by.person_id == booking.person_id
        against = objections(
            run, booking.person, booking.sessions, now=now, is_own=is_own, apart_from=booking
        )
        if against:
            raise RuleBroken(f"{against[0].sentence}{against[0].remedy}")
    move(booking, BookingState.CONFIRMED, by=by, now=now, reason="The offer was accepted")
    tell(booking, BookingMessage(MessageKind.CONFIRMED), now=now)


def turn_down(*, booking: Booking, waits_on: bool, by: Actor, now: datetime) -> list[Booking]:
    """Turn the offered place down: off the list or, when they `waits_on`, to its end. Returns the bookings
    that are offered it now.

    Somebody who waits on is passed over until the next working day, so that the same place does not come back
    to them at once when nobody else waits.
    """
    run = lock_run_of(booking)
    settle(run, now=now)
    check_can_answer(booking, by, now)
    booking.passed_until = passed_until(now)
    if waits_on:
        booking.queued_at, booking.has_priority = now, False
        move(booking, BookingState.WAITLISTED, by=by, now=now, reason=TURNED_DOWN)
    else:
        leave(booking, to=BookingState.CANCELLED, by=by, now=now, reason=TURNED_DOWN)
    return settle(run, now=now)


def can_answer(booking: Booking, by: Actor, now: datetime) -> bool:
    return allows(partial(check_can_answer, booking, by, now))


def check_can_give(booking: Booking, by: Actor, now: datetime) -> None:
    """The academy gives a free place to somebody who waits and rang up, as when they let two offers lapse:
    unless something speaks against it, or somebody is still to approve it."""
    if not books_anyone(by):
        raise NotAllowed("Only the academy can give somebody who waits a place.")
    if booking.state is not BookingState.WAITLISTED:
        raise RuleBroken(f"This booking does not wait for a place: {booking.state.label.lower()}.")
    if booking.approval is not None and booking.approval.is_pending:
        raise RuleBroken("This place is still to be approved: answer the request first.")
    if not has_room_for(booking, queries.occupancy(booking.run_id, now=now)):
        raise RuleBroken("There is no free place for them.")
    if against := obstacle(booking, booking.sessions, now=now, is_own=False):
        raise RuleBroken(against)


def can_give(booking: Booking, by: Actor, now: datetime) -> bool:
    return allows(partial(check_can_give, booking, by, now))


def give(*, booking: Booking, by: Actor, now: datetime) -> None:
    """Give them the place at once, after whoever comes before them and can have one; twice is once. (U-16)"""
    run = lock_run_of(booking)
    settle(run, now=now)
    if booking.state is BookingState.CONFIRMED and books_anyone(by):
        return
    if booking.state is BookingState.OFFERED:
        accept(booking=booking, by=by, now=now)
        return
    lock_run_for(run, booking.person)
    check_can_give(booking, by, now)
    places = queries.occupancy(run.id, now=now)
    numbers = places.free_numbers([one.id for one in booking.sessions], booking.sector_id)
    reason = "The academy gave them the place"
    move(booking, BookingState.CONFIRMED, by=by, now=now, reason=reason, numbers=numbers)
    tell(booking, BookingMessage(MessageKind.PROMOTED, moved=places.moved), now=now)
