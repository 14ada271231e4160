"""Saying again that one comes, once the dates have changed. (U-05)"""

from __future__ import annotations

from datetime import datetime, time

from app.audit import rules as audit
from app.bookings import queries
from app.bookings.models import Booking, BookingState
from app.bookings.rules.eligibility import books_anyone
from app.bookings.rules.locks import lock_run_of
from app.bookings.rules.notices import CHANGED, RECONFIRM, remind_to_reconfirm, reminder_name
from app.bookings.rules.queue import settle
from app.core import clock, tokens, workdays
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotAllowed, NotFound, RuleBroken
from app.outbox import queries as outbox

REMINDS_AT = time(9)


def check_can_reconfirm(booking: Booking, by: Actor) -> None:
    """The person says so, or the academy for them, as long as the place is theirs."""
    if not (books_anyone(by) or by.person_id == booking.person_id):
        raise NotAllowed("Only the person who has the place, or the academy, can say that they still come.")
    if booking.state is not BookingState.CONFIRMED:
        raise RuleBroken(
            f"This place is no longer there to be kept: {booking.state.label.lower()}. Book another date, or "
            "ask the academy."
        )


def reconfirm(*, booking: Booking, by: Actor, now: datetime) -> bool:
    """Keep the place on its new dates; False when that was said before: a second press does nothing."""
    run = lock_run_of(booking)
    settle(run, now=now)
    check_can_reconfirm(booking, by)
    if booking.reconfirm_by is None:
        return False
    booking.reconfirm_by, booking.reconfirmed_at = None, now
    audit.record(
        by=by, verb="booking:reconfirmed", thing=booking, now=now, changes={"Still comes": (None, "Yes")}
    )
    db.session.flush()
    return True


def booking_named_by(token: str) -> Booking:
    """The booking that an e-mailed link is about; raises RuleBroken when the link can't be used."""
    booking = db.session.get(Booking, tokens.read(RECONFIRM, token))
    if booking is None:
        raise NotFound("There is no such booking.")
    tokens.check_sent_to(token, booking.person.email)
    return booking


# --- The reminder --------------------------------------------------------------------------------------


def reminder_due_at(booking: Booking) -> datetime:
    """At 09:00 on the last working day before the one on which the time to reconfirm ends."""
    assert booking.reconfirm_by is not None
    ends_on = clock.day_of(booking.reconfirm_by)
    return clock.london_time(workdays.working_days_before(ends_on, 1), REMINDS_AT)


def to_be_reminded(*, now: datetime) -> list[Booking]:
    """The bookings not reconfirmed whose reminder is due, was not written yet, and is no news of today.

    Somebody who was asked only after the reminder would have been due needs none.
    """
    pending = db.session.scalars(queries.to_reconfirm(now)).all()
    due = [one for one in pending if reminder_due_at(one) <= now]
    keys = {f"booking:{one.id}:{reminder_name(one)}": one for one in due}
    written = outbox.keys_written(keys)
    asked_at = outbox.last_written("booking", [one.id for one in due], kind=CHANGED)
    return [
        one
        for key, one in keys.items()
        if key not in written and (one.id not in asked_at or asked_at[one.id] < reminder_due_at(one))
    ]


def remind(*, booking: Booking, now: datetime) -> int:
    """Write the reminder, unless they have said it meanwhile; the number written."""
    return 1 if booking.reconfirm_by is not None and remind_to_reconfirm(booking, now=now) else 0
