"""Giving one's own place up for another at the same time: both, or neither. (ST-06, U-09)"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.bookings import queries
from app.bookings.models import Booking, LeavingCause
from app.bookings.rules.eligibility import can_cancel
from app.bookings.rules.giving_up import cancel
from app.bookings.rules.locks import lock_run_for, lock_runs
from app.bookings.rules.places import book
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.people.models import Person
from app.sessions.models import Run, TrainingSession


def place_in_the_way(
    person: Person, wanted: Sequence[TrainingSession], *, by: Actor, now: datetime
) -> Booking | None:
    """The place of one's own that alone is at the same time as these sessions, while it can be given up."""
    if by.person_id != person.id:
        return None
    ids = {clash.booking_id for clash in queries.clashes_of(person.id, wanted)}
    if len(ids) != 1:
        return None
    booking = db.session.get_one(Booking, ids.pop())
    return booking if can_cancel(booking, by, now) else None


def swap(
    *,
    given_up: Booking,
    run: Run,
    by: Actor,
    now: datetime,
    session: TrainingSession | None = None,
    cause: LeavingCause | None = None,
) -> Booking:
    """Give a place up and take the one that it stood in the way of, by the rules of both; what they have now.

    Nothing is given up when the other can't be had: it has become full, or something else speaks against it.
    Both runs are locked before the person, and the person before anybody who is given what is freed. A second
    press of the button does nothing.
    """
    person = given_up.person
    if by.person_id != person.id:
        raise NotAllowed("Only the person who has a place can give it up for another.")
    lock_runs([given_up.run_id, run.id])
    lock_run_for(run, person)
    already = queries.open_booking(run, person, session)
    if already is not None and already.state.holds_seats:
        return already
    in_the_way = place_in_the_way(person, [session] if session else run.sessions, by=by, now=now)
    if in_the_way is None or in_the_way.id != given_up.id:
        raise RuleBroken("Your places have just changed. Look at them, and choose again.")
    cancel(booking=given_up, by=by, now=now, cause=cause, reason=f"Swapped for {run.code}")
    new = book(run=run, person=person, by=by, now=now, session=session)
    if not new.state.holds_seats:
        raise RuleBroken(f"{run.code} has just become full, so you keep your place on {given_up.run.code}.")
    return new
