"""Taking, moving and giving up places. Every writer of occupancy is here, and takes the run's lock first.

Under the lock it counts again, in a statement of its own; the unique keys on seats stand behind it (U-04).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, update

from app.audit import rules as audit
from app.bookings import queries
from app.bookings.models import Booking, BookingMove, BookingState, Seat
from app.bookings.queries import Occupancy
from app.bookings.rules.checks import (
    books_anyone,
    check_can_book,
    check_can_cancel,
    check_is_open,
    sessions_of,
)
from app.bookings.rules.messages import Change, News, tell
from app.core.actors import SERVICE, Actor
from app.core.db import db, lock_row
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Permission
from app.people.models import Person
from app.sessions import rules as sessions_rules
from app.sessions.models import Run, TrainingSession

MOVES: dict[BookingState | None, frozenset[BookingState]] = {
    None: frozenset({BookingState.CONFIRMED, BookingState.WAITLISTED}),
    BookingState.WAITLISTED: frozenset(
        {BookingState.CONFIRMED, BookingState.CANCELLED, BookingState.CANCELLED_BY_ACADEMY}
    ),
    BookingState.CONFIRMED: frozenset({BookingState.CANCELLED, BookingState.CANCELLED_BY_ACADEMY}),
    BookingState.CANCELLED: frozenset(),
    BookingState.CANCELLED_BY_ACADEMY: frozenset(),
}

# Without the letters and digits that are mistaken for each other when a reference is read out.
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def _move(
    booking: Booking,
    to: BookingState,
    *,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    numbers: dict[int, int] | None = None,
) -> None:
    """Change a booking's state: the only place that does. Its seats come and go with it.

    `numbers` are the seat numbers, by session, that a confirmed booking takes.
    """
    was: BookingState | None = booking.state
    if to not in MOVES[was]:
        raise RuleBroken(f"A booking that is {was.label.lower() if was else 'new'} can’t become {to.label}.")
    booking.state = to
    if was is BookingState.CONFIRMED:
        live = (Seat.booking_id == booking.id, Seat.released_at.is_(None))
        db.session.execute(update(Seat).where(*live).values(released_at=now))
    if to is BookingState.CONFIRMED:
        booking.confirmed_at = now
        db.session.flush()
        taken = [
            {"booking_id": booking.id, "session_id": session_id, "number": number, "taken_at": now}
            for session_id, number in (numbers or {}).items()
        ]
        db.session.execute(insert(Seat).values(taken))  # one statement, however many days
    audit.record(
        by=by,
        verb=f"booking:{to}",
        thing=booking,
        now=now,
        changes={"State": (was.label if was else None, to.label)},
        reason=reason,
    )
    db.session.add(
        BookingMove(
            booking_id=booking.id,
            from_state=was,
            to_state=to,
            at=now,
            by_user_id=by.user_id,
            by_name=by.name,
            reason=reason,
        )
    )
    db.session.flush()


# --- Booking -------------------------------------------------------------------------------------------


def book(
    *,
    run: Run,
    person: Person,
    by: Actor,
    now: datetime,
    session: TrainingSession | None = None,
    reason: str | None = None,
) -> Booking:
    """Book somebody onto a run, or onto one `session` of it: a place if there is one, else the waiting list.

    15 of 16 are confirmed and two ask in the same instant: one has the 16th place, the other is first on
    the waiting list (U-04). An open booking of that person is returned as it is, so that a second press of
    the button does nothing. `reason` lets the academy book somebody for whom the course is not meant.
    """
    try:
        check_can_book(run, person, by=by, now=now, session=session, reason=reason)
    except RuleBroken:
        already = queries.open_booking(run, person, session)
        if already is None:
            raise
        return already
    wanted = [session] if session else list(run.sessions)
    return _book_under_lock(run, person, wanted, by=by, now=now, session=session, reason=reason)


def _book_under_lock(
    run: Run,
    person: Person,
    wanted: Sequence[TrainingSession],
    *,
    by: Actor,
    now: datetime,
    session: TrainingSession | None,
    reason: str | None,
) -> Booking:
    course = run.version.course
    lock_row(Run, run.id)
    counted = queries.occupancy(run.id, person_id=person.id, session_id=session.id if session else None)
    if counted.booking_id is not None:
        return _already(counted.booking_id, session)
    if run.is_cancelled:
        check_is_open(run, wanted, now)
    if counted.waiting and counted.has_room:
        _promote(run, counted, now=now)
    numbers = counted.free_numbers(one.id for one in wanted)
    booking = Booking(
        reference=_new_reference(),
        run=run,
        person=person,
        session=session,
        queued_at=now,
        created_at=now,
    )
    db.session.add(booking)
    to, change = (
        (BookingState.CONFIRMED, Change.CONFIRMED)
        if numbers
        else (BookingState.WAITLISTED, Change.WAITLISTED)
    )
    _move(booking, to, by=by, now=now, reason=reason, numbers=numbers)
    news = News(change, course, wanted, counted.moved, position=counted.waiting + 1)
    tell(booking, news, now=now)
    return booking


def _already(booking_id: int, session: TrainingSession | None) -> Booking:
    """The open booking that somebody has; one of a single day stands in the way of the whole run."""
    booking = db.session.get_one(Booking, booking_id)
    if session is None and booking.session_id is not None:
        assert booking.session is not None
        raise RuleBroken(
            f"There is a booking for {booking.session.component.title} of this run already. Cancel it first."
        )
    return booking


def _new_reference() -> str:
    letters = [secrets.choice(_ALPHABET) for _ in range(8)]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


# --- The waiting list ----------------------------------------------------------------------------------


def promote_waiting(*, run: Run, by: Actor, now: datetime) -> list[Booking]:
    """Give free places to those who wait, in order of arrival; who got one."""
    if not books_anyone(by):
        raise NotAllowed("Only the academy can give places to those who wait.")
    lock_row(Run, run.id)
    return [] if run.is_cancelled else _promote(run, queries.occupancy(run.id), now=now)


def _promote(run: Run, counted: Occupancy, *, now: datetime) -> list[Booking]:
    """Confirm each of the queue, in order of arrival, who fits in every session of their booking.

    Never once the first of those sessions has begun: nobody is put into training that is under way. It is
    the service that does it: who gave the place up is nobody's business.
    """
    promoted: list[Booking] = []
    if not counted.waiting or not counted.has_room:
        return promoted
    course = run.version.course
    for booking in db.session.scalars(queries.queue(run.id)).all():
        wanted = sessions_of(booking)
        numbers = counted.free_numbers(one.id for one in wanted)
        if numbers is None or wanted[0].starts_at <= now:
            continue
        counted.take(numbers)
        counted.waiting -= 1
        reason = "A place became free"
        _move(booking, BookingState.CONFIRMED, by=SERVICE, now=now, reason=reason, numbers=numbers)
        tell(booking, News(Change.PROMOTED, course, wanted, counted.moved), now=now)
        promoted.append(booking)
    return promoted


def change_capacity(*, session: TrainingSession, capacity: int, by: Actor, now: datetime) -> list[Booking]:
    """Let a session take more or fewer people; those who wait fill new places. Who got one.

    16 to 12 with 15 confirmed is refused until 3 places are cancelled (U-21).
    """
    run: Run = lock_row(Run, session.run_id)
    counted = queries.occupancy(run.id)
    taken = len(counted.taken[session.id])
    if capacity < taken:
        raise RuleBroken(
            f"{taken} people have a place in {session.component.title}. Cancel {taken - capacity} of their "
            f"bookings first, or enter {taken} or more",
            field="capacity",
        )
    sessions_rules.set_capacity(session=session, capacity=capacity, by=by, now=now)
    db.session.flush()
    _seat_within(session.id, capacity, counted.taken[session.id])
    return _promote(run, queries.occupancy(run.id), now=now)


def _seat_within(session_id: int, capacity: int, taken: set[int]) -> None:
    """Give the seats whose numbers are above the capacity the free numbers below it."""
    free = [number for number in range(1, capacity + 1) if number not in taken]
    above = sorted(number for number in taken if number > capacity)
    for number, new in zip(above, free, strict=False):
        live = (Seat.session_id == session_id, Seat.number == number, Seat.released_at.is_(None))
        db.session.execute(update(Seat).where(*live).values(number=new))


# --- Giving up -----------------------------------------------------------------------------------------


def cancel(*, booking: Booking, by: Actor, now: datetime, reason: str | None = None) -> list[Booking]:
    """Give up, or take back, a place or a wait; its seats go to the first in the queue who fit. Who got one.

    A booking that is no longer open stays as it is, so that a second press of the button does nothing.
    """
    _lock_run_of(booking)
    if not booking.state.is_open and (books_anyone(by) or by.person_id == booking.person_id):
        return []
    check_can_cancel(booking, by, now)
    run = booking.run
    _leave(booking, by=by, now=now, reason=reason, change=Change.CANCELLED)
    return _promote(run, queries.occupancy(run.id), now=now)


def _lock_run_of(booking: Booking) -> None:
    """Take the lock, then see the booking as it stands: somebody may have been quicker."""
    lock_row(Run, booking.run_id)
    db.session.refresh(booking, ["state", "confirmed_at"])


def _leave(booking: Booking, *, by: Actor, now: datetime, reason: str | None, change: Change) -> None:
    had_place = booking.state is BookingState.CONFIRMED
    is_own_wish = by.person_id is not None and by.person_id == booking.person_id
    to = BookingState.CANCELLED if is_own_wish else BookingState.CANCELLED_BY_ACADEMY
    wanted = sessions_of(booking)
    _move(booking, to, by=by, now=now, reason=reason)
    news = News(
        change,
        booking.run.version.course,
        wanted,
        queries.times_moved([one.id for one in wanted]),
        had_place=had_place,
        is_own_wish=is_own_wish,
        reason=reason,
    )
    tell(booking, news, now=now)


def cancel_run(*, run: Run, by: Actor, now: datetime, reason: str) -> list[Booking]:
    """Cancel a whole run: every place and wait ends, and everybody is told once. Who was told.

    A run that is cancelled already stays as it is.
    """
    if not (by.can(Permission.SCHEDULE_RUNS) or books_anyone(by)):
        raise NotAllowed("Only the academy can cancel a run.")
    lock_row(Run, run.id)
    if run.is_cancelled:
        return []
    if run.last_session.ends_at <= now:
        raise RuleBroken(f"{run.code} is over, so it can’t be cancelled.")
    sessions_rules.cancel(run=run, by=by, now=now, reason=reason)
    leaving = list(db.session.scalars(queries.open_bookings_on(run.id)).unique())
    for booking in leaving:
        _leave(booking, by=by, now=now, reason=reason, change=Change.RUN_CANCELLED)
    return leaving


def transfer(
    *, booking: Booking, to_run: Run, by: Actor, now: datetime, reason: str | None = None
) -> Booking:
    """Move somebody from one run to another of the same course: the new booking, confirmed or waiting.

    Who has a place though the course is not meant for them keeps it: the academy gave its reason then. Both
    runs are locked, the one with the smaller id first, so that two transfers in opposite directions
    wait for each other and not for ever.
    """
    for run_id in sorted({booking.run_id, to_run.id}):
        lock_row(Run, run_id)
    db.session.refresh(booking, ["state", "confirmed_at"])
    check_can_cancel(booking, by, now)
    if to_run.id == booking.run_id:
        raise RuleBroken("Choose another run.", field="run")
    if to_run.version.course_id != booking.run.version.course_id:
        raise RuleBroken("Choose a run of the same course.", field="run")
    was = booking.run
    new = book(run=to_run, person=booking.person, by=by, now=now, reason=reason or f"Moved from {was.code}")
    _leave(booking, by=by, now=now, reason=f"Moved to {to_run.code}", change=Change.CANCELLED)
    _promote(was, queries.occupancy(was.id), now=now)
    return new


def release_places_of(*, person: Person, by: Actor, now: datetime) -> list[Booking]:
    """Cancel the bookings of a leaver that have a session after the last day (U-06). Which they were."""
    released = []
    for booking in db.session.scalars(queries.open_bookings_of([person.id])).unique().all():
        future = [one for one in sessions_of(booking) if one.starts_at > now]
        if any(person.spell_on(one.held_on) is None for one in future):
            cancel(booking=booking, by=by, now=now, reason="Left before the training")
            released.append(booking)
    return released
