"""What the timetable runs for places: what ran out is passed on, and leavers' places go to the queue."""

from __future__ import annotations

from datetime import datetime

from app.bookings import queries, rules
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


def leavers(now: datetime) -> Tally:
    """Release, from the day after the last day, the places that leavers have or wait for (U-06)."""
    with reading():
        ids = list(db.session.scalars(queries.leavers_with_places(now)))
        db.session.rollback()

    def release(ident: int) -> int:
        person = db.session.get_one(Person, ident)
        return len(rules.release_places_of(person=person, by=SERVICE, now=now))

    return each(ids, release, keep=db.session.commit, drop=db.session.rollback)
