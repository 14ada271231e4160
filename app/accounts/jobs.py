"""What the timetable runs for accounts."""

from __future__ import annotations

from datetime import datetime

from app.accounts import queries, rules
from app.accounts.models import ResetAsked
from app.core.db import db, lock_row
from app.core.tally import Tally, each, found


def forget(now: datetime) -> Tally:
    """Forget those who registered, or claimed a history, and never confirmed their address."""
    forgotten = rules.forget_unconfirmed(now=now)
    db.session.commit()
    return Tally(done=forgotten)


def resets(now: datetime) -> Tally:
    """Send whoever has forgotten their password a link to choose another, if they have an account."""
    ids = found(lambda: list(db.session.scalars(queries.resets_asked())))

    def answer(ident: int) -> int:
        asked = lock_row(ResetAsked, ident)
        return 1 if asked is not None and rules.answer_reset(asked, now=now) else 0

    return each(ids, answer, keep=db.session.commit, drop=db.session.rollback)
