"""Giving a place or a wait up, or taking it back; and letting leavers' places go. (U-01, U-06, ST-05)"""

from __future__ import annotations

from datetime import datetime

from app.bookings import queries
from app.bookings.models import Booking, BookingState, LeavingCause
from app.bookings.rules.eligibility import books_anyone, check_can_cancel
from app.bookings.rules.messages import Change, News, tell, tell_booker
from app.bookings.rules.moves import lock_run_of, move
from app.bookings.rules.queue import settle
from app.bookings.rules.times import free_until
from app.core.actors import Actor
from app.core.db import db
from app.people.models import Person


def cancel(
    *,
    booking: Booking,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    cause: LeavingCause | None = None,
) -> list[Booking]:
    """Give up, or take back, a place or a wait; its seats go to the first in the queue who may have them.

    After the free notice it is late, which is kept; the seat still goes on (U-01). Who got a place. A
    booking that is no longer open stays as it is, so that a second press of the button does nothing.
    """
    run = lock_run_of(booking)
    if not booking.state.is_open and (books_anyone(by) or by.person_id == booking.person_id):
        return []
    check_can_cancel(booking, by, now)
    leave(booking, to=_state_left(booking, by, now), by=by, now=now, reason=reason, cause=cause)
    if by.person_id == booking.person_id:
        tell_booker(booking, reason=reason, now=now)
    return settle(run, now=now)


def _state_left(booking: Booking, by: Actor, now: datetime) -> BookingState:
    """Somebody's own cancelling is in time or late; only who had a place can be late."""
    if by.person_id is None or by.person_id != booking.person_id:
        return BookingState.CANCELLED_BY_ACADEMY
    is_late = free_until(booking.sessions, booking.run.version.course.terms) <= now
    if booking.reconfirm_by is not None:
        is_late = False  # the academy changed the date: nobody is charged for that (U-05)
    had_place = booking.state is BookingState.CONFIRMED
    return BookingState.CANCELLED_LATE if had_place and is_late else BookingState.CANCELLED


def leave(
    booking: Booking,
    *,
    to: BookingState,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    cause: LeavingCause | None = None,
    change: Change = Change.CANCELLED,
) -> None:
    """End an open booking and tell the person; whoever calls has the lock, and settles the run after it."""
    had_place = booking.state is BookingState.CONFIRMED
    is_own_wish = by.person_id is not None and by.person_id == booking.person_id
    move(booking, to, by=by, now=now, reason=reason, cause=cause)
    tell(booking, News(change, had_place=had_place, is_own_wish=is_own_wish, reason=reason), now=now)


def release_places_of(*, person: Person, by: Actor, now: datetime) -> list[Booking]:
    """Release the bookings of a leaver that have a session after the last day (U-06). Which they were."""
    released = []
    for booking in db.session.scalars(queries.open_bookings_of([person.id])).unique().all():
        run = lock_run_of(booking)
        future = [one for one in booking.sessions if one.starts_at > now]
        if booking.state.is_open and any(person.spell_on(one.held_on) is None for one in future):
            reason = "Left before the training"
            leave(booking, to=BookingState.RELEASED, by=by, now=now, reason=reason)
            settle(run, now=now)
            released.append(booking)
    return released
