"""How many of a team are out for training on a day, for whoever decides about one more. (LM-01, LM-03)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.bookings.models import Booking, BookingState, Seat
from app.core.db import db, live
from app.core.filters import day_of_year, listed, plural
from app.people.models import BY_NAME, Person, Spell
from app.sessions.models import SessionDate, TrainingSession


@dataclass(frozen=True)
class TeamDays:
    """Days of a booking with the same cover: how many of the team are out already, of how many, and the most
    in percent.

    `asked` are those besides who asked for a place on these days and were not answered yet. `days_off` are
    those of the days which are none of the person's working days. People without a team have a team of
    nobody.
    """

    days: tuple[date, ...]
    team: str
    out: int
    size: int
    limit: int
    asked: int
    days_off: tuple[date, ...]

    @property
    def share(self) -> int:
        """The part of the team that would be out with this person too: a 4th of 9 is 44%."""
        return self._percent(self.out + 1)

    @property
    def is_over(self) -> bool:
        """Whether the team would be over its limit, with this person or with all who have asked: a warning,
        never a block."""
        return self._is_too_many(self.out + 1 + self.asked)

    @property
    def is_over_by_one(self) -> bool:
        """Whether it would be with this person alone or, once they have the place, is."""
        return self._is_too_many(self.out + 1)

    def _is_too_many(self, out: int) -> bool:
        return self.size > 0 and out * 100 > self.limit * self.size

    def _percent(self, out: int) -> int:
        return round(out * 100 / self.size) if self.size else 0

    def in_words(self) -> str:
        """The cover as a sentence: "Child in Need: 3 of 9 are already away for training on 15 March and
        22 March; 1 more has asked.". It names the team, as whoever decides may look after several."""
        more = f"; {plural(self.asked, 'more has', 'more have')} asked" if self.asked else ""
        if not self.out:
            days = listed(map(day_of_year, self.days), "or")
            return f"{self.team} ({self.size}): nobody else is away for training on {days}{more}."
        are, days = "is" if self.out == 1 else "are", listed(map(day_of_year, self.days))
        return f"{self.team}: {self.out} of {self.size} {are} already away for training on {days}{more}."

    def warning(self, name: str) -> str:
        """What it would come to with the person of this name or, where that is not too many, with all who
        have asked, for whoever decides."""
        out, who = self.out + 1, name
        if not self.is_over_by_one:
            out, who = out + self.asked, f"{name} and all who have asked"
        return (
            f"With {who} it would be {out} of {self.size} ({self._percent(out)}%), above the limit of "
            f"{self.limit}%."
        )

    def is_over_in_words(self) -> str:
        """What it has come to, for whoever has approved it."""
        return (
            f"{self.team}: {self.out + 1} of {self.size} are away for training on "
            f"{listed(map(day_of_year, self.days))} ({self.share}%), above the limit of {self.limit}%."
        )


@dataclass(frozen=True)
class TeamOut:
    """A day of a run for one team: who of it has a place in training then, by name, of how many."""

    held_on: date
    team: str
    names: Sequence[str]
    size: int
    limit: int

    def in_words(self) -> str:
        """ "Away for training on 15 March: Ann Other and Bo Ek, 2 of 9 of Child in Need."."""
        on = day_of_year(self.held_on)
        if not self.names:
            return f"{self.team} ({self.size}): nobody is away for training on {on}."
        of_team = f"{len(self.names)} of {self.size} of {self.team}"
        return f"Away for training on {on}: {listed(self.names)}, {of_team}."

    @property
    def room(self) -> int:
        """How many more can be out within the limit: with one of 30%, 2 of 9."""
        return max(0, self.limit * self.size // 100 - len(self.names))

    @property
    def is_over(self) -> bool:
        """Whether one more would be above the limit: a warning, never a block."""
        return not self.room

    def warning(self) -> str:
        """What it would come to with one more, or how many of them would be too many."""
        out, limit = len(self.names) + 1, f"above the limit of {self.limit}%"
        if self.is_over:
            share = round(out * 100 / self.size)
            return f"With one more it would be {out} of {self.size} ({share}%), {limit}."
        return f"More than {self.room} of them would be {limit}."


def team_days(bookings: Sequence[Booking]) -> dict[int, list[TeamDays]]:
    """For each of these bookings its days, by date, with the cover of the person's team on them: days of the
    same cover are said at once.

    Out are the others of the team who have a place in a session on that day; those who were only asked for
    one are counted apart.
    """
    wanted = [(one.person, _days_of(one.sessions), one.run.version.course.terms) for one in bookings]
    found = _team_days([(person, days, terms.cover_percent) for person, days, terms in wanted])
    return {booking.id: days for booking, days in zip(bookings, found, strict=True)}


def over_their_limit(bookings: Sequence[Booking]) -> list[str]:
    """Each day and team of which more are out than its limit, now that these people have their places."""
    placed = [one for one in bookings if one.state is BookingState.CONFIRMED]
    days = [one for of_booking in team_days(placed).values() for one in of_booking if one.is_over_by_one]
    return list(dict.fromkeys(one.is_over_in_words() for one in sorted(days, key=lambda one: one.days)))


def team_days_for(person: Person, sessions: Sequence[TrainingSession], *, limit: int) -> list[TeamDays]:
    """The same for somebody who would be booked into these sessions."""
    (days,) = _team_days([(person, _days_of(sessions), limit)])
    return days


def _days_of(sessions: Sequence[TrainingSession]) -> list[date]:
    return sorted({one.held_on for one in sessions})


def _team_days(wanted: Sequence[tuple[Person, list[date], int]]) -> list[list[TeamDays]]:
    teams = {
        (person.id, on): spell.team
        for person, days, _ in wanted
        for on in days
        if (spell := person.spell_on(on)) is not None and spell.team is not None
    }
    members = _members({team.id for team in teams.values()})
    days_wanted = {on for _, on in teams}
    out = _out(days_wanted, members)
    asked = _out(days_wanted, members, BookingState.REQUESTED)
    found = []
    for person, days, limit in wanted:
        alike: dict[tuple[str, int, int, int], list[date]] = defaultdict(list)
        for on in days:
            team = teams.get((person.id, on))
            everybody = _on(members[team.id], on) if team else set()
            others, name = (everybody & out[on]) - {person.id}, team.name if team else ""
            more = (everybody & asked[on]) - others - {person.id}
            alike[name, len(others), len(everybody), len(more)].append(on)
        found.append(
            [
                TeamDays(tuple(on), name, away, size, limit, more, _days_off(person, on))
                for (name, away, size, more), on in alike.items()
            ]
        )
    return found


def _days_off(person: Person, days: Sequence[date]) -> tuple[date, ...]:
    return tuple(on for on in days if not person.works_on(on))


def teams_out(people: Sequence[Person], sessions: Sequence[TrainingSession], *, limit: int) -> list[TeamOut]:
    """For each day of these sessions and each team of these people, by name: who of the team is out then."""
    teams = {
        (on, spell.team_id): spell.team.name
        for on in _days_of(sessions)
        for person in people
        if (spell := person.spell_on(on)) is not None and spell.team_id is not None and spell.team
    }
    members = _members({team_id for _, team_id in teams})
    out = _out({on for on, _ in teams}, members)
    names = _names(set().union(*out.values()))
    found = []
    for (on, team_id), team in sorted(teams.items(), key=lambda one: (one[0][0], one[1])):
        everybody = _on(members[team_id], on)
        away = [name for ident, name in names.items() if ident in everybody & out[on]]
        found.append(TeamOut(on, team, away, len(everybody), limit))
    return found


def _names(person_ids: Collection[int]) -> dict[int, str]:
    """The names of these people, in their order."""
    if not person_ids:
        return {}
    people = select(Person).where(Person.id.in_(person_ids)).order_by(*BY_NAME)
    return {person.id: person.name for person in db.session.scalars(people)}


def _members(team_ids: set[int]) -> dict[int, list[Spell]]:
    found: dict[int, list[Spell]] = defaultdict(list)
    if team_ids:
        for spell in db.session.scalars(select(Spell).where(live(Spell), Spell.team_id.in_(team_ids))):
            assert spell.team_id is not None
            found[spell.team_id].append(spell)
    return found


def _on(spells: Iterable[Spell], day: date) -> set[int]:
    return {spell.person_id for spell in spells if spell.covers(day)}


def _out(
    days: set[date], members: dict[int, list[Spell]], state: BookingState = BookingState.CONFIRMED
) -> dict[date, set[int]]:
    """Who of these teams has a place, or one that is held for their request, in a session on each of these
    days."""
    found: dict[date, set[int]] = defaultdict(set)
    ids = {spell.person_id for spells in members.values() for spell in spells}
    if ids:
        rows = db.session.execute(
            select(SessionDate.held_on, Booking.person_id)
            .distinct()
            .join(Seat, Seat.session_id == SessionDate.session_id)
            .join(Booking, Booking.id == Seat.booking_id)
            .where(
                live(SessionDate),
                SessionDate.held_on.in_(days),
                Seat.released_at.is_(None),
                Booking.state == state,
                Booking.person_id.in_(ids),
            )
        )
        for held_on, person_id in rows:
            found[held_on].add(person_id)
    return found
