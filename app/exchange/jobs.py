"""What the timetable runs for files that are brought in."""

from __future__ import annotations

from datetime import datetime

from app.core.actors import SERVICE
from app.core.db import db, lock_row
from app.core.tally import Tally, each, found
from app.exchange import queries, rules
from app.exchange.models import FileImport, ImportState


def previews(now: datetime) -> Tally:
    """Throw away the files that were looked at and that nobody applied for a week. (SA-02)"""
    ids = found(lambda: list(db.session.scalars(queries.previews_before(now - rules.PREVIEWS_ARE_KEPT))))

    def throw_away(ident: int) -> int:
        preview: FileImport | None = lock_row(FileImport, ident)
        if preview is None or preview.state is not ImportState.PREVIEWED:  # somebody was quicker
            return 0
        rules.discard(file_import=preview, by=SERVICE, now=now)
        return 1

    return each(ids, throw_away, keep=db.session.commit, drop=db.session.rollback)
