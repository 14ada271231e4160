"""How many people could complete by single seats, each seat given once: no database, plain matching (4.11).

Somebody who lacks one day is given a seat as long as anybody can be: others move to another session that
serves them as well. Somebody who lacks several days gets the earliest that are left after that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from app.figures.queries.plans import Takers
from app.figures.queries.prospects import Day, FreeRun
from app.learning.queries import CourseShape

Days = tuple[Day, ...]
NEVER = 99  # so many days lacks who can't catch up, for the order in which people are served


@dataclass(frozen=True)
class Term:
    """From the day after `as_at` to `last` a forecast looks."""

    as_at: date
    last: date

    def has(self, day: date) -> bool:
        return self.as_at < day <= self.last


def whole_places(runs: Iterable[FreeRun], term: Term, takers: Takers) -> int:
    """The places on runs that begin after the day and end by the last."""
    return sum(run.places(takers) for run in runs if run.last_on <= term.last)


def single_seats(runs: Iterable[FreeRun], term: Term, takers: Takers) -> Counter[Day]:
    """The seats, by what they are of, that none of those places needs.

    Of a run to come with 5 seats left on day 1 and 7 on day 2 there are 2, on day 2.
    """
    seats = Counter[Day]()
    for run in runs:
        needed = run.places(takers) if run.last_on <= term.last else 0
        for session in run.sessions:
            left = run.seats(session, takers) - needed
            if left > 0 and term.has(session.day.held_on):
                seats[session.day] += left
    return seats


# --- What completes somebody -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Lacks:
    """What would complete people who have the same days, by the seats that there are.

    `single` are seats of which any one does; without one, `fewest` are the seats that are needed at least.
    """

    single: tuple[Day, ...]
    fewest: int


class Ways:
    """How people complete a course within a term by seats beside the days that they have."""

    def __init__(self, shape: CourseShape, term: Term) -> None:
        self._shape = shape
        self._term = term

    def lacks(self, has: Days, seats: Iterable[Day]) -> Lacks:
        seats = sorted(seats, key=_by_day)
        single = self._single(has, seats)
        if single:
            return Lacks(single, 1)
        several = self.several(has, seats)
        return Lacks((), len(several) if several else NEVER)

    def several(self, has: Days, seats: Sequence[Day]) -> Days | None:
        """Two seats or more, as few as will do, beside at least one day that somebody has."""
        most = max((len(version.components) for version in self._shape.versions), default=0) - 1
        for size in range(2, most + 1):
            found = self._with(has, seats, size=size)
            if found:
                return found
        return None

    def _single(self, has: Days, seats: Sequence[Day]) -> Days:
        """The seats of which any one closes a set within the term."""
        found = set[Day]()
        for held, free, (number,) in self._tries(has, seats, size=1):
            for seat in free[number]:
                if self._chain([*held[:number], (seat,), *held[number + 1 :]]) is not None:
                    found.add(seat)
        return tuple(sorted(found, key=_by_day))

    def _with(self, has: Days, seats: Sequence[Day], *, size: int) -> Days | None:
        """So many of these seats with which a set is closed within the term, or None."""
        for held, free, chosen in self._tries(has, seats, size=size):
            chain = self._chain([free[n] if n in chosen else held[n] for n in range(len(held))])
            if chain is not None:
                return tuple(chain[number] for number in chosen)
        return None

    def _tries(
        self, has: Days, seats: Sequence[Day], *, size: int
    ) -> Iterator[tuple[list[Days], list[Days], tuple[int, ...]]]:
        """For each version what somebody has of each component, the seats of it, and of which to take one."""
        for version in self._shape.versions if has else ():
            held = [_of(sources, has) for sources in version.components]
            if sum(not days for days in held) > size:
                continue
            free = [_of(sources, seats) for sources in version.components]
            for chosen in self._components(held, free, size):
                yield held, free, chosen

    @staticmethod
    def _components(held: Sequence[Days], free: Sequence[Days], size: int) -> Iterator[tuple[int, ...]]:
        """Which components the seats may be of: all of which somebody has none, and not every one."""
        lacking = {number for number, days in enumerate(held) if not days}
        if size < len(held) and len(lacking) <= size:
            able = [number for number, seats in enumerate(free) if seats]
            yield from (chosen for chosen in combinations(able, size) if lacking <= set(chosen))

    def _chain(self, days: Sequence[Days]) -> list[Day] | None:
        """A day of each component that together close a set within the term, on the earliest day on which
        they can (4.3)."""
        closing = days[-1] if self._shape.is_in_order else (day for of in days for day in of)
        for last in sorted((day for day in closing if self._term.has(day.held_on)), key=_by_day):
            chain = self._up_to(days, last)
            if chain is not None:
                return chain
        return None

    def _up_to(self, days: Sequence[Days], last: Day) -> list[Day] | None:
        """The latest day of each component up to the last, if all are within its window and, where the course
        asks for it, none is before the one before it."""
        until, chain = last.held_on, []
        for of in reversed(days):
            open_ones = [
                day
                for day in of
                if day.held_on <= until and (last.opens_on is None or day.held_on >= last.opens_on)
            ]
            if not open_ones:
                return None
            chain.append(max(open_ones, key=lambda day: day.held_on))
            if self._shape.is_in_order:
                until = chain[-1].held_on
        return chain[::-1]


def _of(sources: Sequence[tuple[int, int]], days: Iterable[Day]) -> Days:
    return tuple(day for day in days if (day.version_id, day.component) in sources)


def _by_day(day: Day) -> tuple[date, int, int]:
    return day.held_on, day.version_id, day.component


# --- Who gets which --------------------------------------------------------------------------------------


@dataclass
class Supply:
    """The free places of one course, and who was given what: whole places, and single seats by day."""

    ways: Ways
    whole: int
    seats: Counter[Day]
    has: Mapping[int, Days]
    _given: dict[Day | None, list[int]] = field(default_factory=lambda: defaultdict(list))
    _lacks: dict[Days, Lacks] = field(default_factory=dict)
    _in_vain: set[Days] = field(default_factory=set)

    def lacks(self, person: int) -> Lacks:
        has = self.has.get(person, ())
        if has not in self._lacks:
            self._lacks[has] = self.ways.lacks(has, self.seats)
        return self._lacks[has]

    def serve(self, person: int) -> bool:
        """Give somebody what completes them, if there is any: a seat, several of them, or a whole place."""
        has = self.has.get(person, ())
        if has in self._in_vain:
            return False
        is_served = self._give_several(person, has) or self._find(person, set())
        if not is_served:
            self._in_vain.add(has)  # nobody who has the same days finds more
        return is_served

    def take_back(self, person: int) -> None:
        for people in self._given.values():
            if person in people:
                people.remove(person)
        self._in_vain.clear()

    def _left(self, of: Day | None) -> int:
        return (self.whole if of is None else self.seats[of]) - len(self._given[of])

    def _find(self, person: int, asked: set[Day | None]) -> bool:
        """One seat or a whole place for somebody, for which others may have to move."""
        for one in (*self.lacks(person).single, None):
            if one in asked:
                continue
            asked.add(one)
            if self._left(one) > 0:
                self._given[one].append(person)
                return True
            for other in list(self._given[one]):
                if self.lacks(other).fewest == 1 and self._find(other, asked):
                    self._given[one].remove(other)
                    self._given[one].append(person)
                    return True
        return False

    def _give_several(self, person: int, has: Days) -> bool:
        if not 1 < self.lacks(person).fewest < NEVER:
            return False
        left = sorted((seat for seat in self.seats if self._left(seat) > 0), key=_by_day)
        days = self.ways.several(has, left)
        for day in days or ():
            self._given[day].append(person)
        return bool(days)


def served(lacked: Mapping[int, frozenset[int]], supplies: Mapping[int, Supply]) -> int:
    """How many people find what completes every course that they lack, those who lack least first."""

    def order(item: tuple[int, frozenset[int]]) -> tuple[int, int, list[int], int]:
        person, courses = item
        days = sum(supplies[course].lacks(person).fewest for course in courses)
        return len(courses), days, sorted(courses), person

    return sum(_is_served(person, courses, supplies) for person, courses in sorted(lacked.items(), key=order))


def _is_served(person: int, courses: Collection[int], supplies: Mapping[int, Supply]) -> bool:
    done: list[Supply] = []
    for course in sorted(courses):
        if not supplies[course].serve(person):
            for one in done:
                one.take_back(person)
            return False
        done.append(supplies[course])
    return True
