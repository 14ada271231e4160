"""Giving a place or a wait up, or taking it back; and letting leavers' places go. (U-01, U-06, ST-05)"""

from __future__ import annotations

from datetime import datetime

from app.bookings import queries
from app.bookings.models import Booking, BookingState, LeavingCause, ReleaseCause
from app.bookings.rules.asking import tell_of_withdrawal
from app.bookings.rules.eligibility import books_anyone, check_can_cancel, is_colleagues
from app.bookings.rules.free_notice import is_late_now
from app.bookings.rules.locks import lock_run_of, lock_runs
from app.bookings.rules.messages import BookingMessage, MessageKind, tell, tell_booker, tell_colleague_gave_up
from app.bookings.rules.queue import settle
from app.bookings.rules.states import move, release
from app.bookings.rules.times import percent_due
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.people.models import Person


def cancel(
    *,
    booking: Booking,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    cause: LeavingCause | None = None,
    is_asked_for: bool = False,
) -> list[Booking]:
    """Give up, or take back, a place or a wait; its seats go to the first in the queue who may have them.

    After the free notice it is late, which is kept with its cause; the seat still goes on (U-01). What the
    academy cancels is late only if the person asked for it (`is_asked_for`); what a coordinator cancels for a
    colleague is given up as by the colleague, who is told who did it. A booking that is no longer open stays
    as it is, so that a second press of the button does nothing. Returns the bookings that got, or were
    offered, a place.
    """
    run = lock_run_of(booking)
    is_own = by.person_id == booking.person_id
    is_for_colleague = not books_anyone(by) and is_colleagues(booking, by, now)
    if not booking.state.is_open and (books_anyone(by) or is_own or is_for_colleague):
        return []
    check_can_cancel(booking, by, now)
    is_wished = is_own or is_for_colleague or is_asked_for
    to = _state_left(is_wished=is_wished, is_late=is_late_now(booking, now))
    _check_cause(to, cause)
    percent = _percent(booking, now) if to is BookingState.CANCELLED_LATE else None
    leave(
        booking,
        to=to,
        by=by,
        now=now,
        reason=reason,
        cause=cause,
        charged_percent=percent,
        ended_by=by.name if is_for_colleague else None,
    )
    if is_own:
        tell_booker(booking, reason=reason, now=now)
    return settle(run, now=now)


def _percent(booking: Booking, now: datetime) -> int | None:
    """The share of the charge that giving a place up costs; None where none were listed when it was
    booked."""
    terms = booking.run.version.course.terms
    return percent_due(booking.sessions, terms, now) if queries.lists_charges(booking) else None


def _state_left(*, is_wished: bool, is_late: bool) -> BookingState:
    if not is_wished:
        return BookingState.CANCELLED_BY_ACADEMY
    return BookingState.CANCELLED_LATE if is_late else BookingState.CANCELLED


def _check_cause(to: BookingState, cause: LeavingCause | None) -> None:
    """What is late has a cause, as long as there are any to choose from."""
    offered = db.session.scalars(queries.leaving_causes()).all()
    if cause is None and to is BookingState.CANCELLED_LATE and offered:
        raise RuleBroken("Choose why the place is given up: it is late, so the academy asks", field="cause")
    if cause is not None and cause not in offered:
        raise RuleBroken("Choose again: what you chose is not on the list any more", field="cause")


def leave(
    booking: Booking,
    *,
    to: BookingState,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    cause: LeavingCause | None = None,
    kind: MessageKind = MessageKind.CANCELLED,
    charged_percent: int | None = None,
    ended_by: str | None = None,
) -> None:
    """End an open booking; whoever calls has the lock, and settles the run after it.

    The person is told, with who ended it for them, if a coordinator did. So is a manager who was asked to
    approve it and has not answered, or was told that the person is away on these days.
    """
    was = booking.state
    is_own_wish = to in {BookingState.CANCELLED, BookingState.CANCELLED_LATE}
    move(booking, to, by=by, now=now, reason=reason, cause=cause, charged_percent=charged_percent)
    message = BookingMessage(kind, was=was, is_own_wish=is_own_wish, reason=reason, ended_by=ended_by)
    _tell_all(booking, message, by=by, now=now)


def _tell_all(booking: Booking, message: BookingMessage, *, by: Actor, now: datetime) -> None:
    """Tell the person what became of a booking that has ended, and those who had been told of it."""
    tell(booking, message, now=now)
    tell_of_withdrawal(booking, by=by, now=now)
    tell_colleague_gave_up(booking, by=by, now=now)


def release_places_of(*, person: Person, by: Actor, now: datetime) -> list[Booking]:
    """Release the bookings of a leaver that have a session after the last day (U-06). Returns those
    bookings."""
    released = []
    bookings = db.session.scalars(queries.open_bookings_of([person.id])).unique().all()
    lock_runs(one.run_id for one in bookings)
    for booking in bookings:
        run = lock_run_of(booking)
        future = [one for one in booking.sessions if one.starts_at > now]
        if booking.state.is_open and any(person.spell_on(one.held_on) is None for one in future):
            was, cause = booking.state, ReleaseCause.LEFT
            release(booking, cause, by=by, now=now)
            _tell_all(
                booking, BookingMessage(MessageKind.CANCELLED, was=was, reason=cause.label), by=by, now=now
            )
            settle(run, now=now)
            released.append(booking)
    return released
