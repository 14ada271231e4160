"""What an import will write, gathered first and then written in few statements; and which rows that made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.attendance.rules import NewMark
from app.core.actors import COMMAND_LINE, SERVICE, Actor
from app.core.db import Base, Recorded, db, lock_table, take_ids
from app.core.errors import RuleBroken
from app.core.filters import day
from app.core.names import NamedOnce, folded
from app.exchange import queries
from app.exchange.files import RunRow
from app.exchange.queries import pieces
from app.figures.models import Membership
from app.learning.models import PastCompletion
from app.outbox import rules as outbox
from app.people import queries as people_queries
from app.people import rules as people
from app.people.models import (
    ALWAYS,
    KNOWN_ALWAYS,
    Absence,
    Organisation,
    OrganisationSector,
    Person,
    RoleGroup,
    Service,
    Spell,
    Team,
    TeamService,
)

FACTS: dict[str, type[Any]] = {
    model.__tablename__: model for model in (Spell, Absence, PastCompletion, Membership)
}
_BELONGS: dict[type[Any], tuple[type[Any], str]] = {
    Team: (TeamService, "service_id"),
    Organisation: (OrganisationSector, "sector_id"),
}
_LISTS: tuple[type[Any], ...] = (Service, RoleGroup, Organisation, Team)  # a team needs its service first


class New(NamedTuple):
    """A row that this import makes, before it has an id: New("person", "010008")."""

    table: str
    key: str


Reference = int | New
Edits = dict[int, dict[str, tuple[Any, Any]]]  # by person: a column's value before and after


class Fact(NamedTuple):
    """A fact to record. `after` is when the one that it replaces was recorded: it can't be known sooner."""

    values: dict[str, Any]
    after: datetime | None


class Held(NamedTuple):
    """A live row that stops being what is known."""

    id: int
    recorded_at: datetime


class NewRun(NamedTuple):
    """A run to schedule, with a line of the file for each of its days, in their order."""

    code: str
    version_id: int
    minimum_places: int
    rows: list[RunRow]


class Register(NamedTuple):
    """Marks of one session that became known at one time; None is the time of the import."""

    run_id: int
    session_id: int
    recorded_at: datetime | None
    marks: dict[int, NewMark]


@dataclass
class Ledger:
    """Everything that one import writes. Nothing is in the database until it is applied.

    `marks_held` are the marks that `registers` correct or find missing (None), by session and person.
    """

    lists: dict[New, dict[str, Any]] = field(default_factory=dict)
    people: dict[New, dict[str, Any]] = field(default_factory=dict)
    edits: Edits = field(default_factory=dict)
    superseded: dict[str, list[Held]] = field(default_factory=lambda: {name: [] for name in FACTS})
    recorded: dict[str, list[Fact]] = field(default_factory=lambda: {name: [] for name in FACTS})
    runs: list[NewRun] = field(default_factory=list)
    registers: list[Register] = field(default_factory=list)
    marks_held: dict[tuple[int, int], int | None] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        facts = (*self.superseded.values(), *self.recorded.values())
        training = (self.runs, self.registers)
        return not (self.lists or self.people or self.edits or any(facts) or any(training))

    @property
    def tables(self) -> list[str]:
        """The tables in which this makes rows that figures read."""
        found = [name for name, facts in self.recorded.items() if facts]
        return [*(["person"] if self.people else []), *found, *(["mark"] if self.registers else [])]

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
    """Who brings it in, when, since when it is known, and from what; `reason` is why they say that it may be
    although a register is locked, or a room or a trainer is somewhere else then."""

    by: Actor
    now: datetime
    recorded_at: datetime | None
    source: str
    reason: str | None = None

    @property
    def why(self) -> str | None:
        """The reason; nobody can be asked at the command line, where what it is from is reason enough."""
        return self.reason or (self.source if self.by in {SERVICE, COMMAND_LINE} else None)

    @property
    def columns(self) -> dict[str, Any]:
        """What every fact of this import carries alike."""
        return {"recorded_by": self.by.name, "entered_at": self.now, "reason": self.source}

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
    edits: Edits = field(default_factory=dict)
    runs: list[int] = field(default_factory=list)
    submissions: list[int] = field(default_factory=list)


@contextmanager
def all_or_nothing(refusal: RuleBroken) -> Iterator[None]:
    """What is done inside is flushed; when the database refuses it, `refusal` is raised.

    Somebody who was quicker took a key or a row away. A row that can't be right by itself is a fault of ours,
    and to try again would not help: that goes on, to the log.
    """
    try:
        yield
        db.session.flush()
    except IntegrityError as refused:
        if "check constraint" in str(refused.orig).lower():
            raise
        raise refusal from None


def changed_meanwhile() -> RuleBroken:
    return RuleBroken("Somebody changed the same people just now. Nothing of this was done: try again.")


def write(ledger: Ledger, stamp: Stamp) -> Written:
    """Write all of it, a few statements whatever the number of lines."""
    written = Written(edits=ledger.edits)
    changed = {name: [held.id for held in rows] for name, rows in ledger.superseded.items()}
    lock_people(changed, ledger.edits, may_be_pointed_at=True)
    for model in _LISTS:
        made = {key: row for key, row in ledger.lists.items() if key.table == model.__tablename__}
        _insert_listed(model, made, stamp, written)
    edit_people(ledger.edits, stamp)
    people = {key: {**row, "created_at": stamp.now} for key, row in ledger.people.items()}
    _insert_made(Person, people, written)
    for name, model in FACTS.items():
        supersede_rows(model, ledger.superseded[name], stamp)
        written.superseded[name] = [held.id for held in ledger.superseded[name]]
        written.recorded[name] = _record(model, ledger.recorded[name], stamp, written)
    check_not_closed(written.recorded[Spell.__tablename__])
    db.session.expire_all()
    return written


def _insert_listed(model: type[Any], rows: dict[New, dict[str, Any]], stamp: Stamp, written: Written) -> None:
    """New rows of a list; where a team or an organisation belongs is a fact of its own."""
    fact, column = _BELONGS.get(model, (None, ""))
    own = {key: {name: row[name] for name in row if name != column} for key, row in rows.items()}
    if issubclass(model, NamedOnce):
        own = {key: {**row, "folded_name": folded(row["name"])} for key, row in own.items()}
    if model is Team and rows:
        _check_teams_are_new(rows, written)
    _insert_made(model, own, written)
    if fact is not None:
        always = {"first_day": ALWAYS, "last_day": None} if fact is TeamService else {}
        known = {**stamp.columns, "recorded_at": KNOWN_ALWAYS}
        insert_all(
            fact,
            [
                _resolved({f"{model.__tablename__}_id": key, column: row[column]}, written) | always | known
                for key, row in rows.items()
            ],
        )


def _check_teams_are_new(rows: dict[New, dict[str, Any]], written: Written) -> None:
    """Nobody added one of these teams since the file was compared."""
    lock_table(TeamService)
    there = {(row.service_id, folded(row.name)) for row in db.session.execute(queries.teams())}
    new = (_resolved(row, written) for row in rows.values())
    if any((row["service_id"], folded(row["name"])) in there for row in new):
        raise changed_meanwhile()


def _insert_made(model: type[Any], rows: dict[New, dict[str, Any]], written: Written) -> None:
    ids = insert_all(model, [_resolved(row, written) for row in rows.values()])
    written.made.update(zip(rows, ids, strict=True))


def _resolved(values: dict[str, Any], written: Written) -> dict[str, Any]:
    return {name: written.made[value] if isinstance(value, New) else value for name, value in values.items()}


def _record(model: type[Any], facts: list[Fact], stamp: Stamp, written: Written) -> list[int]:
    values = [
        _resolved(fact.values, written) | stamp.columns | {"recorded_at": stamp.known_from(fact.after)}
        for fact in facts
    ]
    return insert_all(model, values)


def insert_all(model: type[Any], values: list[dict[str, Any]]) -> list[int]:
    """Insert rows with the same columns, in one go, and return their ids in that order.

    Through the table: the mapper would write rows with different empty columns one by one.
    """
    if not values:
        return []
    ids = take_ids(model, len(values))
    rows = [{"id": ident, **row} for ident, row in zip(ids, values, strict=True)]
    db.session.connection().execute(insert(model.__table__), rows)
    return ids


def check_not_closed(spell_ids: Iterable[int]) -> None:
    """None of these posts goes on in a team, or with an organisation, that was closed since the file was
    looked at. Whoever closes one now waits for the transaction, and then finds the posts."""
    for some in pieces(spell_ids):
        spell = db.session.scalars(people_queries.outlasting(some).limit(1)).first()
        thing = spell and (spell.team or spell.organisation)
        if thing:
            raise RuleBroken(
                f"The last day of {thing.name} is {day(thing.last_day)}, and somebody would belong to it "
                "after that. Nothing of this was done: take that last day back first, or look at the "
                "file again."
            )


def lock_people(
    facts: dict[str, list[int]], others: Iterable[int] = (), *, may_be_pointed_at: bool = False
) -> None:
    """Wait for whoever is changing the people of these facts, and let nobody else begin; lowest id first.

    Nobody else’s new row names them meanwhile either, unless they `may_be_pointed_at` (see `lock_row`).
    """
    people = set(others)
    for name, model in FACTS.items():
        for ids in pieces(facts.get(name, [])):
            people.update(db.session.scalars(select(model.person_id).where(model.id.in_(ids))))
    for ids in pieces(people):
        query = select(Person.id).where(Person.id.in_(ids)).order_by(Person.id)
        db.session.execute(query.with_for_update(key_share=may_be_pointed_at))


def supersede_rows(model: type[Any], rows: list[Held], stamp: Stamp) -> None:
    """Facts stop being what is known, in one go. Refused when one of them was superseded meanwhile."""
    table = model.__table__
    statement = (
        update(table)
        .where(table.c.id == bindparam("row_id"), table.c.superseded_at.is_(None))
        .values(superseded_at=bindparam("at"), superseded_by=stamp.by.name)
    )
    values = [{"row_id": row.id, "at": stamp.known_from(row.recorded_at)} for row in rows]
    if values and db.session.connection().execute(statement, values).rowcount < len(values):
        raise changed_meanwhile()


def update_all(model: type[Any], changes: list[dict[str, Any]]) -> None:
    """Change rows by their id, each group with the same columns in one go."""
    table = model.__table__
    for names, group in groupby(sorted(changes, key=sorted), key=sorted):
        columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names if name != "id"}
        statement = update(table).where(table.c.id == bindparam("row_id")).values(columns)
        values = [_bound(change) for change in group]
        db.session.connection().execute(statement, values)


def _bound(change: dict[str, Any]) -> dict[str, Any]:
    return {"row_id" if name == "id" else f"new_{name}": value for name, value in change.items()}


def edit_people(edits: Edits, stamp: Stamp) -> None:
    """Change names, addresses and registrations, each with its own entry in the audit.

    Addresses are emptied first, so that two people may exchange theirs. What could not reach somebody at
    their old address goes to the new one (U-18).
    """
    update_all(Person, [{"id": ident, "email": None} for ident, fields in edits.items() if "email" in fields])
    update_all(
        Person,
        [{"id": ident} | {name: new for name, (_, new) in fields.items()} for ident, fields in edits.items()],
    )
    moved = [fields["email"] for fields in edits.values() if "email" in fields]
    outbox.readdress(addresses={old: new for old, new in moved if old and new}, now=stamp.now)
    for ids in pieces(edits):
        afresh = select(Person).where(Person.id.in_(ids)).execution_options(populate_existing=True)
        for person in db.session.scalars(afresh):
            changes, source = edits[person.id], stamp.source
            people.record_edit(person=person, changes=changes, by=stamp.by, now=stamp.now, reason=source)


def pointing_to(model: type[Any]) -> Iterator[tuple[Table, Any]]:
    """Every column of every table that names a row of this one."""
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == model.__tablename__:
                yield table, key.parent
