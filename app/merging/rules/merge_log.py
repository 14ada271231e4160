"""What a merge writes down while it goes on, so that it can be undone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.core.actors import Actor
from app.core.db import db, facts_in, record, supersede
from app.figures.models import Membership
from app.learning.models import Mark, PastCompletion
from app.people.models import Absence, Spell

FACTS: dict[str, type[Any]] = {
    model.__tablename__: model for model in (Spell, Absence, Mark, PastCompletion, Membership)
}


@dataclass
class MergeLog:
    """Supersedes and records facts, and keeps which they were."""

    by: Actor
    now: datetime
    reason: str
    recorded: dict[str, list[int]] = field(default_factory=lambda: {name: [] for name in FACTS})
    superseded: dict[str, list[int]] = field(default_factory=lambda: {name: [] for name in FACTS})

    def supersede(self, *facts: Any) -> datetime:
        """These stop being what is known; since when what takes their place can be known."""
        known_from = self.now
        for fact in facts:
            known_from = max(known_from, supersede(fact, by=self.by.name, now=self.now))
            self.superseded[fact.__tablename__].append(fact.id)
        return known_from

    def record(self, fact: Any, *, known_from: datetime, **changes: Any) -> int:
        """Record a copy of a fact that says the same but for `changes`; its id."""
        row = type(fact)(**values_of(fact) | changes, reason=self.reason)
        record(row, by=self.by.name, now=self.now, recorded_at=known_from)
        db.session.flush()
        self.recorded[row.__tablename__].append(row.id)
        return int(row.id)


def values_of(fact: Any) -> dict[str, Any]:
    """What a fact says, without when and by whom."""
    return {name: getattr(fact, name) for name in facts_in(type(fact))}
