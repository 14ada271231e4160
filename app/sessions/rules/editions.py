"""Two people edit one run: the second is refused, and shown what the first saved. (U-29)"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from app.audit import queries as audit
from app.audit.models import AuditEntry
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.filters import day_and_time
from app.sessions.models import Run, TrainingSession
from app.sessions.rules.planning import planned_again

Values = Sequence[tuple[str, str]]


class ChangedMeanwhile(RuleBroken):
    """Somebody else saved first; `values` is what is saved now, in words: ("Venue", "Plough Lane"), and
    `edition` its sign: whoever has seen it may save over it."""

    def __init__(self, who: str, values: Values, edition: str) -> None:
        super().__init__(
            f"This was changed {who}, after you opened it. Both versions are below: save yours over it, or "
            "leave it as it is now"
        )
        self.values, self.edition = values, edition


def edition(thing: Run | TrainingSession) -> str:
    """A short sign of what is saved of a run or a session, which differs when any of it does."""
    told = "\n".join(f"{name}: {value}" for name, value in values_of(thing))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def values_of(thing: Run | TrainingSession) -> Values:
    """What is saved of what its form changes, in words."""
    if isinstance(thing, Run):
        return [("Code", thing.code), ("Fewest places", str(thing.minimum_places)), ("Note", thing.note)]
    plan = planned_again(thing)
    return [
        ("Date", f"{plan.held_on.day} {plan.held_on:%B %Y}"),
        ("Start", f"{plan.starts:%H:%M}"),
        ("End", f"{plan.ends:%H:%M}"),
        ("How it is held", plan.mode.label),
        ("Venue", plan.venue.name if plan.venue else ""),
        ("Link", plan.link or ""),
        ("Trainer", plan.trainer.name if plan.trainer else ""),
    ]


def check_unchanged(thing: Run | TrainingSession, seen: str | None) -> None:
    """Whoever saves has seen what is saved now; `seen` is the edition that their page was made from."""
    if seen is not None and seen != edition(thing):
        raise ChangedMeanwhile(_by_whom(thing), values_of(thing), edition(thing))


def _by_whom(thing: Run | TrainingSession) -> str:
    """ "by Ann Other on 3 March 2022 at 10:05", from the run's history."""
    if isinstance(thing, Run):
        history = audit.history_of("run", thing.id, verb="run:changed")
    else:
        history = audit.history_of("run", thing.run_id, verb="run:session changed")
    for entry in db.session.scalars(history.limit(20)):
        if isinstance(thing, Run) or _is_about(entry, thing):
            return f"by {entry.actor_name} on {day_and_time(entry.at)}"
    return "by somebody else"


def _is_about(entry: AuditEntry, session: TrainingSession) -> bool:
    title = session.component.title
    return any(name == title or name.startswith(f"{title}: ") for name in entry.changes)
