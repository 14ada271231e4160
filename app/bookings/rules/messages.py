"""Telling people what became of their places, in the transaction that made it so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.bookings import emails, files, queries
from app.bookings.models import Booking, BookingState, Freed
from app.bookings.rules.free_notice import notice_in_words, notice_of
from app.bookings.rules.links import secret_for, with_own_link
from app.bookings.rules.times import days_ahead
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.mail import Email
from app.outbox import queries as outbox
from app.outbox.rules import enqueue
from app.people import queries as people
from app.people.models import Person
from app.sessions.models import TrainingSession


class MessageKind(StrEnum):
    """What a message tells; with the booking's id it is the key that makes the message once."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    APPROVED = "approved"
    AGREED = "agreed"
    DECLINED = "declined"
    WAITLISTED = "waitlisted"
    HELD = "held"
    OFFERED = "offered"
    LAPSED = "lapsed"
    PROMOTED = "promoted"
    RELEASED = "released"
    CANCELLED = "cancelled"
    RUN_CANCELLED = "run_cancelled"
    GIVEN_ON = "given_on"
    TAKEN_OVER = "taken_over"


@dataclass(frozen=True)
class BookingMessage:
    """What became of a booking, with what its message says beyond the booking itself.

    `moved` is how often each session was given another date (asked for when it is not known); `position` the
    place on the waiting list; `was` what a booking was before it ended: of a place the calendar entries are
    taken back. `nth` tells apart what can happen to one booking more than once: the offers. `booked_by` is
    who booked it for them, `ended_by` the coordinator who gave it up; `has_account` is said by whoever knows
    that the person can sign in, so that nobody need ask; `token` is the end of the link that an offer is
    answered by, which the outbox never shows. `freed` is what became of the place of what ran out; `is_again`
    when the same place is offered once more to whoever did not answer.
    """

    kind: MessageKind
    moved: Mapping[int, int] | None = None
    position: int = 0
    was: BookingState | None = None
    is_own_wish: bool = False
    reason: str | None = None
    nth: int = 0
    booked_by: str | None = None
    ended_by: str | None = None
    has_account: bool = False
    token: str | None = None
    freed: Freed | None = None
    is_again: bool = False


def tell(booking: Booking, message: BookingMessage, *, now: datetime) -> None:
    """Write to the person about their booking, with the calendar entries that come or go.

    Somebody without an e-mail address is not written to. Nothing is sent once the training, or the offer, is
    over. Somebody who has no account gets a link of their own instead of the page behind one (MA-02).
    """
    person = booking.person
    if person.email:
        email, secret = _email(booking, message, now), None if message.has_account else secret_for(booking)
        enqueue(
            key=f"booking:{booking.id}:{message.kind}{f':{message.nth}' if message.nth else ''}",
            kind=f"booking_{message.kind}",
            to_address=person.email,
            to_name=person.name,
            email=with_own_link(email, secret) if secret else email,
            now=now,
            about=booking,
            useful_until=_useful_until(booking, message),
            secret=message.token or secret,
        )


def tell_booker(booking: Booking, *, reason: str | None, now: datetime) -> None:
    """Write to whoever booked for somebody who has now given the place up: they can object (LM-05).

    Somebody who gave it to a colleague booked for nobody, and may not see a colleague's booking.
    """
    booker = db.session.scalars(queries.booker_of(booking)).one_or_none()
    theirs = {booking.person_id, booking.replaces.person_id if booking.replaces else None}
    if booker is not None and (booker.person_id is None or booker.person_id not in theirs):
        enqueue(
            key=f"booking:{booking.id}:objected",
            kind="booking_objected",
            to_address=booker.email,
            to_name=booker.name,
            email=emails.place_objected(booking, booker.name, reason=reason),
            now=now,
            about=booking,
        )


# --- To the manager of whoever takes a colleague’s place over -------------------------------------------

_MANAGER_TOLD, _COLLEAGUE_GAVE_UP = "manager_told", "colleague_gave_up"


def tell_manager(booking: Booking, *, by: Actor, now: datetime) -> None:
    """The manager of whoever takes a colleague's place over is told, unless it was the manager who did it."""
    manager = people.approver_of(booking.person, on=clock.day_of(now))
    if manager is not None and manager.email and manager.id != by.person_id:
        email = emails.manager_told(booking, manager.called)
        _write_to_manager(booking, _MANAGER_TOLD, manager.email, manager.name, email, now=now)


def tell_colleague_gave_up(booking: Booking, *, by: Actor, now: datetime) -> None:
    """Whoever was told that one of the team takes a place over, and will be away, is told once they won't be,
    for the days that are still to come: also when somebody else manages them by now. Whoever ended it
    knows."""
    if booking.replaces_id is None:
        return
    told = db.session.scalar(outbox.message_with(_key_to_manager(booking, _MANAGER_TOLD)))
    to_come = [one for one in booking.sessions if one.starts_at > now]
    if told is None or not to_come or _is_address_of(by, told.to_address):
        return
    email = emails.colleague_gave_up(booking, told.to_name, to_come)
    _write_to_manager(booking, _COLLEAGUE_GAVE_UP, told.to_address, told.to_name, email, now=now)


def _is_address_of(by: Actor, address: str) -> bool:
    person = db.session.get(Person, by.person_id) if by.person_id else None
    return person is not None and person.email == address


def _key_to_manager(booking: Booking, what: str) -> str:
    return f"booking:{booking.id}:{what}"


def _write_to_manager(
    booking: Booking, what: str, address: str, name: str, email: Email, *, now: datetime
) -> None:
    enqueue(
        key=_key_to_manager(booking, what),
        kind=f"booking_{what}",
        to_address=address,
        to_name=name,
        email=email,
        now=now,
        about=booking,
        useful_until=max(one.starts_at for one in booking.sessions),
    )


# --- What the person is told ----------------------------------------------------------------------------


def _useful_until(booking: Booking, message: BookingMessage) -> datetime:
    if message.kind is MessageKind.OFFERED and booking.held_until:
        return booking.held_until
    return booking.ends_at


def _email(booking: Booking, message: BookingMessage, now: datetime) -> Email:
    if message.kind in _GIVES_A_PLACE:
        if message.kind is MessageKind.CONFIRMED:  # booked now, so by the terms of now
            notice = notice_in_words(booking.person, booking.run.version.course, booking.sessions, now)
        else:
            notice = notice_of(booking, now)
        calendar = _calendar(booking, booking.sessions, message, now)
        return emails.place_confirmed(
            booking, calendar, how=message.kind, booked_by=message.booked_by, notice=notice
        )
    if message.kind in _WHILE_OPEN:
        return _WHILE_OPEN[message.kind](booking, message)
    days = days_ahead(booking.sessions, now)
    had_place = message.was is BookingState.CONFIRMED
    taken_back = _calendar(booking, days, message, now, is_cancelled=True) if had_place else None
    email = _ONCE_OVER[message.kind](booking, taken_back, message)
    return replace(email, context={**email.context, "sessions": days})


_GIVES_A_PLACE = {MessageKind.CONFIRMED, MessageKind.APPROVED, MessageKind.PROMOTED, MessageKind.TAKEN_OVER}

_WHILE_OPEN: dict[MessageKind, Callable[[Booking, BookingMessage], Email]] = {
    MessageKind.REQUESTED: lambda booking, message: emails.place_requested(booking, is_promoted=False),
    MessageKind.HELD: lambda booking, message: emails.place_requested(booking, is_promoted=True),
    MessageKind.WAITLISTED: lambda booking, message: emails.on_waiting_list(booking, message.position),
    MessageKind.AGREED: lambda booking, message: emails.agreed_while_waiting(booking),
    MessageKind.OFFERED: lambda booking, message: emails.place_offered(
        booking, message.token or "", is_again=message.is_again
    ),
    MessageKind.LAPSED: lambda booking, message: emails.offer_lapsed(booking, freed=message.freed),
}

_ONCE_OVER: dict[MessageKind, Callable[[Booking, str | None, BookingMessage], Email]] = {
    MessageKind.DECLINED: lambda booking, _, message: emails.request_declined(booking, reason=message.reason),
    MessageKind.RELEASED: lambda booking, calendar, message: emails.place_released(
        booking, calendar, reason=message.reason, freed=message.freed
    ),
    MessageKind.CANCELLED: lambda booking, calendar, message: emails.place_cancelled(
        booking,
        calendar,
        was_requested=message.was is BookingState.REQUESTED,
        is_own_wish=message.is_own_wish,
        ended_by=message.ended_by,
        reason=message.reason,
    ),
    MessageKind.RUN_CANCELLED: lambda booking, calendar, message: emails.run_cancelled(
        booking, calendar, was=message.was, reason=message.reason
    ),
    MessageKind.GIVEN_ON: lambda booking, calendar, message: emails.place_given_on(
        booking, calendar, reason=message.reason
    ),
}


def _calendar(
    booking: Booking,
    sessions: Sequence[TrainingSession],
    message: BookingMessage,
    now: datetime,
    *,
    is_cancelled: bool = False,
) -> str:
    moved = message.moved
    if moved is None:
        moved = queries.times_moved([session.id for session in sessions])
    return files.calendar(
        booking,
        sessions,
        title=booking.run.version.course.title,
        moved=moved,
        now=now,
        is_cancelled=is_cancelled,
    )
