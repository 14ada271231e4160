"""Who somebody is, out of two records: what is chosen goes to the one that stays, the rest stays behind."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import update

from app.core.db import db
from app.people.models import Person, PersonKind
from app.people.rules import DETAILS, ONE_PERSONS

_OF_STAFF = ("employee_number", "swe_number")

Exchanged = dict[str, list[str | None]]  # a detail: what the survivor had, and what the other had


def differing(survivor: Person, merged: Person) -> list[str]:
    """The details about which there is something to choose."""
    return [
        name
        for name in DETAILS
        if getattr(merged, name)
        and getattr(survivor, name) != getattr(merged, name)
        and (survivor.kind is PersonKind.STAFF or name not in _OF_STAFF)
    ]


def taken_by_default(survivor: Person, merged: Person) -> list[str]:
    """What is taken over unless something else is chosen: what the survivor does not have."""
    return [name for name in differing(survivor, merged) if not getattr(survivor, name)]


def exchange(survivor: Person, merged: Person, taken: Collection[str]) -> Exchanged:
    """The survivor gets these details of the other record, which keeps the survivor's: nothing is lost."""
    chosen = [name for name in differing(survivor, merged) if name in taken]
    exchanged = {name: [getattr(survivor, name), getattr(merged, name)] for name in chosen}
    swap(survivor.id, merged.id, exchanged)
    return exchanged


def swap(survivor_id: int, merged_id: int, exchanged: Exchanged) -> None:
    """Give each record the other's details; what only one person can have is given up by both first."""
    emptied: dict[str, Any] = {name: None for name in ONE_PERSONS if name in exchanged}
    if emptied:
        _set(survivor_id, emptied)
        _set(merged_id, emptied)
    if exchanged:
        _set(survivor_id, {name: other for name, (_own, other) in exchanged.items()})
        _set(merged_id, {name: own for name, (own, _other) in exchanged.items()})


def swap_back(survivor_id: int, merged_id: int, exchanged: Exchanged) -> None:
    swap(survivor_id, merged_id, {name: [other, own] for name, (own, other) in exchanged.items()})


def _set(person_id: int, values: dict[str, Any]) -> None:
    db.session.execute(update(Person).where(Person.id == person_id).values(values))
