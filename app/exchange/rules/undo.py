"""Taking an applied import back, within 7 days and as far as nothing later depends on it (SA-02)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db, facts_in, live, lock_row
from app.core.errors import NotFound, RuleBroken, allows
from app.exchange.models import FileImport, ImportState
from app.exchange.queries import pieces
from app.exchange.rules import registers, schedules
from app.exchange.rules.ledger import (
    FACTS,
    Held,
    Stamp,
    all_or_nothing,
    check_not_closed,
    edit_people,
    insert_all,
    lock_people,
    pointing_to,
    supersede_rows,
)
from app.exchange.rules.standing import Standing, check_stands, names_of, without
from app.people.models import Person, Spell

UNDO_FOR = timedelta(days=7)


def check_can_undo(file_import: FileImport, now: datetime) -> None:
    """An applied import can be undone for `UNDO_FOR`."""
    if file_import.state is not ImportState.APPLIED or file_import.applied_at is None:
        raise RuleBroken("Only an import that was applied can be undone.")
    if now > file_import.applied_at + UNDO_FOR:
        raise RuleBroken(f"An import can be undone for {UNDO_FOR.days} days, and they are over.")


def can_undo(file_import: FileImport, now: datetime) -> bool:
    return allows(partial(check_can_undo, file_import, now))


def said_of_undoing_locked(file_import: FileImport, by: Actor, now: datetime) -> str | None:
    """Which locked registers undoing an import corrects, for which a reason is asked; None when none is."""
    return registers.said_of_unmarking_locked(file_import.changes.get("submissions", []), by, now)


def undo(
    *,
    file_import: FileImport,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    leave_changed: bool = False,
) -> None:
    """What the import recorded is no longer what is known; what it superseded is recorded again.

    Refused, with the names, when somebody has since changed the same facts, or booked, marked or given an
    account to people whom it added: their later record would hang in the air. With `leave_changed`, people
    who were changed by hand since stay as they are, and all others go back. People and names of teams that
    it added stay, without a post, since what was known meanwhile can still be asked. Runs that it added go
    again, unless anything has been done with them. `reason` is why locked registers are corrected.
    """
    locked = lock_row(FileImport, file_import.id)
    if locked is None:
        raise NotFound("This import is no longer there.")
    check_can_undo(locked, now)
    lock_people(locked.changes["recorded"], [int(ident) for ident in locked.changes["edits"]])
    standing = check_stands(locked, leave_changed=leave_changed)
    changes = _but_for(standing, locked.changes)
    _check_nothing_hangs_on(changes)
    source = f"Import of {locked.filename} undone"
    stamp = Stamp(by=by, now=now, recorded_at=None, source=source, reason=reason)
    with all_or_nothing(_taken_since()):
        for name, model in FACTS.items():
            supersede_rows(model, _held(model, changes["recorded"][name]), stamp)
            made = _record_again(model, changes["superseded"].get(name, []), stamp)
            if model is Spell:
                check_not_closed(made)
        edits = changes["edits"].items()
        edit_people({int(ident): _backwards(fields) for ident, fields in edits}, stamp)
        registers.unmark(changes.get("submissions", []), changes.get("marks_superseded", []), stamp)
        schedules.unschedule(changes.get("runs", []))
    db.session.expire_all()
    locked.state, locked.undone_at, locked.undone_by = ImportState.UNDONE, now, by.name
    locked.changes = {**locked.changes, "left": sorted(standing.left)}
    left = {"People left as they are": (None, len(standing.left))} if standing.left else None
    why, name = stamp.why, locked.filename
    audit.record(by=by, verb="import:undone", thing=locked, label=name, now=now, changes=left, reason=why)


def _but_for(standing: Standing, changes: dict[str, Any]) -> dict[str, Any]:
    """What an import changed, without what is left as it is."""
    left = standing.left
    superseded = {name: without(FACTS[name], ids, left) for name, ids in changes["superseded"].items()}
    return {
        **changes,
        "people": [ident for ident in changes["people"] if ident not in left],
        "recorded": standing.rows,
        "superseded": superseded,
        "edits": {ident: fields for ident, fields in changes["edits"].items() if int(ident) not in left},
    }


def said_of_undone(file_import: FileImport) -> str:
    """That it is undone, and who stayed as they had been changed by hand: "undone, but for Sam Oduya ..."."""
    left = set(file_import.changes.get("left", ()))
    if not left:
        return "undone: nothing that it recorded counts any more."
    return f"undone, but for {names_of(left)}, who had been changed by hand: they stay as they are."


# --- May it be taken back? -----------------------------------------------------------------------------


def _check_nothing_hangs_on(changes: dict[str, Any]) -> None:
    """Nothing points to a person whom the import added, but what it recorded itself."""
    used: set[int] = set()
    added = {*changes["people"], *_without_another_post(changes)}
    for table, column in pointing_to(Person):
        ours = set(changes["recorded"].get(table.name, []))
        for ids in pieces(added):
            query = select(table.c.id, column).where(column.in_(ids))
            if "superseded_at" in table.c:
                query = query.where(table.c.superseded_at.is_(None))
            used.update(person for row, person in db.session.execute(query) if row not in ours)
    if used - set(changes["people"]):
        raise RuleBroken(
            f"This import gave {names_of(used)} the only post that they have, and there is a place, a mark, "
            "an account or a post to manage of theirs. Take that back first."
        )
    if used:
        verb = "has" if len(used) == 1 else "have"
        raise RuleBroken(
            f"This import added {names_of(used)}, who {verb} since been given a place, a mark, an account or "
            "a post to manage. Take that back first."
        )


def _without_another_post(changes: dict[str, Any]) -> set[int]:
    """Whom the import gave the only post that they have or had. Somebody whom an import added that was undone
    is there already when the file comes again, and has no other."""
    ours = changes["recorded"].get(Spell.__tablename__, [])
    kept, people, others = set(ours), set[int](), set[int]()
    for ids in pieces(ours):
        people.update(db.session.scalars(select(Spell.person_id).where(Spell.id.in_(ids))))
    for ids in pieces(changes["superseded"].get(Spell.__tablename__, [])):
        others.update(db.session.scalars(select(Spell.person_id).where(Spell.id.in_(ids))))
    for ids in pieces(people):
        of_these = select(Spell.id, Spell.person_id).where(Spell.person_id.in_(ids), live(Spell))
        others.update(person for row, person in db.session.execute(of_these) if row not in kept)
    return people - others


def _taken_since() -> RuleBroken:
    return RuleBroken(
        "Somebody else has since been given what this import took away, such as an e-mail address, so it "
        "can’t be undone. Change it back by hand."
    )


# --- Taking back ----------------------------------------------------------------------------------------


def _held(model: type[Any], ids: list[int]) -> list[Held]:
    rows = (
        db.session.execute(select(model.id, model.recorded_at).where(model.id.in_(some)))
        for some in pieces(ids)
    )
    return [Held(*row) for found in rows for row in found]


def _record_again(model: type[Any], ids: list[int], stamp: Stamp) -> list[int]:
    """What was superseded is known again: the ids of the new rows."""
    made: list[int] = []
    names = facts_in(model)
    columns = [getattr(model, name) for name in names]
    for some in pieces(ids):
        rows = db.session.execute(select(model.superseded_at, *columns).where(model.id.in_(some)))
        made += insert_all(
            model,
            [
                dict(zip(names, values, strict=True))
                | stamp.columns
                | {"recorded_at": stamp.known_from(superseded_at)}
                for superseded_at, *values in rows
            ],
        )
    return made


def _backwards(fields: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {name: (new, old) for name, (old, new) in fields.items()}
