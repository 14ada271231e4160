"""That the database itself keeps its promises: a row that breaks one is refused, and by which constraint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Enum, Table, insert
from sqlalchemy.exc import IntegrityError

from app.core.db import Base, db

OF_EVERY_FACT = ("superseded_after_recorded", "superseded_at_and_by_together")
Changes = dict[str, Any] | Callable[[Any], dict[str, Any]]


def refused_by(constraint: str, row: Any, changes: Changes) -> None:
    """A copy of a saved row with these changes is refused by this constraint."""
    table: Table = row.__table__
    values = {column.name: getattr(row, column.key) for column in table.columns if column.name != "id"}
    changed = values | (changes(row) if callable(changes) else changes)
    with pytest.raises(IntegrityError) as refused:
        db.session.execute(insert(table).values(changed))
    words = str(refused.value.orig)
    db.session.rollback()
    assert any(name in words for name in _named(table, constraint)), words


def _named(table: Table, constraint: str) -> list[str]:
    """How the two engines name it: SQLite names a unique key by its columns, and a foreign key not at all."""
    if constraint.startswith("fk_"):
        return [constraint, "FOREIGN KEY constraint failed"]
    columns = next((one.columns for one in table.indexes if one.name == constraint), ())
    return [constraint, ", ".join(f"{table.name}.{one.name}" for one in columns) or constraint]


def checks_of(room: str) -> set[str]:
    """The names of every check that the tables of a room have of their own, but for those of enums."""
    return {
        str(check.name)
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.split(".")[1] == room
        for check in _checks(mapper.local_table)
    }


def _checks(table: Any) -> list[CheckConstraint]:
    enums = {f"ck_{table.name}_{one.type.name}" for one in table.columns if isinstance(one.type, Enum)}
    found = [one for one in table.constraints if isinstance(one, CheckConstraint)]
    return [one for one in found if one.name not in enums and not str(one.name).endswith(OF_EVERY_FACT)]
