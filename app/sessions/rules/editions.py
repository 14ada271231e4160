"""What is saved of a run or a session, and by whom: two people may edit one at a time. (U-29)"""

from __future__ import annotations

from datetime import datetime

from app.audit import queries as audit
from app.audit.models import AuditEntry
from app.core import editions
from app.core.db import db
from app.core.filters import day
from app.sessions.models import Run, TrainingSession
from app.sessions.rules.planning import planned_again


def edition(thing: Run | TrainingSession) -> str:
    """A short sign of what is saved of a run or a session."""
    return editions.edition(values_of(thing))


def values_of(thing: Run | TrainingSession) -> editions.Values:
    """What is saved of what its form changes, in words."""
    if isinstance(thing, Run):
        return [("Code", thing.code), ("Fewest places", str(thing.minimum_places)), ("Note", thing.note)]
    plan = planned_again(thing)
    return [
        ("Date", day(plan.held_on)),
        ("Start", f"{plan.starts:%H:%M}"),
        ("End", f"{plan.ends:%H:%M}"),
        ("How it is held", plan.mode.label),
        ("Venue", plan.venue.name if plan.venue else ""),
        ("Link", plan.link or ""),
        ("Trainer", plan.trainer.name if plan.trainer else ""),
    ]


def check_unchanged(thing: Run | TrainingSession, seen: str | None) -> None:
    """Whoever saves has seen what is saved now; `seen` is the edition that their page was made from."""
    editions.check_unchanged(values_of(thing), seen, lambda since: _by_whom(thing, since))


def _by_whom(thing: Run | TrainingSession, since: datetime | None) -> str:
    if isinstance(thing, Run):
        return audit.who_last(["run:changed"], "run", thing.id, since=since)
    changes = db.session.scalars(audit.history_of("run", thing.run_id, verb="run:session changed").limit(20))
    later = (one for one in changes if since is not None and one.at >= since)
    return audit.by_whom(next((one for one in later if _is_about(one, thing)), None))


def _is_about(entry: AuditEntry, session: TrainingSession) -> bool:
    title = session.component.title
    return any(name == title or name.startswith(f"{title}: ") for name in entry.changes)
