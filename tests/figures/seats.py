"""Who could be served by free places and single days, by trying every way to give them away. Slow. (4.11)"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from functools import cache
from itertools import combinations, product
from typing import TYPE_CHECKING

from tests.figures.plain import Asked, Counts

if TYPE_CHECKING:
    from tests.figures.paper import Paper

Wanted = tuple[int, ...]  # courses of which a place is taken, as negative numbers, and sessions
Left = frozenset[tuple[int, int]]


def usable(paper: Paper, asked: Asked, counts: Counts, last: date) -> int:
    """Free places and whoever single days complete; or the most of those who lack several courses who could
    have all they lack, by either."""
    if asked.kind == "people_trained":
        return sum(paper.free(course, last) for course in asked.all_courses())
    places = _places(paper, asked.all_courses(), last)
    seats = {course: spare(paper, course, last) for course in places}
    all_seats = {session: left for of_course in seats.values() for session, left in of_course.items()}

    def ways(person: int, course: int, *, whole: bool) -> Iterator[Wanted]:
        if whole:
            yield (-course,)
        for size in range(1, paper.lessons[course].components):
            for chosen in combinations(seats[course], size):
                numbers = {paper.sittings[one].component for one in chosen}
                days = paper.closings(
                    person, course, [*paper.outstanding(person), *paper.planned(person), *chosen]
                )
                if len(numbers) == size and any(paper.on < day <= last for day in days):
                    yield chosen

    several = len(places) > 1
    people = [
        [sum(parts, ()) for parts in product(*(list(ways(person, one, whole=several)) for one in courses))]
        for person, courses in counts.lacking.items()
    ]
    if several:
        return _most(people, {-course: left for course, left in places.items()} | all_seats)
    return sum(places.values()) + _most(people, all_seats)


def _places(paper: Paper, courses: Collection[int], last: date) -> dict[int, int]:
    """The free places of each course, with those of one that stands in for it and is not asked for itself."""
    found = {course: paper.free(course, last) for course in courses}
    for course in courses:
        other = paper.lessons[course].stands_in
        if other is not None and other not in courses:
            found[course] += paper.free(other, last)
    return found


def spare(paper: Paper, course: int, last: date) -> dict[int, int]:
    """The seats to come by the last day that no place on a whole run needs."""
    found = {}
    for run in paper.runs:
        sessions = [
            number for number, one in paper.sittings.items() if (one.run, one.course) == (run, course)
        ]
        left = {one: paper.sittings[one].capacity - paper.taken(one) for one in sessions}
        days = [paper.sittings[one].held_on for one in sessions]
        is_whole = bool(days) and paper.on < min(days) and max(days) <= last
        needed = min(left.values()) if is_whole else 0
        for one, seats in left.items():
            if paper.on < paper.sittings[one].held_on <= last and seats > needed:
                found[one] = seats - needed
    return found


def _most(people: list[list[Wanted]], left: dict[int, int]) -> int:
    """The most people who can have one of their ways each."""

    @cache
    def most(number: int, free: Left) -> int:
        if number == len(people):
            return 0
        best = most(number + 1, free)
        for wanted in people[number]:
            now = dict(free)
            if all(now.get(one, 0) > 0 for one in wanted):
                for one in wanted:
                    now[one] -= 1
                best = max(best, 1 + most(number + 1, frozenset(now.items())))
        return best

    return most(0, frozenset(left.items()))
