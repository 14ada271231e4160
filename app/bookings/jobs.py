"""What the timetable runs for places: those of people who have left go to the queue."""

from __future__ import annotations

from datetime import datetime

from app.bookings import queries, rules
from app.core.actors import SERVICE
from app.core.db import db, reading
from app.core.tally import Tally, each
from app.people.models import Person


def leavers(now: datetime) -> Tally:
    """Release the places that people hold on days after their last one (U-06)."""
    with reading():
        ids = list(db.session.scalars(queries.people_booked_beyond_their_last_day(now)))
        db.session.rollback()

    def release(ident: int) -> int:
        person = db.session.get_one(Person, ident)
        return len(rules.release_places_of(person=person, by=SERVICE, now=now))

    return each(ids, release, keep=db.session.commit, drop=db.session.rollback)
