"""What the timetable runs for trainers: warnings of licences that end."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core import clock
from app.core.db import db
from app.core.tally import Tally, each, found
from app.sessions import queries, rules
from app.sessions.models import Accreditation
from app.sessions.rules.licences import WARNED_DAYS_BEFORE


def licences(now: datetime) -> Tally:
    """Warn of the licences that end within 90 days."""
    today = clock.day_of(now)
    ending = queries.licences_ending(today, today + timedelta(days=max(WARNED_DAYS_BEFORE)))
    ids = found(lambda: [licence.id for licence in db.session.scalars(ending)])

    def warn(ident: int) -> int:
        return rules.warn_of_licence(licence=db.session.get_one(Accreditation, ident), now=now)

    return each(ids, warn, keep=db.session.commit, drop=db.session.rollback)
