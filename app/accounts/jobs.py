"""What the timetable runs for accounts."""

from __future__ import annotations

from datetime import datetime

from app.accounts import rules
from app.core.db import db
from app.core.tally import Tally


def forget(now: datetime) -> Tally:
    """Forget those who registered, or claimed a history, and never confirmed their address."""
    forgotten = rules.forget_unconfirmed(now=now)
    db.session.commit()
    return Tally(done=forgotten)
