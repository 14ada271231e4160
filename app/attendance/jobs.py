"""What the timetable runs for registers: marks follow a corrected date and other settings of the course."""

from __future__ import annotations

from datetime import datetime

from app.attendance import rules
from app.core.actors import SERVICE
from app.core.db import db, reading
from app.core.tally import Tally, each
from app.sessions.models import TrainingSession


def marks(now: datetime) -> Tally:
    """Bring marks up to date whose session was moved, or whose course has another window or minimum."""
    with reading():
        ids = rules.sessions_to_refix()
        db.session.rollback()

    def refix(ident: int) -> int:
        return rules.refix_marks(session=db.session.get_one(TrainingSession, ident), by=SERVICE, now=now)

    return each(ids, refix, keep=db.session.commit, drop=db.session.rollback)
