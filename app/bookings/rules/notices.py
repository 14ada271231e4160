"""Telling people what the academy or the provider changed: each once for each change. (U-05, AM-18)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.bookings import emails, files, queries
from app.bookings.models import Booking, BookingState
from app.bookings.queries import DoublyBooked
from app.bookings.rules.free_notice import free_because, notice_of
from app.bookings.rules.links import secret_for, with_own_link
from app.bookings.rules.queue import OFFER_LINK
from app.bookings.rules.times import days_ahead
from app.core import clock, tokens
from app.core.db import db
from app.core.mail import Email
from app.outbox.rules import enqueue
from app.people import queries as people
from app.people.models import Person
from app.sessions.models import Run, TrainingSession
from app.sessions.rules import PlannedSession

RECONFIRM = "reconfirm"  # what the links of these messages are for
CHANGED = "booking_session_changed"


@dataclass(frozen=True)
class Moved:
    """One change of one session: what it was, and its SEQUENCE now, by which messages tell changes apart."""

    session: TrainingSession
    was: PlannedSession
    sequence: int
    reason: str | None


def tell_changed(booking: Booking, moved: Moved, *, clashes: Sequence[DoublyBooked], now: datetime) -> None:
    """The date, time or place changed: with the changed entry for who has a place, until when it is held for
    whom one is held or offered, and what now clashes."""
    session = moved.session
    calendar = None
    if booking.state is BookingState.CONFIRMED:
        calendar = _entries(booking, [session], {session.id: moved.sequence}, now)
    token = None
    if booking.reconfirm_by or booking.state is BookingState.OFFERED:
        token = _token(RECONFIRM if booking.reconfirm_by else OFFER_LINK, booking)
    email = emails.session_changed(
        booking,
        calendar,
        session=session,
        was=moved.was,
        reason=moved.reason,
        clashes=[one.other for one in clashes],
        token=token,
        is_free=free_because(booking, now) is not None,
    )
    _write(booking, CHANGED, f"session_changed:{session.id}:{moved.sequence}", email, now, secret=token)


def tell_managers(clashes: Sequence[DoublyBooked], moved: Moved, *, now: datetime) -> None:
    """To each manager: who of theirs is in two places at once, now that a session was moved."""
    session = moved.session
    for manager, theirs in _of_managers(clashes, now).items():
        enqueue(
            key=f"session:{session.id}:clashes:{moved.sequence}:{manager.id}",
            kind="session_clashes",
            to_address=manager.email or "",
            to_name=manager.name,
            email=emails.clashes_of_team(manager, session, theirs),
            now=now,
            about=session,
            useful_until=session.ends_at,
        )


def tell_managers_of_carried(clashes: Sequence[DoublyBooked], to_run: Run, *, now: datetime) -> None:
    """To each manager: who of theirs is in two places at once, now that they are on another run."""
    for manager, theirs in _of_managers(clashes, now).items():
        enqueue(
            key=f"booking:{theirs[0].booking_id}:clashes:{manager.id}",
            kind="booking_clashes",
            to_address=manager.email or "",
            to_name=manager.name,
            email=emails.clashes_of_carried(manager, to_run, theirs),
            now=now,
            about=to_run,
            useful_until=to_run.last_session.ends_at,
        )


def _of_managers(clashes: Sequence[DoublyBooked], now: datetime) -> dict[Person, list[DoublyBooked]]:
    """The clashes by who decides for the person, those who can be written to."""
    found: dict[Person, list[DoublyBooked]] = defaultdict(list)
    today = clock.day_of(now)
    for one in clashes:
        manager = people.approver_of(db.session.get_one(Person, one.person_id), on=today)
        if manager is not None and manager.email:
            found[manager].append(one)
    return found


def remind_to_reconfirm(booking: Booking, *, now: datetime) -> bool:
    """Once more before the time to reconfirm ends; whether it was written now."""
    assert booking.reconfirm_by is not None
    token = reconfirm_token(booking)
    email = emails.reconfirm_soon(booking, token=token)
    return _write(
        booking,
        "booking_reconfirm",
        reminder_name(booking),
        email,
        now,
        secret=token,
        useful_until=booking.reconfirm_by,
    )


def reconfirm_token(booking: Booking) -> str:
    """The end of the link by which somebody says that they still come; it needs no account."""
    return _token(RECONFIRM, booking)


def _token(purpose: str, booking: Booking) -> str:
    return tokens.make(purpose, booking.id, to=booking.person.email)


def reminder_name(booking: Booking) -> str:
    """What tells this reminder apart: a place may have to be reconfirmed more than once."""
    assert booking.reconfirm_by is not None
    return f"reconfirm:{booking.reconfirm_by:%Y-%m-%d}"


def tell_carried(
    was: Booking,
    new: Booking,
    *,
    had_place: bool,
    is_cancelled: bool,
    reason: str | None,
    clashes: Sequence[DoublyBooked],
    now: datetime,
) -> None:
    """From one run to another in one message: what is taken back, and what there is instead.

    `is_cancelled` when the old run is not held at all; `clashes` are the person's own.
    """
    new_dates, taken_back = None, days_ahead(was.sessions, now)
    if new.state is BookingState.CONFIRMED:
        new_dates = _entries(new, new.sessions, None, now)
    token = _token(OFFER_LINK, new) if new.state is BookingState.OFFERED else None
    email = emails.carried_over(
        was,
        _entries(was, taken_back, None, now, is_cancelled=True) if had_place else None,
        old_sessions=taken_back,
        new=new,
        new_dates=new_dates,
        position=queries.queue_position(new),
        notice=notice_of(new, now),
        is_cancelled=is_cancelled,
        reason=reason,
        clashes=[one.other for one in clashes],
        token=token,
    )
    ends = max(was.ends_at, new.ends_at)
    name = f"carried_over:{was.id}"
    _write(new, "booking_carried_over", name, email, now, secret=token, useful_until=ends)


def tell_joined(booking: Booking, merged: Run, *, now: datetime) -> None:
    """To who was on a run already: the people of another one join it (AM-18)."""
    _write(booking, "booking_run_joined", f"joined:{merged.id}", emails.run_joined(booking), now)


def _entries(
    booking: Booking,
    sessions: Sequence[TrainingSession],
    moved: dict[int, int] | None,
    now: datetime,
    *,
    is_cancelled: bool = False,
) -> str:
    return files.calendar(
        booking,
        sessions,
        title=booking.run.version.course.title,
        moved=queries.times_moved([one.id for one in sessions]) if moved is None else moved,
        now=now,
        is_cancelled=is_cancelled,
    )


def _write(
    booking: Booking,
    kind: str,
    name: str,
    email: Email,
    now: datetime,
    *,
    secret: str | None = None,
    useful_until: datetime | None = None,
) -> bool:
    """Write to the person once. Without an account they get a link of their own, unless `secret` is the end
    of one already (MA-02); was it written now."""
    person = booking.person
    if not person.email:
        return False
    own_secret = secret_for(booking)
    return enqueue(
        key=f"booking:{booking.id}:{name}",
        kind=kind,
        to_address=person.email,
        to_name=person.name,
        email=with_own_link(email, own_secret) if own_secret and not secret else email,
        now=now,
        about=booking,
        useful_until=useful_until or booking.ends_at,
        secret=secret or own_secret,
    )
