"""Recording what was done, in the same transaction as the doing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from app.audit.models import AuditEntry
from app.audit.queries import who_last
from app.core import editions
from app.core.actors import Actor
from app.core.db import db


def record(
    *,
    by: Actor,
    verb: str,
    thing: Any,
    now: datetime,
    label: str | None = None,
    changes: dict[str, tuple[Any, Any]] | None = None,
    reason: str | None = None,
) -> AuditEntry:
    """Keep that `by` did `verb` ("run:cancelled") to `thing` (a saved row: it is flushed for its id).

    `changes` maps each field's name to (before, after); dates and enums are kept as text. Nothing secret.
    """
    if thing.id is None:
        db.session.flush()
    entry = AuditEntry(
        at=now,
        actor_user_id=by.user_id,
        actor_name=by.name,
        verb=verb,
        thing_type=thing.__tablename__,
        thing_id=thing.id,
        thing_label=(label or _label(thing))[:300],
        changes={name: [_plain(before), _plain(after)] for name, (before, after) in (changes or {}).items()},
        reason=reason,
    )
    db.session.add(entry)
    return entry


def differing(*fields: tuple[str, Any, Any]) -> dict[str, tuple[Any, Any]]:
    """The `changes` to record: of fields, each a name with its value before and after, those that differ."""
    return {name: (before, after) for name, before, after in fields if before != after}


def check_unchanged(
    *, thing: Any, values: editions.Values, seen: str | None, verb: str, also: Collection[str] = ()
) -> None:
    """Whoever saves a thing has seen what is saved of it now, its `values`; `verb` is what changes those, and
    `also` what does so besides, for saying by whom it was changed. (U-29)"""
    editions.check_unchanged(
        values, seen, lambda since: who_last([verb, *also], thing.__tablename__, thing.id, since=since)
    )


def _label(thing: Any) -> str:
    return str(
        next(
            (getattr(thing, name) for name in ("name", "title", "code", "reference") if hasattr(thing, name)),
            thing.id,
        )
    )


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
