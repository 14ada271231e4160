"""Which registers no longer say what their marks were fixed from: a date, a length, a window, a minimum."""

from __future__ import annotations

from app.attendance import queries
from app.attendance.rules.measuring import NewMark, counts, opens_on
from app.core.db import db


def sessions_to_refix() -> list[int]:
    """The sessions whose marks are to be brought up to date, by `refix_marks`.

    Those that were moved; those whose course has another catch-up window; those with a mark "in part" that
    another minimum share counts differently. Another order or validity fixes nothing in marks.
    """
    found = set(db.session.scalars(queries.sessions_moved_since_marked()))
    for session_id, held_on, since, months in db.session.execute(queries.windows_of_marks_before()):
        if since != opens_on(held_on, months):
            found.add(session_id)
    for mark, minimum in db.session.execute(queries.parts_measured_before()):
        if mark.counts != counts(NewMark(mark.status, mark.minutes), mark.session, minimum):
            found.add(mark.session_id)
    return sorted(found)
