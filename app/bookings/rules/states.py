"""The one place where a booking's state changes; its seats come and go with it. (4.1)"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, update

from app.audit import rules as audit
from app.bookings import queries
from app.bookings.models import Booking, BookingMove, BookingState, LeavingCause, Need, ReleaseCause, Seat
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken

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
    `keeps_need` leaves what the person needs to whoever carries them to another run. Only `release`
    passes `released_for`.
    """
    was: BookingState | None = booking.state
    _check_leads_to(was, to)
    booking.state, booking.held_until, booking.reconfirm_by = to, held_until, None
    if to is BookingState.CONFIRMED:
        booking.confirmed_at = now
    db.session.flush()
    _swap_seats(booking, was, numbers or {}, now)
    if not to.is_open and not keeps_need:  # nothing is arranged any more for somebody who does not come
        db.session.execute(delete(Need).where(Need.booking_id == booking.id))
    _keep(
        booking,
        BookingMove(
            booking_id=booking.id,
            from_state=was,
            to_state=to,
            at=now,
            by_user_id=by.user_id,
            by_name=by.name,
            reason=reason,
            cause_id=cause.id if cause else None,
            charged_percent=_percent_if_missed(booking) if was is None else charged_percent,
            released_for=released_for,
        ),
        by=by,
    )


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


def _check_leads_to(was: BookingState | None, to: BookingState) -> None:
    if to not in MOVES[was]:
        raise RuleBroken(f"A booking that is {was.label.lower() if was else 'new'} can’t become {to.label}.")


def _swap_seats(booking: Booking, was: BookingState | None, numbers: dict[int, int], now: datetime) -> None:
    """Seats are held in some states and not in others."""
    had_seats = was is not None and was.holds_seats
    if had_seats and not booking.state.holds_seats:
        _give_seats_back(booking, now)
    elif booking.state.holds_seats and not had_seats:
        _take_seats(booking, numbers, now)


def _keep(booking: Booking, made: BookingMove, *, by: Actor) -> None:
    """Write a move down, in the audit and in the booking's own history."""
    was, to = made.from_state, made.to_state
    audit.record(
        by=by,
        verb=f"booking:{to}",
        thing=booking,
        now=made.at,
        changes={"State": (was.label if was else None, to.label)},
        reason=made.reason,
    )
    db.session.add(made)
    db.session.flush()


def _percent_if_missed(booking: Booking) -> int:
    """What not to come costs by the terms of this moment, kept with the first move (see
    `queries.lists_charges`). Somebody who is moved to another run keeps what they had booked by."""
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
