"""Taking a place. Every writer of occupancy takes the run's lock first.

Under the lock it counts again, in a statement of its own; the unique keys on seats stand behind it (U-04).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from app.bookings import queries
from app.bookings.models import Booking, BookingState
from app.bookings.queries import Occupancy
from app.bookings.rules.approvals import mode_for
from app.bookings.rules.asking import Declaration, ask, declare, send_copy
from app.bookings.rules.catching_up import check_can_catch_up
from app.bookings.rules.eligibility import (
    books_anyone,
    check_can_book,
    check_is_free,
    check_is_open,
)
from app.bookings.rules.locks import lock_run_for
from app.bookings.rules.messages import BookingMessage, MessageKind, tell
from app.bookings.rules.queue import counted, promote
from app.bookings.rules.states import move
from app.bookings.rules.times import held_until, offered_until
from app.core import tokens
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.people.models import Person
from app.programmes.models import ApprovalMode
from app.sessions.models import Run, TrainingSession


@dataclass(frozen=True)
class PlaceRequest:
    """A place that somebody wants: whose, on which run or one session of it, and with which words.

    `reason` lets the academy book somebody against an objection; `declaration` is what the booker declares
    where the course wants that; `has_priority` puts who was moved by the academy at the head of the queue;
    `replaces` is the booking that this one takes over, and `note` what its history says of that. `is_told`
    unless the caller tells them; `still_asks` when the booking that was moved had not been approved yet,
    `is_offered` when it was an offer that nobody has answered.
    """

    run: Run
    person: Person
    session: TrainingSession | None = None
    reason: str | None = None
    declaration: Declaration | None = None
    has_priority: bool = False
    replaces: Booking | None = None
    note: str | None = None
    is_told: bool = True
    still_asks: bool = False
    is_offered: bool = False

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
    return place(PlaceRequest(run, person, session, reason, declaration), by=by, now=now)


def place(request: PlaceRequest, *, by: Actor, now: datetime) -> Booking:
    """Book what is asked for; see `book`."""
    if not (request.reason and books_anyone(by)):  # only the academy overrides what speaks against a place
        request = replace(request, reason=None)
    try:
        if request.session is not None:
            check_can_catch_up(request.person, request.session, by=by, now=now)
        check_can_book(
            request.run,
            request.person,
            by=by,
            now=now,
            session=request.session,
            reason=request.reason,
            sees_clashes=False,
        )
    except RuleBroken:
        already = queries.open_booking(request.run, request.person, request.session)
        if already is None:
            raise
        return already
    lock_run_for(request.run, request.person)
    return put(request, by=by, now=now, may_clash=request.reason is not None)


def put(request: PlaceRequest, *, by: Actor, now: datetime, may_clash: bool = True) -> Booking:
    """Under the run's lock, and the person's: a place if there is one, else the waiting list.

    Whoever is carried here by the academy may have another place at the same time, which its lists show.
    """
    run = request.run
    session_id = request.session.id if request.session else None
    places = counted(run, now=now, person_id=request.person.id, session_id=session_id, offers_again=True)
    if places.booking_id is not None:
        return _already(places.booking_id, request.session)
    if places.has_clash and not may_clash:
        check_is_free(request.person, request.sessions, by=by)
    _see_the_dates_again(request, places)
    if run.is_cancelled:
        check_is_open(run, request.sessions, by=by, now=now)
    promote(run, places, now=now)
    sector_id = queries.sector_of(request.person, request.sessions)
    numbers = places.free_numbers((one.id for one in request.sessions), sector_id)
    mode = _mode(request, by)
    to, kind, until = _first_state(request, mode, numbers is not None, now)
    booking = new_booking(_first_in_line(request) if numbers is None else request, sector_id, now)
    if mode is ApprovalMode.DECLARED:
        declare(booking, request.declaration, now=now)
    note = request.note or request.reason
    with inserted_for(booking, request.person):
        move(booking, to, by=by, now=now, reason=note, numbers=numbers, held_until=until)
    _say_to_managers(booking, mode, now)
    if request.is_told:
        tell(booking, _message(booking, kind, places, by), now=now)
    return booking


def _first_in_line(request: PlaceRequest) -> PlaceRequest:
    """Whoever lost a place of the course when its run was cancelled, and has had none since, comes first on
    the waiting list of whichever run they book next. (U-05)"""
    is_owed = request.has_priority or queries.is_owed_a_place(
        request.person.id, request.run.version.course_id
    )
    return replace(request, has_priority=is_owed)


def _see_the_dates_again(request: PlaceRequest, places: Occupancy) -> None:
    """Whoever booked agreed to the dates that they saw; whom the academy carries is told the new ones."""
    if all(places.dated[one.id] == one.dated.id for one in request.run.sessions):
        return
    if request.replaces is None:
        raise RuleBroken(
            f"The dates of {request.run.code} have just changed. Look at them, and book it again."
        )
    for one in request.run.sessions:
        db.session.expire(one)


def _mode(request: PlaceRequest, by: Actor) -> ApprovalMode:
    """Whose agreement the place needs; one that was asked for before is still asked for."""
    if request.still_asks:
        return ApprovalMode.MANAGER
    return mode_for(request.person, request.run.version.course.terms, by=by)


def _say_to_managers(booking: Booking, mode: ApprovalMode, now: datetime) -> None:
    if mode is ApprovalMode.MANAGER:
        ask(booking, now=now)
    elif mode is ApprovalMode.DECLARED:
        send_copy(booking, now=now)


def new_booking(request: PlaceRequest, sector_id: int | None, now: datetime) -> Booking:
    """The booking that a request becomes; its first move (`inserted_for`) gives it a state."""
    booking = Booking(
        reference=new_reference(),
        run=request.run,
        session=request.session,
        queued_at=now,
        created_at=now,
        sector_id=sector_id,
        has_priority=request.has_priority,
        override_reason=request.reason,
        replaces_id=request.replaces.id if request.replaces else None,
    )
    booking.person_id = _id_of_one_who_stands(request.person.id)
    set_committed_value(booking, "person", request.person)
    db.session.add(booking)
    return booking


def _message(booking: Booking, kind: MessageKind, places: Occupancy, by: Actor) -> BookingMessage:
    is_own = by.person_id == booking.person.id
    position = queries.queue_position(booking) if booking.has_priority else places.waiting + 1
    return BookingMessage(
        kind,
        moved=places.moved,
        position=position or 0,
        booked_by=None if is_own else by.name,
        has_account=is_own and by.is_signed_in,
    )


def _id_of_one_who_stands(person_id: int) -> Any:
    """The person's id as the database finds it when the booking is inserted: none once they were merged.

    The row is locked against a merge, which waits for this booking and takes it along, or is waited for and
    then refuses it (U-07). A part of the INSERT, so that it costs no statement.
    """
    unmerged = select(Person.id).where(Person.id == person_id, Person.merged_into_id.is_(None))
    return unmerged.with_for_update(read=True, key_share=True).scalar_subquery()


@contextmanager
def inserted_for(booking: Booking, person: Person) -> Iterator[None]:
    """What inserts the booking is refused when the person was merged since they were looked at."""
    ident, sentence = person.id, f"{person.name}’s record has just been merged into another. Choose that one."
    try:
        yield
    except IntegrityError as error:
        if "person_id" not in str(error.orig):
            raise
        raise RuleBroken(sentence) from None
    set_committed_value(booking, "person_id", ident)


def _first_state(
    request: PlaceRequest, mode: ApprovalMode, has_room: bool, now: datetime
) -> tuple[BookingState, MessageKind, datetime | None]:
    """What a booking is at first, and until when its place is held for a request, or for an offer that was
    carried here: who has not said that they take a place is given none unasked."""
    terms = request.run.version.course.terms
    if not has_room:
        return BookingState.WAITLISTED, MessageKind.WAITLISTED, None
    if mode is ApprovalMode.MANAGER:
        until = held_until(request.sessions, terms, now, is_moved=request.still_asks)
        return BookingState.REQUESTED, MessageKind.REQUESTED, until
    if request.is_offered:
        until = offered_until(request.sessions, terms, now, is_moved=True)
        return BookingState.OFFERED, MessageKind.OFFERED, until
    return BookingState.CONFIRMED, MessageKind.CONFIRMED, None


class DayBooked(RuleBroken):
    """Somebody asks for a run of which they have one day already."""


def _already(booking_id: int, session: TrainingSession | None) -> Booking:
    """The open booking that somebody has; one of a single day stands in the way of the whole run."""
    booking = db.session.get_one(Booking, booking_id)
    if session is None and booking.session_id is not None:
        assert booking.session is not None
        raise DayBooked(
            f"There is a booking for {booking.session.component.title} of this run already. Cancel it first."
        )
    return booking


def new_reference() -> str:
    letters = [secrets.choice(tokens.LETTERS) for _ in range(8)]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"
