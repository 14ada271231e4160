"""What the timetable runs for places: what ran out passes on, requests stay with those who can answer."""

from __future__ import annotations

from datetime import datetime

from app.bookings import queries, rules
from app.bookings.models import Booking
from app.core.actors import SERVICE
from app.core.db import db, lock_row, reading
from app.core.tally import Tally, each
from app.people.models import Person
from app.sessions.models import Run


def sweep(now: datetime) -> Tally:
    """End holds and offers that have run out, and give what is free to those who wait: time frees places too,
    when a quota's day is over (AM-05) or an offer lapses (U-16)."""
    with reading():
        ids = list(db.session.scalars(queries.runs_to_sweep(now)))
        db.session.rollback()

    def settle(ident: int) -> int:
        run: Run = lock_row(Run, ident)
        return len(rules.settle(run, now=now))

    return each(ids, settle, keep=db.session.commit, drop=db.session.rollback)


def approvals(now: datetime) -> Tally:
    """Keep each request with whoever can answer it, and remind those who have not (U-14, U-15)."""
    with reading():
        waiting = [
            db.session.get_one(Booking, ident) for ident in db.session.scalars(queries.open_request_ids())
        ]
        ids = [booking.id for booking in waiting if rules.needs_asking(booking, now=now)]
        db.session.rollback()

    def ask(ident: int) -> int:
        return rules.ask_again(booking=db.session.get_one(Booking, ident), now=now)

    return each(ids, ask, keep=db.session.commit, drop=db.session.rollback)


def leavers(now: datetime) -> Tally:
    """Release the places that people hold on days after their last one (U-06)."""
    with reading():
        ids = list(db.session.scalars(queries.people_booked_beyond_their_last_day(now)))
        db.session.rollback()

    def release(ident: int) -> int:
        person = db.session.get_one(Person, ident)
        return len(rules.release_places_of(person=person, by=SERVICE, now=now))

    return each(ids, release, keep=db.session.commit, drop=db.session.rollback)


def reconfirmations(now: datetime) -> Tally:
    """Remind those whose time to say that they still come ends soon (U-05)."""
    with reading():
        ids = [booking.id for booking in rules.to_be_reminded(now=now)]
        db.session.rollback()

    def remind(ident: int) -> int:
        return rules.remind(booking=db.session.get_one(Booking, ident), now=now)

    return each(ids, remind, keep=db.session.commit, drop=db.session.rollback)
