"""Everything else that names the merged record is given the survivor's name instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.bookings.models import Booking, FormerHolder
from app.core.db import Base, db, key_taken
from app.merging.models import Merge
from app.merging.rules.merge_log import FACTS
from app.people.models import KeptApart, Person

# What a merge looks after by rules of its own, or is itself.
_APART = {
    *FACTS,
    *(model.__tablename__ for model in (Person, User, Merge, KeptApart, FormerHolder)),
}

Moved = dict[str, list[int]]  # "booking.person_id": the rows that named the merged record
_OWN_DEPUTY = "nobody_deputises_for_themselves"
BOOKINGS = f"{Booking.__tablename__}.person_id"


def columns_naming_people() -> Iterator[tuple[Table, Any]]:
    """Every column that names a person and is no recorded fact: whichever rooms there are."""
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == Person.__tablename__ and table.name not in _APART:
                yield table, key.parent


def repoint(survivor_id: int, merged_id: int) -> Moved:
    """Let every row that names the merged record name the survivor. Returns which rows they were.

    A row that the survivor has already, or that would make somebody their own deputy, stays as it is.
    """
    moved: Moved = {}
    for table, column in columns_naming_people():
        ids = list(db.session.scalars(select(table.c.id).where(column == merged_id).order_by(table.c.id)))
        if ids and not _name(table, column, ids, survivor_id):
            ids = [ident for ident in ids if _name(table, column, [ident], survivor_id)]
        if ids:
            moved[f"{table.name}.{column.name}"] = ids
    return moved


def point_back(survivor_id: int, merged_id: int, moved: Moved) -> Moved:
    """Let the rows that still name the survivor name the other record again. Returns which rows they were."""
    back: Moved = {}
    for where, ids in moved.items():
        table = Base.metadata.tables[where.partition(".")[0]]
        column = table.c[where.partition(".")[2]]
        still = select(table.c.id).where(table.c.id.in_(ids), column == survivor_id).order_by(table.c.id)
        back[where] = list(db.session.scalars(still))
        db.session.execute(update(table).where(table.c.id.in_(back[where])).values({column.name: merged_id}))
    return back


def _name(table: Table, column: Any, ids: list[int], person_id: int) -> bool:
    """Let these rows name the person, all or none: whether they can. Whatever else the database refuses is a
    fault of ours, and goes on."""
    try:
        with db.session.begin_nested():
            db.session.execute(update(table).where(table.c.id.in_(ids)).values({column.name: person_id}))
    except IntegrityError as refused:
        if not key_taken(refused) and _OWN_DEPUTY not in str(refused.orig):
            raise
        return False
    return True
