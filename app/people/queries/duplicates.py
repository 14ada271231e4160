"""Who may be here twice, and why it seems so: one statement, however many people there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, and_, select

from app.core.db import db, live
from app.core.names import folded
from app.people.models import KeptApart, Organisation, Person, PersonKind, Spell, Team
from app.people.queries.lists import covers

MOST_ALIKE = 8
_SHARED = {"admin", "duty", "enquiries", "head", "hello", "info", "mail", "office", "reception", "team"}

Key = tuple[str, ...]


class Candidate(NamedTuple):
    """A person as the comparison sees them: who they are, and where they belong today."""

    id: int
    kind: PersonKind
    first_name: str
    last_name: str
    preferred_name: str | None
    employee_number: str | None
    email: str | None
    team: str | None
    organisation: str | None

    @property
    def name(self) -> str:
        return f"{self.preferred_name or self.first_name} {self.last_name}"

    @property
    def belongs(self) -> str | None:
        return self.team or self.organisation

    @property
    def is_loose(self) -> bool:
        """Whether nothing says where they belong: somebody who walked in."""
        return self.belongs is None

    @property
    def names(self) -> set[tuple[str, str]]:
        """First and last names under which they may be known, folded."""
        firsts = {self.first_name, self.preferred_name or self.first_name}
        return {(folded(first), folded(self.last_name)) for first in firsts}


@dataclass
class Pair:
    """Two records that may be one person, and why."""

    first: Candidate
    second: Candidate
    reasons: list[str] = field(default_factory=list)


def possible_duplicates(*, on: date, only_staff: bool = False) -> list[Pair]:
    """The pairs that may be one person, the likeliest first; not those that were said to be two."""
    statement = _everybody(on)
    if only_staff:
        statement = statement.where(Person.kind == PersonKind.STAFF)
    return pairs_of(*_compared(db.session.execute(statement).all()))


def number_of_duplicates(people: Select[tuple[int]], *, on: date) -> int:
    """How many of these people may be here twice, whether or not the other record is one of them.

    Of the social workers one: Joy Okafor, whom the J Okafor may be who walked in and belongs nowhere.
    """
    rows = db.session.execute(_everybody(on).add_columns(Person.id.in_(people).label("is_asked"))).all()
    pairs = pairs_of(*_compared(rows))
    twice = {one.id for pair in pairs for one in (pair.first, pair.second)}
    return len(twice & {row.id for row in rows if row.is_asked})


def reasons_for(first_id: int, second_id: int, *, on: date) -> list[str]:
    """Why these two may be one person, even if somebody said that they are not."""
    both, _ = _compared(db.session.execute(_everybody(on).where(Person.id.in_([first_id, second_id]))).all())
    pairs = pairs_of(both, set())
    return pairs[0].reasons if pairs else []


def _everybody(on: date) -> Select[Any]:
    """Everybody with where they belong on a day: a row for each record that somebody said is another person,
    or one."""
    return (
        select(
            Person.id,
            Person.kind,
            Person.first_name,
            Person.last_name,
            Person.preferred_name,
            Person.employee_number,
            Person.email,
            Team.name,
            Organisation.name,
            KeptApart.second_id.label("apart_from"),
        )
        .select_from(Person)
        .outerjoin(Spell, and_(Spell.person_id == Person.id, live(Spell), covers(Spell, on)))
        .outerjoin(Team, Team.id == Spell.team_id)
        .outerjoin(Organisation, Organisation.id == Spell.organisation_id)
        .outerjoin(KeptApart, KeptApart.first_id == Person.id)
        .where(Person.merged_into_id.is_(None))
        .order_by(Person.id)
    )


def _compared(rows: Sequence[Row[Any]]) -> tuple[list[Candidate], set[tuple[int, int]]]:
    """Each person once, and the pairs of whom somebody said that they are two people."""
    width = len(Candidate._fields)
    people = {row.id: Candidate(*row[:width]) for row in rows}
    return list(people.values()), {(row.id, row.apart_from) for row in rows if row.apart_from}


def kept_apart() -> Select[tuple[int, int]]:
    """The pairs of ids of which somebody said that they are two people, the smaller first."""
    return select(KeptApart.first_id, KeptApart.second_id)


def pairs_of(everybody: Iterable[Candidate], apart: set[tuple[int, int]]) -> list[Pair]:
    """Compare only people who share something: each way of being alike puts them into small groups."""
    people = list(everybody)
    found: dict[tuple[int, int], Pair] = {}
    for first, second, reason in (*_same_names(people), *_swapped(people), *_same_addresses(people)):
        key = (first.id, second.id)
        if key not in apart:
            pair = found.setdefault(key, Pair(first, second))
            if reason not in pair.reasons:
                pair.reasons.append(reason)
    return sorted(found.values(), key=lambda pair: (-len(pair.reasons), pair.first.last_name, pair.first.id))


Alike = Iterator[tuple[Candidate, Candidate, str]]


def _same_names(people: list[Candidate]) -> Alike:
    """One name, or one of them an initial, in one team or organisation, or on a record that has neither."""
    groups: defaultdict[str, list[Candidate]] = defaultdict(list)
    for one in people:
        groups[folded(one.last_name)].append(one)
    for family in groups.values():
        firsts: defaultdict[str, list[Candidate]] = defaultdict(list)
        for one in family:
            for first_name in {first for first, _ in one.names}:
                firsts[first_name].append(one)
        for first_name, named in firsts.items():
            yield from _together(named, "Same name")
            if len(first_name.rstrip(".")) == 1:
                longer = [
                    one for other, more in firsts.items() if _shortens(first_name, other) for one in more
                ]
                yield from (
                    (*_ordered(one, other), reason)
                    for one in named
                    for other in longer[:MOST_ALIKE]
                    if one.id != other.id and (reason := _belonging("Same last name and initial", one, other))
                )


def _shortens(initial: str, name: str) -> bool:
    return len(name) > 2 and name.startswith(initial[0])


def _together(named: list[Candidate], how: str) -> Alike:
    for one, other in combinations(named[: MOST_ALIKE * 4], 2):
        if reason := _belonging(how, one, other):
            yield (*_ordered(one, other), reason)


def _belonging(how: str, one: Candidate, other: Candidate) -> str | None:
    """Two people of one name are common; two in one team are rare."""
    if one.belongs is not None and one.belongs == other.belongs:
        return f"{how}, both in {one.belongs}"
    if one.is_loose or other.is_loose:
        return f"{how}, and nothing says where one of them belongs"
    return None


def _swapped(people: list[Candidate]) -> Alike:
    """Okafor Joy and Joy Okafor."""
    known: defaultdict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for one in people:
        for name in one.names:
            known[name].append(one)
    for one in people:
        for first, last in one.names:
            for other in known.get((last, first), [])[:MOST_ALIKE]:
                if first != last and one.id < other.id:
                    yield one, other, "First and last name exchanged"


def _same_addresses(people: list[Candidate]) -> Alike:
    """joy.okafor@ in two places; an address that a whole office uses says nothing."""
    groups: defaultdict[str, list[Candidate]] = defaultdict(list)
    for one in people:
        local = (one.email or "").partition("@")[0]
        if len(local) > 3 and local not in _SHARED:
            groups[local].append(one)
    for local, group in groups.items():
        if 1 < len(group) <= MOST_ALIKE:
            for one, other in combinations(group, 2):
                yield (*_ordered(one, other), f"Both have an e-mail address that begins {local}@")


def _ordered(one: Candidate, other: Candidate) -> tuple[Candidate, Candidate]:
    return (one, other) if one.id < other.id else (other, one)
