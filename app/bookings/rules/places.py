"""Taking a place. Every writer of occupancy takes the run's lock first.

Under the lock it counts again, in a statement of its own; the unique keys on seats stand behind it (U-04).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.bookings import queries
from app.bookings.models import Booking, BookingState
from app.bookings.rules.approvals import Declaration, ask, declare, mode_for
from app.bookings.rules.eligibility import check_can_book, check_is_open, sector_of
from app.bookings.rules.messages import Change, News, tell
from app.bookings.rules.moves import lock_run, move, new_reference
from app.bookings.rules.needs import carry_need
from app.bookings.rules.queue import counted, promote
from app.bookings.rules.times import held_until
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.people.models import Person
from app.programmes.models import ApprovalMode
from app.sessions.models import Run, TrainingSession


@dataclass(frozen=True)
class Wish:
    """A place that somebody wants: whose, on which run or one session of it, and with which words.

    `reason` lets the academy book somebody against an objection; `declaration` is what the booker declares
    where the course wants that; `has_priority` puts who was moved by the academy at the head of the queue;
    `replaces` is the booking that this one takes over, and `note` what its history says of that.
    """

    run: Run
    person: Person
    session: TrainingSession | None = None
    reason: str | None = None
    declaration: Declaration | None = None
    has_priority: bool = False
    replaces: Booking | None = None
    note: str | None = None

    @property
    def sessions(self) -> Sequence[TrainingSession]:
        return [self.session] if self.session else self.run.sessions


def book(
    *,
    run: Run,
    person: Person,
    by: Actor,
    now: datetime,
    session: TrainingSession | None = None,
    reason: str | None = None,
    declaration: Declaration | None = None,
) -> Booking:
    """Book somebody onto a run, or onto one `session` of it: a place if there is one, else the waiting list.

    15 of 16 are confirmed and two ask in the same instant: one has the 16th place, the other is first on
    the waiting list (U-04). Where the course wants their manager's approval the place is held until it is
    given. An open booking of that person is returned as it is, so that a second press of the button does
    nothing. `reason` lets the academy book somebody against an objection.
    """
    return place(Wish(run, person, session, reason, declaration), by=by, now=now)


def place(wish: Wish, *, by: Actor, now: datetime) -> Booking:
    """Book what is wished; see `book`."""
    try:
        check_can_book(wish.run, wish.person, by=by, now=now, session=wish.session, reason=wish.reason)
    except RuleBroken:
        already = queries.open_booking(wish.run, wish.person, wish.session)
        if already is None:
            raise
        return already
    return _place_under_lock(wish, by=by, now=now)


def _place_under_lock(wish: Wish, *, by: Actor, now: datetime) -> Booking:
    run = wish.run
    lock_run(run)
    session_id = wish.session.id if wish.session else None
    places = counted(run, now=now, person_id=wish.person.id, session_id=session_id)
    if places.booking_id is not None:
        return _already(places.booking_id, wish.session)
    if run.is_cancelled:
        check_is_open(run, wish.sessions, by=by, now=now)
    promote(run, places, now=now)
    sector_id = sector_of(wish.person, wish.sessions)
    numbers = places.free_numbers((one.id for one in wish.sessions), sector_id)
    mode = mode_for(wish.person, run.version.course.terms, by=by)
    is_held = numbers is not None and mode is ApprovalMode.MANAGER
    until = held_until(wish.sessions, run.version.course.terms, now) if is_held else None
    to, change = _first_state(numbers is not None, is_held)
    booking = _new(wish, sector_id, now)
    if mode is ApprovalMode.DECLARED:
        declare(booking, wish.declaration, now=now)
    note = wish.note or wish.reason
    move(booking, to, by=by, now=now, reason=note, numbers=numbers, held_until=until)
    if wish.replaces is not None:
        carry_need(wish.replaces, booking)
    if mode is ApprovalMode.MANAGER:
        ask(booking, now=now)
    tell(booking, News(change, moved=places.moved, position=places.waiting + 1), now=now)
    return booking


def _new(wish: Wish, sector_id: int | None, now: datetime) -> Booking:
    booking = Booking(
        reference=new_reference(),
        run=wish.run,
        person=wish.person,
        session=wish.session,
        queued_at=now,
        created_at=now,
        sector_id=sector_id,
        has_priority=wish.has_priority,
        override_reason=wish.reason,
        replaces_id=wish.replaces.id if wish.replaces else None,
    )
    db.session.add(booking)
    return booking


def _first_state(has_room: bool, is_held: bool) -> tuple[BookingState, Change]:
    if not has_room:
        return BookingState.WAITLISTED, Change.WAITLISTED
    if is_held:
        return BookingState.REQUESTED, Change.REQUESTED
    return BookingState.CONFIRMED, Change.CONFIRMED


def _already(booking_id: int, session: TrainingSession | None) -> Booking:
    """The open booking that somebody has; one of a single day stands in the way of the whole run."""
    booking = db.session.get_one(Booking, booking_id)
    if session is None and booking.session_id is not None:
        assert booking.session is not None
        raise RuleBroken(
            f"There is a booking for {booking.session.component.title} of this run already. Cancel it first."
        )
    return booking
