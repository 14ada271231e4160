"""The one place where a booking's state changes; its seats come and go with it. (4.1)"""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, delete, insert, select, update
from sqlalchemy.orm.attributes import set_committed_value

from app.audit import rules as audit
from app.bookings.models import Booking, BookingMove, BookingState, LeavingCause, Need, Seat
from app.core import tokens
from app.core.actors import Actor
from app.core.db import db, lock_row
from app.core.errors import RuleBroken
from app.people.models import Person
from app.sessions.models import Run, RunState

_REQUESTED, _CONFIRMED = BookingState.REQUESTED, BookingState.CONFIRMED
_WAITLISTED, _OFFERED = BookingState.WAITLISTED, BookingState.OFFERED
_TAKEN_BACK = frozenset({BookingState.CANCELLED_BY_ACADEMY, BookingState.CANCELLED_BY_PROVIDER})
_WITHDRAWN = _TAKEN_BACK | {BookingState.CANCELLED, BookingState.RELEASED}

# Which moves there are. From where nothing leads on, a booking is over: who wants a place again books again.
MOVES: dict[BookingState | None, frozenset[BookingState]] = {
    None: frozenset({_REQUESTED, _CONFIRMED, _WAITLISTED}),
    _REQUESTED: _WITHDRAWN | {_CONFIRMED, BookingState.DECLINED},
    _WAITLISTED: _WITHDRAWN | {_REQUESTED, _OFFERED, _CONFIRMED, BookingState.DECLINED},
    _OFFERED: _WITHDRAWN | {_CONFIRMED, _WAITLISTED, BookingState.DECLINED},
    _CONFIRMED: _WITHDRAWN | {BookingState.CANCELLED_LATE, BookingState.SUBSTITUTED},
    **{state: frozenset() for state in BookingState if not state.is_open},
}

SEEN_AGAIN = ["state", "confirmed_at", "held_until", "reconfirm_by", "lapses", "passed_until", "queued_at"]


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
    keeps_need: bool = False,
) -> None:
    """Change a booking's state: the only function that does. Whoever calls has locked the run.

    `numbers` are the seat numbers, by session, of a booking that held none before; `held_until` is given
    for a request and an offer alone, `charged_percent` for what is given up late. `keeps_need` leaves what
    the person needs to whoever carries them to another run.
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
        )
    )
    db.session.flush()


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
    """Take the lock of a booking's run, then see the booking as it stands: somebody may have been quicker."""
    run: Run = lock_row(Run, booking.run_id)
    db.session.refresh(booking, SEEN_AGAIN)
    return run


def new_reference() -> str:
    letters = [secrets.choice(tokens.LETTERS) for _ in range(8)]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"
