"""What a file would change: differences by kind, problems by line, and what would be written."""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from app.core.editions import edition
from app.core.filters import first_listed, plural
from app.core.names import nearest
from app.exchange.files import Problem, Sheet
from app.exchange.models import ImportKind
from app.exchange.rules.ledger import Ledger, Reference

_SHOWN = 5


class Group(StrEnum):
    """The kinds of difference, in the order in which a page lists them."""

    RENAMED = "renamed"
    STARTERS = "starters"
    LEAVERS = "leavers"
    MOVES = "moves"
    DETAILS = "details"
    ADDED = "added"
    CORRECTED = "corrected"
    LISTS = "lists"
    POSSIBLE_DUPLICATES = "possible_duplicates"
    MISSING = "missing"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Group.RENAMED: "Changed names",
    Group.STARTERS: "Starters",
    Group.LEAVERS: "Leavers",
    Group.MOVES: "Moves",
    Group.DETAILS: "Other changes",
    Group.ADDED: "Added",
    Group.CORRECTED: "Corrected",
    Group.LISTS: "New on the lists",
    Group.POSSIBLE_DUPLICATES: "Possible duplicates",
    Group.MISSING: "Missing from the file",
}

GROUPS: dict[ImportKind, tuple[Group, ...]] = {
    ImportKind.PEOPLE: (
        Group.RENAMED,
        Group.STARTERS,
        Group.LEAVERS,
        Group.MOVES,
        Group.DETAILS,
        Group.MISSING,
        Group.POSSIBLE_DUPLICATES,
        Group.LISTS,
    ),
    ImportKind.PARTNERS: (Group.ADDED, Group.MOVES, Group.DETAILS, Group.POSSIBLE_DUPLICATES, Group.LISTS),
    ImportKind.COMPLETIONS: (Group.ADDED, Group.CORRECTED),
    ImportKind.COHORT: (Group.ADDED,),
    ImportKind.RUNS: (Group.ADDED, Group.LISTS),
    ImportKind.ATTENDANCE: (Group.ADDED, Group.CORRECTED),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the file would change: on which line, about whom, and what. Of somebody who is missing
    from it, `done` is what it says once they have ended, and `left_alone` what it says if they have not."""

    line: int | None
    who: str
    what: str
    person: Reference | None = None
    done: str = ""
    left_alone: str = ""


def new_on_list(line: int, kind: str, name: str, known: Mapping[str, str]) -> Difference:
    """What a file adds to a list, beside what is on it by a name that is near, as each may be a slip of the
    other: "New team, or is it Duty (Early Help)?". `known` are the names -> what each is called in full."""
    near = nearest(name, known)
    return Difference(line, name, f"New {kind}, or is it {known[near]}?" if near else f"New {kind}")


def said_of_locked(names: Sequence[str]) -> str:
    """That the registers with these names are locked, and what is asked for: "SOS2-07, Day 1". (AM-12)"""
    registers = plural(len(names), "register of this file is locked", "registers of this file are locked")
    which = first_listed(names[:_SHOWN], len(names), "other")
    return f"{registers}: {which}. Give a reason for the correction"


@dataclass
class Plan:
    """What applying a file would do now. `stop` is why it may not be applied as a whole (U-20).

    What may be although it is unusual, if whoever applies the file says why: `clashes` are the lines by which
    a room or a trainer would be in two places at once (AM-02), `locked` the sessions, by their ids, whose
    register is locked (AM-12). `endings` are what it would take to end those missing from it, by person.
    """

    kind: ImportKind
    lines: int
    problems: list[Problem]
    unknown_columns: list[str]
    notices: list[Problem] = field(default_factory=list)
    differences: dict[Group, list[Difference]] = field(default_factory=dict)
    unchanged: int = 0
    stop: str | None = None
    clashes: list[Problem] = field(default_factory=list)
    locked: dict[int, str] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    endings: dict[int, Ledger] = field(default_factory=dict)

    @classmethod
    def of(cls, kind: ImportKind, sheet: Sheet[Any]) -> Plan:
        return cls(
            kind=kind,
            lines=sheet.lines,
            problems=list(sheet.problems),
            unknown_columns=sheet.unknown,
            differences={group: [] for group in GROUPS[kind]},
        )

    def note(self, group: Group, difference: Difference) -> None:
        self.differences[group].append(difference)

    def refuse(self, line: int, field_name: str, reason: str) -> None:
        """Note what is wrong on a line; problems stand in the order of the file."""
        insort(self.problems, Problem(line, field_name, reason), key=lambda one: one.line)

    def end(self, left: Collection[int]) -> None:
        """Of those missing from the file, these end with the rest of it; the others stay."""
        for person_id in sorted(left):
            self.ledger.add(self.endings[person_id])
        missing = self.differences.get(Group.MISSING, [])
        missing[:] = [
            replace(one, what=one.done if one.person in left else one.left_alone) for one in missing
        ]

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind of difference, with the lines that change nothing."""
        found = {group.value: len(differences) for group, differences in self.differences.items()}
        return {"lines": self.lines, **found, "unchanged": self.unchanged}

    @property
    def told(self) -> object:
        """All that would be added, changed and ended: what whoever applies the file has seen."""
        return self.differences, self.ledger, self.endings, self.clashes, self.locked

    @property
    def edition(self) -> str:
        """The sign of what it tells."""
        return edition(self.told)

    @property
    def said_of_clashes(self) -> str:
        lines = plural(len({one.line for one in self.clashes}), "line puts", "lines put")
        return f"{lines} a room or a trainer in two places at once. Change the file, or say why both go ahead"

    @property
    def said_of_duplicates(self) -> str:
        """That applying the file may make a second record: "1 person of this file looks like ..."."""
        found = len(self.differences.get(Group.POSSIBLE_DUPLICATES, []))
        if not found:
            return ""
        people = plural(found, "person of this file looks", "people of this file look")
        group = Group.POSSIBLE_DUPLICATES.label
        return f"{people} like somebody else, and would have a second record: see “{group}” first."

    @property
    def said_of_locked(self) -> str:
        return said_of_locked(list(self.locked.values()))

    @property
    def changes_nothing(self) -> bool:
        return self.ledger.is_empty and not self.endings

    def changes_something(self, *, end_missing: bool) -> bool:
        """Whether applying it would, with or without ending those missing."""
        return not self.ledger.is_empty or (end_missing and bool(self.endings))

    @property
    def may_be_applied(self) -> bool:
        return not self.problems and not self.stop and not self.changes_nothing
