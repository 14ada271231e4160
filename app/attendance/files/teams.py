"""The attendance report of Microsoft Teams, in the shapes that it has had. (TR-04)

It is called .csv, and is tab separated in UTF-16, or comma separated, or UTF-8. Today it has three blocks: a
summary, the participants, and each time that somebody joined; older ones have a single list, of joins or of
"Joined" and "Left". Headings come in the organiser's language and dates in the order of their country, so
that blocks and columns are found by what stands in them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from app.attendance.files.attendees import Attendee, check_number, read_text
from app.attendance.files.stamps import (
    Interval,
    Order,
    minutes_in,
    order_of,
    read_duration,
    read_stamp,
    union,
)
from app.config import is_e_mail_address
from app.core.errors import RuleBroken

_LABEL = re.compile(r"\s*\((External|Guest|Unverified|Anonymous|Federated)\)\s*$", re.IGNORECASE)
_TITLE = re.compile(r"\d+\. ")
_ORGANISER = re.compile(r"organi\w*|trefnydd", re.IGNORECASE)  # a role is one word, an address is none
_NO_PARTICIPANTS = (
    "This file has no list of participants, so it is not an attendance report. Download it from Teams: the "
    "meeting, Attendance, Download. A list of your own has the columns email, name, minutes and status."
)


@dataclass
class _Table:
    """One block of the file: its lines by number, and what each of its columns holds."""

    heading: list[str]
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    stamps: list[int] = field(default_factory=list)
    durations: list[int] = field(default_factory=list)
    addresses: list[int] = field(default_factory=list)
    actions: list[int] = field(default_factory=list)

    @property
    def is_of_people(self) -> bool:
        return bool(self.rows and (self.stamps or self.durations or self.addresses))


def read_teams_report(content: bytes, *, held_on: date) -> list[Attendee]:
    """Who was in the meeting, each person once, as a report of the session on `held_on` says it.

    Raises RuleBroken with a sentence when it is no such report, or one of another day.
    """
    tables = [table for table in _tables(read_text(content)) if table.is_of_people]
    if not tables:
        raise RuleBroken(_NO_PARTICIPANTS, "file")
    participants, activities = tables[0], tables[1:]
    stamps = [row[at] for table in tables for _, row in table.rows for at in table.stamps if row[at]]
    order = order_of(stamps, held_on)
    people = _folded(participants, order, stamps)
    check_number(len(people))
    joins = {key: one.intervals for table in activities for key, one in _folded(table, order, stamps).items()}
    return [one.attendee(joins.get(key)) for key, one in people.items()]


# --- Blocks and columns --------------------------------------------------------------------------------


def _tables(text: str) -> Iterable[_Table]:
    """The blocks whose first line has three values or more: a heading. A line of one value parts blocks."""
    found: _Table | None = None
    try:
        for number, line in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)), 1
        ):
            values = [" ".join(value.replace("\u200e", "").split()) for value in line]
            if _parts_blocks(line, values):
                if found is not None:
                    yield _with_columns(found)
                found = None
            elif found is not None:
                found.rows.append((number, _as_long_as(found.heading, values)))
            elif _is_heading(values):
                found = _Table(values)
    except csv.Error:
        raise RuleBroken(_NO_PARTICIPANTS, "file") from None
    if found is not None:
        yield _with_columns(found)


def _separator(text: str) -> str:
    if "\t" in text:
        return "\t"
    return ";" if text.count(";") > text.count(",") else ","


def _parts_blocks(line: list[str], values: list[str]) -> bool:
    """An empty line, or a title: "2. Participants"; not somebody of whom there is nothing but a name."""
    count = sum(map(bool, values))
    return not count or (count == 1 and (len(line) == 1 or bool(_TITLE.match(values[0]))))


def _is_heading(values: list[str]) -> bool:
    """The names of columns: three or more, and none of them a time."""
    return sum(map(bool, values)) >= 3 and not any(_is_stamp(value) for value in values)


def _is_stamp(text: str) -> bool:
    return bool(read_stamp(text, "dmy") or read_stamp(text, "mdy"))


def _as_long_as(heading: Sequence[str], values: list[str]) -> list[str]:
    return (values + [""] * len(heading))[: len(heading)]


def _with_columns(table: _Table) -> _Table:
    for at, name in enumerate(table.heading[1:], 1):
        values = [row[at] for _, row in table.rows if row[at]]
        if not values:
            continue
        if all(_is_stamp(value) for value in values):
            table.stamps.append(at)
        elif all(read_duration(value) is not None for value in values):
            table.durations.append(at)
        elif any(is_e_mail_address(value) for value in values):
            place = 0 if "mail" in name.lower() else len(table.addresses)
            table.addresses.insert(place, at)
        elif all(value.lower().startswith(("join", "left")) for value in values):
            table.actions.append(at)
    return table


# --- People --------------------------------------------------------------------------------------------


@dataclass
class _Person:
    """Everything that one block says of somebody."""

    line: int
    name: str
    email: str | None
    label: str | None
    is_organiser: bool = False
    durations: list[int] = field(default_factory=list)
    intervals: list[Interval] = field(default_factory=list)
    joined_at: datetime | None = None

    def attendee(self, joins: list[Interval] | None) -> Attendee:
        """Minutes as their one line gives them; else the time between joining and leaving, each once."""
        spans = union(joins or self.intervals)
        return Attendee(
            line=self.line,
            name=self.name,
            email=self.email,
            minutes=self._minutes(spans),
            times=tuple(spans),
            is_organiser=self.is_organiser,
            label=self.label,
        )

    def _minutes(self, spans: list[Interval]) -> int | None:
        if len(self.durations) == 1:
            return self.durations[0] // 60
        if spans:
            return minutes_in(spans)
        return sum(self.durations) // 60 if self.durations else None


def _folded(table: _Table, order: Order, stamps: list[str]) -> dict[str, _Person]:
    """The people of a block: who is there under one address, or without any under one name, is one."""
    people: dict[str, _Person] = {}
    for number, row in table.rows:
        name, label = _named(row[0])
        email = next((row[at].lower() for at in table.addresses if is_e_mail_address(row[at])), None)
        if not name and not email:
            continue
        person = people.setdefault(
            email or name.casefold(), _Person(number, name or email or "", email, label)
        )
        person.is_organiser |= any(_ORGANISER.fullmatch(value) is not None for value in row[1:])
        person.durations += [found for at in table.durations if (found := read_duration(row[at])) is not None]
        _note_times(person, table, row, order)
    last = max((at for stamp in stamps if (at := read_stamp(stamp, order))), default=None)
    for person in people.values():
        if person.joined_at and last:  # joined, and nothing says that they left before the report was made
            person.intervals.append(Interval(person.joined_at, max(last, person.joined_at)))
    return people


def _note_times(person: _Person, table: _Table, row: list[str], order: Order) -> None:
    times = [at for column in table.stamps if (at := read_stamp(row[column], order))]
    if not times or not (table.actions or len(times) > 1):
        return  # when they joined, and not when they left: how long they were there is not known
    if not table.actions:
        person.intervals.append(Interval(min(times), max(times)))
    elif row[table.actions[0]].lower().startswith("join"):
        person.joined_at = person.joined_at or times[0]
    elif person.joined_at:
        person.intervals.append(Interval(person.joined_at, max(times[0], person.joined_at)))
        person.joined_at = None


def _named(text: str) -> tuple[str, str | None]:
    """ "Aaron Harris (External)" is Aaron Harris, who is external."""
    label = None
    while found := _LABEL.search(text):
        text, label = text[: found.start()], found[1].capitalize()
    return text.strip(), label
