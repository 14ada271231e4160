"""Whom a file means: found by e-mail address, then proposed by name, else unknown. (TR-04)"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.attendance import queries
from app.attendance.files import Attendee
from app.attendance.rules.measuring import NewMark
from app.bookings import queries as bookings
from app.core.db import db
from app.learning.models import Mark, MarkStatus
from app.people.models import Person
from app.sessions.models import TrainingSession


class How(StrEnum):
    """How it was found who somebody is."""

    ORGANISER = "organiser"
    BY_EMAIL = "by_email"
    PROPOSED = "proposed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Match:
    """One of a file's people with whom they may be, and the mark that they would have.

    `new` is None when the file has nothing to record of them: they were not there during the session.
    `counts` is whether it would count for completion.
    """

    number: int
    attendee: Attendee
    how: How
    person: Person | None
    has_place: bool
    new: NewMark | None
    counts: bool
    was: Mark | None

    @property
    def needs_a_yes(self) -> bool:
        """A name alone does not say who somebody is, nor a line without minutes how long they were there."""
        is_vague = self.attendee.minutes is None and self.attendee.status is None
        return self.new is not None and (self.how is How.PROPOSED or (self.how is How.BY_EMAIL and is_vague))

    @property
    def changes(self) -> bool:
        """Whether the file says something else than the register."""
        return self.new is not None and is_news(self.was, self.new)


@dataclass
class Register:
    """Those whom a register knows: who has a place, who has a mark."""

    people: dict[int, Person]
    places: dict[int, Person]
    marks: dict[int, Mark]

    @classmethod
    def of(cls, session: TrainingSession) -> Register:
        people = {person.id: person for person in db.session.scalars(queries.people_on(session))}
        booked = db.session.scalars(bookings.confirmed_on(session))
        marks = {mark.person_id: mark for mark in db.session.scalars(queries.marks_of(session))}
        return cls(people, {booking.person_id: booking.person for booking in booked}, marks)


def is_news(was: Mark | None, new: NewMark) -> bool:
    """Whether a mark says otherwise; "attended" without minutes says nothing against minutes."""
    if was is None:
        return True
    if was.status is not new.status:
        return True
    return was.status is MarkStatus.PARTIAL and was.minutes != new.minutes


def found_people(
    attendees: Collection[Attendee], session: TrainingSession, register: Register, *, in_directory: bool
) -> list[tuple[How, Person | None]]:
    """For each of a file's people how they were found, and whom.

    The organiser and the session's own trainer are no learners. An address says who somebody is; a name
    proposes, first among those on the register, then, `in_directory`, among everybody: and only where one
    person alone has it, who was not found already.
    """
    addressed = _addressed(attendees)
    found: list[tuple[How, Person | None]] = []
    for one in attendees:
        person = addressed.get(one.email or "")
        if one.is_organiser or (session.trainer and one.email == session.trainer.email):
            found.append((How.ORGANISER, None))
        else:
            found.append((How.BY_EMAIL, person) if person else (How.UNKNOWN, None))
    taken = {person.id for _, person in found if person}
    unknown = [one for one, (how, _) in zip(attendees, found, strict=True) if how is How.UNKNOWN]
    names = _Names(register.people.values(), _namesakes(unknown) if in_directory else [])
    for place, one in enumerate(attendees):
        if found[place][0] is How.UNKNOWN:
            person = names.proposed(one.name, taken)
            if person is not None:
                found[place] = (How.PROPOSED, person)
                taken.add(person.id)
    return found


def _addressed(attendees: Iterable[Attendee]) -> dict[str, Person]:
    addresses = {one.email for one in attendees if one.email and not one.is_organiser}
    if not addresses:
        return {}
    known = db.session.scalars(queries.people_addressed(addresses))
    return {person.email: person.survivor for person in known if person.email}


def _namesakes(unknown: Iterable[Attendee]) -> list[Person]:
    """Everybody whose last name is the end of one of these names: "Berg" or "van der Berg"."""
    endings = set()
    for one in unknown:
        words = _in_order(one.name).split()
        endings |= {" ".join(words[place:]) for place in range(1, len(words))}
    return list(db.session.scalars(queries.people_with_last_names(endings))) if endings else []


class _Names:
    """People by name, near ones first."""

    def __init__(self, near: Iterable[Person], far: Iterable[Person]) -> None:
        near = list(near)
        self._by_name = [_by_name(near), _by_name(far)]
        self._by_last_name: defaultdict[str, list[Person]] = defaultdict(list)
        for person in near:
            self._by_last_name[name_key(person.last_name)].append(person)

    def proposed(self, name: str, taken: Collection[int]) -> Person | None:
        """The one person of that name; else the one on the register whose first name begins alike."""
        key = name_key(name)
        for people in (self._by_name[0].get(key, []), self._alike(key), self._by_name[1].get(key, [])):
            free = {person.id: person for person in people if person.id not in taken}
            if len(free) == 1:
                return next(iter(free.values()))
            if free:
                return None
        return None

    def _alike(self, key: str) -> list[Person]:
        """ "Rob Smith" may be Robert Smith."""
        first, _, last = key.partition(" ")
        named = self._by_last_name.get(last, [])
        return [person for person in named if _begin_alike(first, name_key(person.first_name))]


def _begin_alike(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= 3 and (one.startswith(other) or other.startswith(one))


def _by_name(people: Iterable[Person]) -> dict[str, list[Person]]:
    found: defaultdict[str, list[Person]] = defaultdict(list)
    for person in people:
        for first_name in {person.first_name, person.called}:
            found[name_key(f"{first_name} {person.last_name}")].append(person)
    return found


def name_key(name: str) -> str:
    """Names that differ in case, accents, hyphens, apostrophes or order alone are one: "O’BRIEN, Zoë"."""
    text = unicodedata.normalize("NFKD", _in_order(name)).casefold()
    letters = "".join(letter for letter in text if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w\s-]", "", letters).replace("-", " ").split())


def _in_order(name: str) -> str:
    """ "Harris, Aaron (Children’s Services)" is Aaron Harris."""
    plain = re.sub(r"\([^)]*\)", " ", name)
    last, comma, first = plain.partition(",")
    return f"{first} {last}" if comma else plain
