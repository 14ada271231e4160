"""What the academy does with whole runs and with places: cancel, cut or widen, move somebody. (U-05, U-21)"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from app.bookings import queries
from app.bookings.models import Booking, BookingState, Seat
from app.bookings.rules.eligibility import books_anyone, check_can_cancel
from app.bookings.rules.giving_up import leave
from app.bookings.rules.messages import Change
from app.bookings.rules.moves import lock_run_of
from app.bookings.rules.places import Wish, place
from app.bookings.rules.queue import counted, settle
from app.bookings.rules.quotas import check_still_keeps
from app.core.actors import Actor
from app.core.db import db, lock_row
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Permission
from app.sessions import rules as sessions_rules
from app.sessions.models import Run, TrainingSession


def change_capacity(*, session: TrainingSession, capacity: int, by: Actor, now: datetime) -> list[Booking]:
    """Let a session take more or fewer people; those who wait fill new places. Who got one.

    16 to 12 with 15 confirmed is refused until 3 places are cancelled or moved (U-21).
    """
    run: Run = lock_row(Run, session.run_id)
    places = counted(run, now=now)
    taken = places.taken[session.id]
    if capacity < len(taken):
        raise RuleBroken(
            f"{len(taken)} people have a place in {session.component.title}. Cancel {len(taken) - capacity} "
            f"of their bookings first, or enter {len(taken)} or more",
            field="capacity",
        )
    check_still_keeps(session, capacity, now)
    sessions_rules.set_capacity(session=session, capacity=capacity, by=by, now=now)
    db.session.flush()
    _seat_within(session.id, capacity, taken)
    return settle(run, now=now)


def _seat_within(session_id: int, capacity: int, taken: set[int]) -> None:
    """Give the seats whose numbers are above the capacity the free numbers below it."""
    free = [number for number in range(1, capacity + 1) if number not in taken]
    above = sorted(number for number in taken if number > capacity)
    for number, new in zip(above, free, strict=False):
        live = (Seat.session_id == session_id, Seat.number == number, Seat.released_at.is_(None))
        db.session.execute(update(Seat).where(*live).values(number=new))


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
    to = BookingState.CANCELLED_BY_ACADEMY
    for booking in leaving:
        leave(booking, to=to, by=by, now=now, reason=reason, change=Change.RUN_CANCELLED)
    return leaving


def transfer(
    *, booking: Booking, to_run: Run, by: Actor, now: datetime, reason: str | None = None
) -> Booking:
    """Move somebody from one run to another of the same course: the new booking, confirmed or waiting first.

    Who has a place against an objection keeps it: the academy gave its reason then. Both runs are locked,
    the one with the smaller id first, so that two transfers in opposite directions wait for each other and
    not for ever.
    """
    for run_id in sorted({booking.run_id, to_run.id}):
        lock_row(Run, run_id)
    was = lock_run_of(booking)
    check_can_cancel(booking, by, now)
    if to_run.id == was.id:
        raise RuleBroken("Choose another run.", field="run")
    if to_run.version.course_id != was.version.course_id:
        raise RuleBroken("Choose a run of the same course.", field="run")
    note = f"Moved from {was.code}"
    reason = reason or booking.override_reason or note
    wish = Wish(to_run, booking.person, reason=reason, has_priority=True, replaces=booking, note=note)
    new = place(wish, by=by, now=now)
    to = BookingState.CANCELLED_BY_ACADEMY
    leave(booking, to=to, by=by, now=now, reason=f"Moved to {to_run.code}")
    settle(was, now=now)
    return new
