"""The one place where a booking's state changes; its seats come and go with it. (4.1)"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, delete, insert, select, update
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

from app.audit import rules as audit
from app.bookings import queries
from app.bookings.models import Booking, BookingMove, BookingState, LeavingCause, Need, ReleaseCause, Seat
from app.core import tokens
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.people.models import Person
from app.sessions.models import Run, RunState

_REQUESTED, _CONFIRMED = BookingState.REQUESTED, BookingState.CONFIRMED
_WAITLISTED, _OFFERED = BookingState.WAITLISTED, BookingState.OFFERED
_TAKEN_BACK = frozenset({BookingState.CANCELLED_BY_ACADEMY, BookingState.CANCELLED_BY_PROVIDER})
_WITHDRAWN = _TAKEN_BACK | {BookingState.CANCELLED, BookingState.RELEASED}

# Which moves there are. From where nothing leads on, a booking is over: who wants a place again books again.
MOVES: dict[BookingState | None, frozenset[BookingState]] = {
    None: frozenset({_REQUESTED, _CONFIRMED, _WAITLISTED, _OFFERED}),
    _REQUESTED: _WITHDRAWN | {_CONFIRMED, BookingState.DECLINED},
    _WAITLISTED: _WITHDRAWN | {_REQUESTED, _OFFERED, _CONFIRMED, BookingState.DECLINED},
    _OFFERED: _WITHDRAWN | {_CONFIRMED, _WAITLISTED, BookingState.DECLINED},
    _CONFIRMED: _WITHDRAWN | {BookingState.CANCELLED_LATE, BookingState.SUBSTITUTED},
    **{state: frozenset() for state in BookingState if not state.is_open},
}

SEEN_AGAIN = [
    "state",
    "confirmed_at",
    "held_until",
    "reconfirm_by",
    "reconfirmed_at",
    "lapses",
    "passed_until",
    "queued_at",
    "has_priority",
    "override_reason",
    "person_id",
]

WHOLE = 100  # percent of the charge


def move(
    booking: Booking,
    to: BookingState,
    *,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    cause: LeavingCause | None = None,
    numbers: dict[int, int] | None = None,
    held_until: datetime | None = None,
    charged_percent: int | None = None,
    released_for: ReleaseCause | None = None,
    keeps_need: bool = False,
) -> None:
    """Change a booking's state: the only function that does. Whoever calls has locked the run.

    `numbers` are the seat numbers, by session, of a booking that held none before; `held_until` is given
    for a request and an offer alone, `charged_percent` for what is given up late (what is new keeps its own).
    `keeps_need` leaves what the person needs to whoever carries them to another run. `release` alone gives
    `released_for`.
    """
    was: BookingState | None = booking.state
    if to not in MOVES[was]:
        raise RuleBroken(f"A booking that is {was.label.lower() if was else 'new'} can’t become {to.label}.")
    booking.state, booking.held_until, booking.reconfirm_by = to, held_until, None
    if to is BookingState.CONFIRMED:
        booking.confirmed_at = now
    db.session.flush()
    had_seats = was is not None and was.holds_seats
    if had_seats and not to.holds_seats:
        _give_seats_back(booking, now)
    elif to.holds_seats and not had_seats:
        _take_seats(booking, numbers or {}, now)
    if not to.is_open and not keeps_need:  # nothing is arranged any more for somebody who does not come
        db.session.execute(delete(Need).where(Need.booking_id == booking.id))
    audit.record(
        by=by,
        verb=f"booking:{to}",
        thing=booking,
        now=now,
        changes={"State": (was.label if was else None, to.label)},
        reason=reason,
    )
    if was is None:
        charged_percent = _percent_if_missed(booking)
    db.session.add(
        BookingMove(
            booking_id=booking.id,
            from_state=was,
            to_state=to,
            at=now,
            by_user_id=by.user_id,
            by_name=by.name,
            reason=reason,
            cause_id=cause.id if cause else None,
            charged_percent=charged_percent,
            released_for=released_for,
        )
    )
    db.session.flush()


def release(
    booking: Booking, cause: ReleaseCause, *, by: Actor, now: datetime, keeps_need: bool = False
) -> None:
    """End a booking that nobody gave up, with its cause, which is also its reason in words."""
    move(
        booking,
        BookingState.RELEASED,
        by=by,
        now=now,
        reason=cause.label,
        released_for=cause,
        keeps_need=keeps_need,
    )


def _percent_if_missed(booking: Booking) -> int:
    """What not to come costs by the terms of this moment, kept with the first move (see
    `queries.lists_charges`). Who is moved to another run keeps what they had booked by."""
    was = db.session.get(Booking, booking.replaces_id) if booking.replaces_id else None
    if was is not None and was.person.id == booking.person.id:
        return WHOLE if queries.lists_charges(was) else 0
    return WHOLE if booking.run.version.course.terms.has_charges else 0


def _give_seats_back(booking: Booking, now: datetime) -> None:
    live = (Seat.booking_id == booking.id, Seat.released_at.is_(None))
    db.session.execute(update(Seat).where(*live).values(released_at=now))


def _take_seats(booking: Booking, numbers: dict[int, int], now: datetime) -> None:
    """One statement, however many days."""
    taken = [
        {"booking_id": booking.id, "session_id": session_id, "number": number, "taken_at": now}
        for session_id, number in numbers.items()
    ]
    db.session.execute(insert(Seat).values(taken))


def lock_run_for(run: Run, *people: Person) -> None:
    """Take the lock of a run, then of those who want a place there, the smallest id first, in one statement.

    So two places at the same time for one person are asked for one after the other (U-09). Whether the run is
    cancelled is seen again; what is loaded of its sessions stays.
    """
    asked = {"run_id": run.id, "person_ids": [one.id for one in people]}
    set_committed_value(run, "state", db.session.scalars(_run_and_people(), asked).all()[0])


@cache
def _run_and_people() -> Select[tuple[RunState]]:
    """Made once, as each booking asks it."""
    return (
        select(Run.state)
        .join(Person, Person.id.in_(bindparam("person_ids", expanding=True)))
        .where(Run.id == bindparam("run_id"))
        .order_by(Person.id)
        .with_for_update(of=[Run, Person], key_share=True)
    )


def lock_run_of(booking: Booking) -> Run:
    """Take the lock of a booking's run, then see the booking, whose it is, and the dates of the sessions, as
    they stand: somebody may have been quicker."""
    run = lock_run(booking.run_id)
    db.session.refresh(booking, SEEN_AGAIN)
    if booking.person.id != booking.person_id:  # it is another's by now
        db.session.expire(booking, ["person"])
    set_committed_value(booking, "run", run)
    return run


def lock_run(run_id: int) -> Run:
    """Take the lock of a run, then see its sessions and their dates as they stand.

    The sessions are read in a statement of their own: what a statement joins to the row that it waits for is
    as it was before the wait.
    """
    return db.session.execute(
        _run_and_sessions(), {"run_id": run_id}, execution_options={"populate_existing": True}
    ).scalar_one()


@cache
def _run_and_sessions() -> Select[tuple[Run]]:
    """Made once, as each answer to a request or an offer asks it."""
    return (
        select(Run)
        .where(Run.id == bindparam("run_id"))
        .options(selectinload(Run.sessions))
        .with_for_update(of=Run)
    )


def lock_runs(run_ids: Iterable[int]) -> None:
    """The locks of several runs, the smallest id first, so that two who change the same ones wait for each
    other and not for ever. All of them come before any person's (see `lock_if_free`)."""
    for run_id in sorted(set(run_ids)):
        lock_run(run_id)


def lock_if_free(person: Person) -> bool:
    """Take the lock of somebody who may be given a place, unless somebody else has it at this instant.

    It is not waited for: whoever promotes holds others' locks already, and two who did would wait for each
    other for ever. (U-09)
    """
    return db.session.scalar(_person_if_free(), {"person_id": person.id}) is not None


@cache
def _person_if_free() -> Select[tuple[int]]:
    """Made once, as each promotion asks it."""
    only_one = select(Person.id).where(Person.id == bindparam("person_id"))
    return only_one.with_for_update(key_share=True, skip_locked=True)


def new_reference() -> str:
    letters = [secrets.choice(tokens.LETTERS) for _ in range(8)]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"
