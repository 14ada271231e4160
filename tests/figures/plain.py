"""Plain records of what a figure is made of, and the arithmetic of Part 4 on them: nothing of the service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Post:
    """From the first to the last day, both included: how somebody is employed, in which role and team."""

    first: date
    last: date | None
    employed_from: date
    kind: str
    role: str
    team: int

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Listed:
    """A time on the cohort's list: on the day of leaving they are out."""

    joined: date
    left: date | None
    cause: str

    def covers(self, day: date) -> bool:
        return self.joined <= day and (self.left is None or day < self.left)


@dataclass
class Lesson:
    """A course: how many components, its catch-up window, its order, its validity, what stands in for it."""

    components: int
    window: int | None
    is_in_order: bool
    validity: int | None
    stands_in: int | None = None


@dataclass
class Sitting:
    """One session of a run: its course and component, how many fit in, and when it is held."""

    run: int
    course: int
    component: int
    capacity: int
    held_on: date


@dataclass
class Place:
    """A booking: whose, for which sessions, and its state."""

    person: int
    sessions: Sequence[int]
    state: str


@dataclass(frozen=True)
class Asked:
    """What a target asks, of whom: a population's posts, the cohort, or everybody who was trained."""

    kind: str
    courses: dict[str, frozenset[int]]  # by cause; "" where one course is asked of everybody
    deadline: date | None
    absence: Fraction
    percent: Fraction | None = None
    count: int | None = None
    kinds: frozenset[str] = frozenset()
    role: str = ""
    service: str = ""
    usual: int = 16

    def all_courses(self) -> set[int]:
        return {course for courses in self.courses.values() for course in courses}

    def needs(self, cause: str) -> frozenset[int]:
        return self.courses.get("", self.courses.get(cause, frozenset()))


@dataclass
class Counts:
    """How many are complete, are booked to be by the last day, and are booked to be at all."""

    complete: int = 0
    booked: int = 0
    ever: int = 0
    lacking: dict[int, frozenset[int]] = field(default_factory=dict)


# --- Arithmetic -----------------------------------------------------------------------------------------


def forecast(asked: Asked, needed: int, people: int | None, counts: Counts, free: int) -> dict[str, Any]:
    """The table of 4.11."""
    come, complete, booked = 1 - asked.absence, counts.complete, counts.booked
    others = free if people is None else people - complete - booked
    likely = complete + floor(booked * come)
    ceiling = complete + floor((booked + min(free, others)) * come)
    to_book = ceil(max(0, needed - likely) / come)
    is_rounding_alone = ceiling >= needed  # every place filled is enough, whatever is to book rounded up
    shortfall = 0 if is_rounding_alone else max(0, to_book - free)
    return {
        "complete": complete,
        "booked": booked,
        "free": free,
        "likely": likely,
        "best": complete + booked,
        "ceiling": ceiling,
        "to_book": to_book,
        "is_impossible": people is not None and to_book > others and not is_rounding_alone,
        "place_shortfall": shortfall,
        "extra_runs": ceil(Fraction(shortfall, asked.usual)),
    }


def share(asked: Asked) -> Fraction:
    assert asked.percent is not None
    return asked.percent / 100


def shown(done: int, people: int | None, percent: Fraction | None) -> str:
    """4.5: whole per cent, halves up; one decimal, cut off, where that would mislead."""
    if people is None:
        return str(done)
    if people == 0:
        return "no one in scope"
    exact = Fraction(100 * done, people)
    whole = floor(exact + Fraction(1, 2))
    is_short = percent is not None and whole >= percent > exact
    if is_short or (whole >= 100 and done < people) or (whole == 0 and done):
        tenths = floor(exact * 10)
        return f"{tenths // 10}.{tenths % 10}%"
    return f"{whole}%"


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    found = date(year, month + 1, 1)
    while found.day < day.day and (found + DAY).month == month + 1:
        found += DAY
    return found


def together(times: Sequence[Listed]) -> list[Listed]:
    """Times on one list that meet are one: from the first joining to the last leaving."""
    found: list[Listed] = []
    for one in times:
        if found and (found[-1].left is None or one.joined <= found[-1].left):
            left = None if None in (found[-1].left, one.left) else max(found[-1].left, one.left)  # type: ignore[type-var]
            found[-1] = Listed(found[-1].joined, left, found[-1].cause)
        else:
            found.append(one)
    return found
