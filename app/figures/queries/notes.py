"""What stands beside a figure: its people by where they work, and what its second lines are written from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.core.filters import day, plural
from app.figures.queries.arithmetic import FEW, FEWEST_SHOWN
from app.people.models import EmploymentType


@dataclass(frozen=True)
class Group:
    """Those in scope who work in one service and team and are of one role group, if of any, and come from one
    sector, if not from the council: how many are complete, and how many will be by the places booked."""

    service: str | None
    team: str | None
    role: str | None
    sector: str | None
    in_scope: int
    complete: int
    booked: int

    @property
    def to_book(self) -> int:
        """How many people are neither complete nor booked."""
        return self.in_scope - self.complete - self.booked


@dataclass(frozen=True)
class Beside:
    """People in the same roles whom the rule leaves out, in a line of their own (4.6)."""

    employment: EmploymentType
    who: str
    done: int
    of: int

    @property
    def people(self) -> str:
        """How many they are: "15 agency workers", "1 agency worker"."""
        return plural(self.of, self.who.removesuffix("s"), self.who)

    def in_words(self, *, hides_few: bool = False) -> str:
        """ "None of 15 agency workers in the same roles (not counted) has completed it"; of a few perhaps
        only that they are."""
        if hides_few and self.of < FEWEST_SHOWN:
            return f"{FEW.capitalize()} {self.who} are in the same roles, and not counted."
        if not self.of:
            return f"No {self.who} are in the same roles."
        if self.of == 1:
            has = "has" if self.done else "has not"
            return f"{self.people} in the same roles (not counted) {has} completed it."
        done, have = (f"{self.done:,}", "have") if self.done > 1 else ("1" if self.done else "None", "has")
        return f"{done} of {self.of:,} {self.who} in the same roles (not counted) {have} completed it."


@dataclass(frozen=True)
class Stated:
    """How many members a document says a cohort has, beside how many are listed (AM-06, I-16)."""

    members: int
    is_approximate: bool

    def in_words(self, listed: int) -> str:
        about = "approximately " if self.is_approximate else ""
        on_list = {0: "nobody is", 1: "1 is"}.get(listed, f"{listed:,} are")
        return (
            f"The record states {about}{self.members:,}; {on_list} on the list, a difference of "
            f"{abs(self.members - listed):,}. The figure counts those on the list."
        )


@dataclass(frozen=True)
class Baseline:
    """How a cohort changed since it was first listed: 110 on 26 January, then 12 joined and 4 left (U-12)."""

    listed_on: date
    listed: int
    joined: int
    left: int
    required_then: int | None
    exempt: int = 0

    def in_words(self, members: int, required: int | None, *, hides_few: bool = False) -> str:
        """ "118 now (110 at 26 January 2022: +12 joined, −4 left). Needs 95; against the first 110, 88".

        Whoever was taken off the list as exempt is told besides, of those who joined later too (4.6); of a
        few perhaps only that they are.
        """
        words = self._changes(members, required)
        if not self.exempt:
            return words
        exempt = FEW if hides_few and self.exempt < FEWEST_SHOWN else f"{self.exempt:,}"
        return f"{words} Exempt, and not counted: {exempt}."

    def _changes(self, members: int, required: int | None) -> str:
        if not self.joined and not self.left:
            listed = "1 was" if members == 1 else f"{members:,} were"
            return f"{listed} listed on {day(self.listed_on)}; nobody has joined or left since."
        joined = [f"+{self.joined:,} joined"] if self.joined else []
        left = [f"−{self.left:,} left"] if self.left else []
        since = ", ".join(joined + left)
        words = f"{members:,} now ({self.listed:,} at {day(self.listed_on)}: {since})."
        if required is None or required == self.required_then:
            return words
        then = f"against the original {self.listed:,} it would be {self.required_then:,}"
        return f"{words} Needs {required:,}; {then}."
