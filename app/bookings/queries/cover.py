"""How many of a team are out for training on a day, for whoever decides about one more. (LM-01, LM-03)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.bookings.models import Booking, BookingState, Seat
from app.core.db import db, live
from app.core.filters import day_of_year
from app.people.models import Spell
from app.sessions.models import SessionDate


@dataclass(frozen=True)
class TeamDay:
    """A day of a booking: how many of the team are out already, of how many, and the most in percent.

    `works` is whether the day is one of the person's working days. People without a team have a team of
    nobody.
    """

    held_on: date
    out: int
    size: int
    limit: int
    works: bool

    @property
    def share(self) -> int:
        """The part of the team that would be out with this person too: a 4th of 9 is 44%."""
        return round((self.out + 1) * 100 / self.size) if self.size else 0

    @property
    def is_over(self) -> bool:
        """Whether the team would be over its limit: a warning, never a block."""
        return self.size > 0 and (self.out + 1) * 100 > self.limit * self.size

    def in_words(self, *, is_own_team: bool) -> str:
        """The cover as a sentence: "3 of 9 of your team are already out on 15 March."."""
        whose, on = "your" if is_own_team else "their", day_of_year(self.held_on)
        if not self.out:
            return f"Nobody else of {whose} team of {self.size} is out on {on}."
        are = "is" if self.out == 1 else "are"
        return f"{self.out} of {self.size} of {whose} team {are} already out on {on}."

    def warning(self, name: str) -> str:
        """What it would come to with the person of this name, for whoever decides."""
        return (
            f"With {name} it would be {self.out + 1} of {self.size} ({self.share}%), above the limit of "
            f"{self.limit}%."
        )


def team_days(bookings: Sequence[Booking]) -> dict[int, list[TeamDay]]:
    """For each of these bookings its days, by date, with the cover of the person's team on each.

    Out are the others of the team who have a place in a session on that day.
    """
    days = {booking.id: sorted({one.held_on for one in booking.sessions}) for booking in bookings}
    teams = {
        (booking.id, on): spell.team_id
        for booking in bookings
        for on in days[booking.id]
        if (spell := booking.person.spell_on(on)) is not None and spell.team_id is not None
    }
    members = _members(set(teams.values()))
    out = _out({on for _, on in teams}, members)
    found: dict[int, list[TeamDay]] = defaultdict(list)
    for booking in bookings:
        limit = booking.run.version.course.terms.cover_percent
        for on in days[booking.id]:
            team = _on(members.get(teams.get((booking.id, on), 0), ()), on)
            others = len((team & out[on]) - {booking.person_id})
            works = booking.person.works_on(on)
            found[booking.id].append(TeamDay(on, others, len(team), limit, works))
    return found


def _members(team_ids: set[int]) -> dict[int, list[Spell]]:
    found: dict[int, list[Spell]] = defaultdict(list)
    if team_ids:
        for spell in db.session.scalars(select(Spell).where(live(Spell), Spell.team_id.in_(team_ids))):
            assert spell.team_id is not None
            found[spell.team_id].append(spell)
    return found


def _on(spells: Iterable[Spell], day: date) -> set[int]:
    return {spell.person_id for spell in spells if spell.covers(day)}


def _out(days: set[date], members: dict[int, list[Spell]]) -> dict[date, set[int]]:
    """Who of these teams has a place in a session on each of these days."""
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
                Booking.state == BookingState.CONFIRMED,
                Booking.person_id.in_(ids),
            )
        )
        for held_on, person_id in rows:
            found[held_on].add(person_id)
    return found
