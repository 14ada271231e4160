"""What the timetable runs for registers: marks follow corrected dates and windows, certificates the marks."""

from __future__ import annotations

from datetime import datetime

from app.attendance import queries, rules
from app.core import clock
from app.core.actors import SERVICE
from app.core.db import db, reading
from app.core.tally import Tally, each
from app.people.models import Person
from app.sessions.models import TrainingSession


def marks(now: datetime) -> Tally:
    """Bring marks up to date whose session was moved, or whose course has another catch-up window."""
    with reading():
        ids = list(db.session.scalars(queries.sessions_with_marks_out_of_date()))
        db.session.rollback()

    def refix(ident: int) -> int:
        return rules.refix_marks(session=db.session.get_one(TrainingSession, ident), by=SERVICE, now=now)

    return each(ids, refix, keep=db.session.commit, drop=db.session.rollback)


def certificates(now: datetime) -> Tally:
    """Issue the certificates that are due, and withdraw those that no longer stand."""
    with reading():
        found = queries.unsettled(as_at=clock.london(now).date(), marked_before=rules.marked_before(now))
        db.session.rollback()

    def settle(ident: int) -> int:
        person = db.session.get_one(Person, ident)
        return rules.settle_awards(person=person, course_ids=found[ident], now=now)

    return each(sorted(found), settle, keep=db.session.commit, drop=db.session.rollback)
