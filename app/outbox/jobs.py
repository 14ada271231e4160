"""What the timetable runs for the outbox; what sends stands with the reminders, which know what is right."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app

from app.core.db import db
from app.core.tally import Tally, each, found
from app.outbox import queries, rules

AT_ONCE = 500  # nobody who writes waits for more of them


def words(now: datetime) -> Tally:
    """Delete the words of e-mails that were sent, or given up, as long ago as MAIL_KEPT_DAYS says."""
    before = now - timedelta(days=current_app.config["SETTINGS"].mail_kept_days)
    ids = found(lambda: list(db.session.scalars(queries.with_words(before=before))))
    return each(
        [ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE)],
        lambda some: rules.delete_words(ids=some),
        keep=db.session.commit,
        drop=db.session.rollback,
        key=lambda some: f"e-mails {some[0]} to {some[-1]}",
    )
