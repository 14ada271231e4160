"""What the timetable runs for registers: marks follow what they were fixed from, certificates the marks."""

from __future__ import annotations

from datetime import datetime

from app.attendance import queries, rules
from app.attendance.models import AttendanceFile
from app.core import clock
from app.core.actors import SERVICE
from app.core.db import db
from app.core.tally import Tally, each, found
from app.people.models import Person
from app.sessions.models import TrainingSession


def marks(now: datetime) -> Tally:
    """Bring marks up to date whose session was moved, or whose course has another window or minimum."""
    ids = found(rules.sessions_to_refix)

    def refix(ident: int) -> int:
        return rules.refix_marks(session=db.session.get_one(TrainingSession, ident), by=SERVICE, now=now)

    return each(ids, refix, keep=db.session.commit, drop=db.session.rollback)


def files(now: datetime) -> Tally:
    """Forget what stood in files of attendance that are older than 90 days. (TR-04)"""
    ids = found(lambda: list(db.session.scalars(queries.files_before(now - rules.FILES_ARE_KEPT))))

    def forget(ident: int) -> int:
        return rules.forget_file(file=db.session.get_one(AttendanceFile, ident), by=SERVICE, now=now)

    return each(ids, forget, keep=db.session.commit, drop=db.session.rollback)


def certificates(now: datetime) -> Tally:
    """Issue the certificates that are due, and withdraw those that no longer stand."""
    unsettled = found(
        lambda: queries.unsettled(as_at=clock.day_of(now), marked_before=rules.marked_before(now))
    )

    def settle(ident: int) -> int:
        person = db.session.get_one(Person, ident)
        return rules.settle_certificates(person=person, course_ids=unsettled[ident], now=now)

    return each(sorted(unsettled), settle, keep=db.session.commit, drop=db.session.rollback)
