"""What an import will write, gathered first and then written in few statements; and which rows that made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, update

from app.attendance.models import PastCompletion
from app.audit.models import AuditEntry
from app.core.actors import Actor
from app.core.db import Recorded, db
from app.figures.models import Membership
from app.people.models import Absence, Organisation, Person, RoleGroup, Service, Spell, Team

FACTS: dict[str, type[Any]] = {
    model.__tablename__: model for model in (Spell, Absence, PastCompletion, Membership)
}
_LISTS: tuple[type[Any], ...] = (Service, RoleGroup, Organisation, Team)  # a team needs its service first


class New(NamedTuple):
    """A row that this import makes, before it has an id: New("person", "010008")."""

    table: str
    key: str


Reference = int | New


class Fact(NamedTuple):
    """A fact to record. `after` is when the one that it replaces was recorded: it can't be known sooner."""

    values: dict[str, Any]
    after: datetime | None


class Held(NamedTuple):
    """A live row that stops being what is known."""

    id: int
    recorded_at: datetime


@dataclass
class Ledger:
    """Everything that one import writes. Nothing is in the database until `write`."""

    lists: dict[New, dict[str, Any]] = field(default_factory=dict)
    people: dict[New, dict[str, Any]] = field(default_factory=dict)
    edits: dict[int, dict[str, tuple[Any, Any]]] = field(default_factory=dict)
    superseded: dict[str, list[Held]] = field(default_factory=lambda: {name: [] for name in FACTS})
    recorded: dict[str, list[Fact]] = field(default_factory=lambda: {name: [] for name in FACTS})

    @property
    def is_empty(self) -> bool:
        facts = (*self.superseded.values(), *self.recorded.values())
        return not (self.lists or self.people or self.edits or any(facts))

    def replace(self, model: type[Recorded], old: Iterable[Held], new: Iterable[dict[str, Any]]) -> None:
        """The old facts give way to the new ones, which can't have been known before them."""
        name: str = model.__tablename__  # type: ignore[attr-defined]
        gone = list(old)
        after = max((held.recorded_at for held in gone), default=None)
        self.superseded[name].extend(gone)
        self.recorded[name].extend(Fact(values, after) for values in new)

    def add(self, other: Ledger) -> None:
        """Write what the other holds too."""
        for name in FACTS:
            self.superseded[name].extend(other.superseded[name])
            self.recorded[name].extend(other.recorded[name])


@dataclass(frozen=True)
class Stamp:
    """Who brings it in, when, since when it is known, and from what."""

    by: Actor
    now: datetime
    recorded_at: datetime | None
    reason: str

    @property
    def name(self) -> str:
        return self.by.name[:120]

    @property
    def columns(self) -> dict[str, Any]:
        """What every fact of this import carries alike."""
        return {"recorded_by": self.name, "entered_at": self.now, "reason": self.reason[:500]}

    def known_from(self, after: datetime | None) -> datetime:
        """History was known when it says; a correction never before what it corrects."""
        at = self.recorded_at or self.now
        return at if after is None else max(at, after + datetime.resolution)


@dataclass
class Written:
    """The ids of what was written: what undoing needs, and what the differences point to."""

    made: dict[New, int] = field(default_factory=dict)
    recorded: dict[str, list[int]] = field(default_factory=dict)
    superseded: dict[str, list[int]] = field(default_factory=dict)
    edits: dict[int, dict[str, tuple[Any, Any]]] = field(default_factory=dict)

    def id_of(self, reference: Reference | None) -> int | None:
        return self.made[reference] if isinstance(reference, New) else reference


def write(ledger: Ledger, stamp: Stamp) -> Written:
    """Write all of it, a few statements whatever the number of lines."""
    written = Written(edits=ledger.edits)
    for model in _LISTS:
        made = {key: row for key, row in ledger.lists.items() if key.table == model.__tablename__}
        _insert_made(model, made, written)
    edit_people(ledger.edits, stamp)
    people = {key: {**row, "created_at": stamp.now} for key, row in ledger.people.items()}
    _insert_made(Person, people, written)
    for name, model in FACTS.items():
        _supersede(model, ledger.superseded[name], stamp)
        written.superseded[name] = [held.id for held in ledger.superseded[name]]
        written.recorded[name] = record_facts(model, ledger.recorded[name], stamp, written)
    db.session.expire_all()
    return written


def _insert_made(model: type[Any], rows: dict[New, dict[str, Any]], written: Written) -> None:
    if not rows:
        return
    values = [_resolved(row, written) for row in rows.values()]
    ids = db.session.scalars(insert(model).returning(model.id, sort_by_parameter_order=True), values)
    written.made.update(zip(rows, ids, strict=True))


def _resolved(values: dict[str, Any], written: Written) -> dict[str, Any]:
    return {name: written.made[value] if isinstance(value, New) else value for name, value in values.items()}


def edit_people(edits: dict[int, dict[str, tuple[Any, Any]]], stamp: Stamp) -> None:
    """Change names, addresses and registrations, each with its own entry in the audit.

    Addresses are emptied first, so that two people may exchange theirs.
    """
    if not edits:
        return
    addressed = [{"id": ident, "email": None} for ident, fields in edits.items() if "email" in fields]
    if addressed:
        db.session.execute(update(Person), addressed)
    changes = [
        {"id": ident} | {name: new for name, (_, new) in fields.items()} for ident, fields in edits.items()
    ]
    db.session.execute(update(Person), sorted(changes, key=sorted))
    entries = [
        {
            "at": stamp.now,
            "actor_user_id": stamp.by.user_id,
            "actor_name": stamp.by.name,
            "verb": "person:edited",
            "thing_type": Person.__tablename__,
            "thing_id": ident,
            "thing_label": f"Person {ident}",
            "changes": {name: list(change) for name, change in fields.items()},
            "reason": stamp.reason,
        }
        for ident, fields in edits.items()
    ]
    db.session.execute(insert(AuditEntry), entries)


def _supersede(model: type[Any], rows: list[Held], stamp: Stamp) -> None:
    if rows:
        changes = [
            {"id": row.id, "superseded_at": stamp.known_from(row.recorded_at), "superseded_by": stamp.name}
            for row in rows
        ]
        db.session.execute(update(model), changes)


def record_facts(model: type[Any], facts: list[Fact], stamp: Stamp, written: Written) -> list[int]:
    """Record facts in bulk, and return their ids."""
    if not facts:
        return []
    values = [
        _resolved(fact.values, written) | stamp.columns | {"recorded_at": stamp.known_from(fact.after)}
        for fact in facts
    ]
    return list(db.session.scalars(insert(model).returning(model.id, sort_by_parameter_order=True), values))
