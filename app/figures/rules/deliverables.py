"""Which sessions count for a deliverable: one tick for each, taken away only with a reason (T09, I-15)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db, live, lock_row, record, supersede_all
from app.core.errors import RuleBroken
from app.core.filters import plural
from app.figures import queries
from app.figures.models import DeliverableSession, Target, TargetKind
from app.figures.rules.codes import checked_reason


def tick_sessions(
    *,
    target: Target,
    offered: Collection[int],
    ticked: Collection[int],
    by: Actor,
    now: datetime,
    reason: str | None = None,
) -> tuple[int, int]:
    """Of the sessions `offered` on a page, those that are `ticked` count for the deliverable.

    What a contract calls a session is decided by the tick: a day, a whole run, or one event (I-15). A tick
    that is taken away needs a reason. Returns how many were added and taken away.
    """
    if target.kind is not TargetKind.DELIVERABLE:
        raise RuleBroken("Only a deliverable counts sessions.")
    lock_row(Target, target.id)
    known = set(db.session.scalars(queries.sessions_of_programme(target)))
    if not set(ticked) <= known:
        raise RuleBroken("Only sessions of the programme’s runs can be ticked.")
    rows = db.session.scalars(
        select(DeliverableSession).where(DeliverableSession.target_id == target.id, live(DeliverableSession))
    )
    counted = {row.session_id: row for row in rows}
    dropped = [counted[one] for one in sorted(counted.keys() & set(offered) - set(ticked))]
    added = sorted(set(ticked) - counted.keys())
    why = checked_reason(reason, "why sessions no longer count") if dropped else None
    supersede_all(dropped, by=by.name, now=now)
    for session_id in added:
        record(DeliverableSession(target_id=target.id, session_id=session_id), by=by.name, now=now)
    db.session.flush()
    if added or dropped:
        total = len(counted) + len(added) - len(dropped)
        changes = {"Sessions ticked": (plural(len(counted), "session"), plural(total, "session"))}
        audit.record(by=by, verb="target:sessions ticked", thing=target, now=now, changes=changes, reason=why)
    return len(added), len(dropped)
