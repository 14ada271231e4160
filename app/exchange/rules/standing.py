"""Whether what an import recorded still stands, so that it can be taken back, and what changed it. (SA-02)"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from app.core.db import db, facts_in, live
from app.core.errors import RuleBroken
from app.core.filters import day_and_time, first_listed
from app.exchange import queries
from app.exchange.models import FileImport
from app.exchange.queries import pieces
from app.exchange.rules.ledger import FACTS
from app.people.models import Person

_SHOWN = 5
_EDITS = "edits"
_Touched = set[tuple[str, int]]  # a table of facts, or the edits, and a person


class _Row(NamedTuple):
    id: int
    person_id: int
    says: tuple[Any, ...]


def check_stands(file_import: FileImport) -> dict[str, list[int]]:
    """The rows by which what an import recorded is known, by table; nothing was recorded beside them since.

    Where a later import was undone, what it had replaced is known again by another row that says the same:
    then that one stands. Refused when anybody stands otherwise, with which later import to undo first, if it
    was one.
    """
    later = list(db.session.scalars(queries.applied_since(file_import)))
    changes, since = file_import.changes, file_import.applied_at
    assert since is not None
    standing: dict[str, list[int]] = {}
    touched: _Touched = {(_EDITS, ident) for ident in _edited_since(changes[_EDITS])}
    for name, model in FACTS.items():
        taken = {ident for one in later for ident in one.changes["recorded"].get(name, [])}
        found, lost = _standing(model, changes["recorded"].get(name, []), taken)
        beside = _beside(model, changes["superseded"].get(name, []), {*found}, since)
        standing[name] = found
        touched |= {(name, ident) for ident in (*lost, *beside)}
    if touched:
        raise RuleBroken(_changed_since(touched, later))
    return standing


def _standing(model: type[Any], recorded: Sequence[int], taken: set[int]) -> tuple[list[int], set[int]]:
    """The live rows that say what these said, and the people of whom none does. What a later import says
    is its own (`taken`), even where it says the same."""
    struck = list(_rows(model, model.id, recorded, model.superseded_at.is_not(None)))
    alive = _rows(model, model.person_id, {row.person_id for row in struck}, live(model))
    again = {row.says: row.id for row in alive if row.id not in taken}
    found = {*recorded} - {row.id for row in struck} | {
        again[row.says] for row in struck if row.says in again
    }
    return sorted(found), {row.person_id for row in struck if row.says not in again}


def _beside(
    model: type[Any], superseded: Sequence[int], standing: set[int], since: datetime
) -> Iterator[int]:
    """The people whose facts an import replaced and of whom more was recorded since, but for what was known
    already when it was applied, and is again."""
    people = {row.person_id for row in _rows(model, model.id, superseded)}
    newer = _rows(model, model.person_id, people, live(model), model.entered_at > since)
    found = [row for row in newer if row.id not in standing]
    known = (model.entered_at <= since, model.superseded_at > since)
    before = _rows(model, model.person_id, {row.person_id for row in found}, *known)
    was_known = {row.says for row in before if row.id not in superseded}
    return (row.person_id for row in found if row.says not in was_known)


def _rows(model: type[Any], column: Any, values: Iterable[int], *conditions: Any) -> Iterator[_Row]:
    facts = [getattr(model, name) for name in facts_in(model)]
    for some in pieces(values):
        statement = select(model.id, model.person_id, *facts).where(column.in_(some), *conditions)
        for ident, person_id, *says in db.session.execute(statement):
            yield _Row(ident, person_id, tuple(says))


def _edited_since(edits: dict[str, dict[str, list[Any]]]) -> Iterator[int]:
    """Whose name, address or registration is not what the import made it any more."""
    for ids in pieces(int(ident) for ident in edits):
        for person in db.session.scalars(select(Person).where(Person.id.in_(ids))):
            if any(getattr(person, name) != new for name, (_, new) in edits[str(person.id)].items()):
                yield person.id


# --- What to do about it --------------------------------------------------------------------------------


def _changed_since(touched: _Touched, later: Sequence[FileImport]) -> str:
    """Who changed, and which later import to undo first; but first whom no import changed, but somebody."""
    by_import = {one.id: _touched_by(one) & touched for one in later}
    otherwise = touched.difference(*by_import.values())
    if otherwise:
        return f"{_who(otherwise)} changed after this import, so it can’t be undone. Change it back by hand."
    newest = next(one for one in later if by_import[one.id])
    assert newest.applied_at is not None
    return (
        f"{_who(by_import[newest.id])} changed after this import by a later one: {newest.filename}, "
        f"number {newest.id}, applied on {day_and_time(newest.applied_at)}. Undo that one first."
    )


def _touched_by(file_import: FileImport) -> _Touched:
    changes = file_import.changes
    found: _Touched = {(_EDITS, int(ident)) for ident in changes[_EDITS]}
    for name, model in FACTS.items():
        ids = [*changes["recorded"].get(name, []), *changes["superseded"].get(name, [])]
        found |= {(name, row.person_id) for row in _rows(model, model.id, ids)}
    return found


def _who(touched: _Touched) -> str:
    return names_of({ident for _, ident in touched})


def names_of(ids: set[int]) -> str:
    """The first names of a list, and how many more: "Sam Oduya, Lee Clarke and 12 other people"."""
    first = sorted(ids)[:_SHOWN]
    people = db.session.scalars(select(Person).where(Person.id.in_(first)).order_by(Person.id))
    return first_listed([person.name for person in people], len(ids), "other person", "other people")
