"""Whether what an import recorded still stands, so that it can be taken back, and what changed it. (SA-02)"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from app.audit import queries as audit
from app.audit.models import AuditEntry
from app.core.db import db, facts_in, live
from app.core.errors import RuleBroken
from app.core.filters import day_and_time, first_listed
from app.exchange import queries
from app.exchange.models import FileImport
from app.exchange.queries import pieces
from app.exchange.rules.ledger import FACTS
from app.figures.models import Membership
from app.learning.models import PastCompletion
from app.people.models import Absence, Person, Spell

_SHOWN = 5
_EDITS = "edits"
_CALLED = {
    _EDITS: "name, address or registration",
    Spell.__tablename__: "post",
    Absence.__tablename__: "absence",
    PastCompletion.__tablename__: "completion",
    Membership.__tablename__: "membership",
}
_Touched = set[tuple[str, int]]  # a table of facts, or the edits, and a person


class _Row(NamedTuple):
    id: int
    person_id: int
    says: tuple[Any, ...]


class Standing(NamedTuple):
    """The rows by which what an import recorded is known, by table, and the people who are left out of them,
    since they were changed after it."""

    rows: dict[str, list[int]]
    left: set[int]


def check_stands(file_import: FileImport, *, leave_changed: bool) -> Standing:
    """What an import recorded and is known still; nothing was recorded beside it since.

    Where a later import was undone, what it had replaced is known again by another row that says the same:
    then that one stands. Refused when anybody stands otherwise, with which later import to undo first, if it
    was one, or with who changed what; those whom no import changed are left out with `leave_changed`.
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
    by_import = {one.id: _touched_by(one) & touched for one in later}
    by_hand = touched.difference(*by_import.values())
    if by_hand and not leave_changed:
        raise RuleBroken(_changed_by_hand(by_hand, since), "leave_changed")
    left = {ident for _, ident in by_hand}
    _check_not_imported(
        later, {one: {key for key in by_import[one] if key[1] not in left} for one in by_import}
    )
    return Standing({name: without(FACTS[name], standing[name], left) for name in standing}, left)


def without(model: type[Any], ids: Sequence[int], people: set[int]) -> list[int]:
    """The rows of a table that are of nobody among these people."""
    if not people:
        return list(ids)
    return [row.id for row in _rows(model, model.id, ids) if row.person_id not in people]


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


def _changed_by_hand(touched: _Touched, since: datetime) -> str:
    """Who was changed, what of them, by whom and when: of the first few."""
    people = {ident for _, ident in touched}
    shown = {person.id: person.name for person in _first(people)}
    of_imports = {at for moments in db.session.execute(queries.moments_of_imports()) for at in moments}
    said = []
    for name, ident in sorted(touched, key=lambda key: (key[1], key[0])):
        if ident in shown:
            by_whom = _by_whom_edited(ident, since) if name == _EDITS else _by_whom(name, ident, of_imports)
            said.append(f"the {_CALLED[name]} of {shown[ident]}, {by_whom}")
    them = "this person as they are" if len(people) == 1 else "these people as they are"
    return (
        f"{names_of(people)} changed after this import: {'; '.join(said)}. Leave {them} and undo the rest, "
        "or change it back by hand first."
    )


def _by_whom_edited(person_id: int, since: datetime) -> str:
    edited = audit.history_of(Person.__tablename__, person_id, verb="person:edited")
    return audit.by_whom(db.session.scalar(edited.where(AuditEntry.at > since).limit(1)))


def _by_whom(name: str, person_id: int, of_imports: set[datetime | None]) -> str:
    """Who changed what a table says of somebody last, and when: "by Ann Other on 3 March 2022 at 10:05"."""
    model = FACTS[name]
    of = select(model.entered_at, model.recorded_by, model.superseded_at, model.superseded_by)
    rows = db.session.execute(of.where(model.person_id == person_id)).all()
    changes = [(at, by) for *made, gone_at, gone_by in rows for at, by in (made, (gone_at, gone_by)) if at]
    at, by = max([change for change in changes if change[0] not in of_imports] or changes)
    return f"by {by} on {day_and_time(at)}"


def _check_not_imported(later: Sequence[FileImport], touched: dict[int, _Touched]) -> None:
    newest = next((one for one in later if touched[one.id]), None)
    if newest is None:
        return
    assert newest.applied_at is not None
    raise RuleBroken(
        f"{_who(touched[newest.id])} changed after this import by a later one: {newest.filename}, "
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
    return first_listed([person.name for person in _first(ids)], len(ids), "other person", "other people")


def _first(ids: set[int]) -> Sequence[Person]:
    first = sorted(ids)[:_SHOWN]
    return db.session.scalars(select(Person).where(Person.id.in_(first)).order_by(Person.id)).all()
