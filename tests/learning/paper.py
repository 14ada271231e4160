"""Completion read word for word from its definition: every choice of marks is tried. Slow, and plain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

from app.attendance.rules import opens_on
from tests.learning.story import Event, Story

Dates = tuple[date, date]


class Paper:
    """What had been said by an instant, and what follows from it as at the end of a day."""

    def __init__(self, story: Story, on: date, at: datetime | None) -> None:
        self.story, self.on = story, on
        self.marks: dict[tuple[int, int], tuple[Any, date, bool]] = {}
        self.past: set[tuple[int, int, date]] = set()
        self.decided: set[tuple[str, Any]] = set()
        self.terms = {course.id: (False, None) for course in story.courses}
        for event in story.events:
            if at is None or event.at <= at:
                self._hear(event)

    def _hear(self, event: Event) -> None:
        about = event.about
        match event.verb:
            case "mark":
                self._hear_mark(*about)
            case "past":
                self.past.add(about)
            case "terms":
                self.terms[about[0]] = about[1:]
            case "map" | "equivalence":
                self.decided.add((event.verb, about))
            case "take back":
                self.decided.discard(about)
            case "merge":
                self._merge(*about)

    def _hear_mark(
        self, person: int, session: int, source: Any, held_on: date, is_there: bool | None
    ) -> None:
        self.marks.pop((person, session), None)
        if is_there is not None:
            self.marks[person, session] = (source, held_on, is_there)

    def _merge(self, survivor: int, merged: int) -> None:
        for (person, session), mark in list(self.marks.items()):
            if person == merged:
                del self.marks[person, session]
                own = self.marks.get((survivor, session))
                self.marks[survivor, session] = mark if own is None or not own[2] else own
        self.past = {(survivor if person == merged else person, *rest) for person, *rest in self.past}

    # --- What follows ----------------------------------------------------------------------------------

    def by_marks(self) -> dict[tuple[int, int], Dates]:
        """Who completed each course by marks: person and course -> the first and the last date of all."""
        found: dict[tuple[int, int], list[date]] = defaultdict(list)
        for person in {person for person, _ in self.marks}:
            for version in self.story.versions:
                for day in self._sets(person, version):
                    found[person, version.course_id].append(day)
        return {key: (min(days), max(days)) for key, days in found.items()}

    def completions(self) -> dict[tuple[int, int], Dates]:
        """The same with past completions, and one step further to courses that another stands in for."""
        own = {key: list(dates) for key, dates in self.by_marks().items()}
        for person, course, day in self.past:
            if day <= self.on:
                own.setdefault((person, course), []).append(day)
        every = {key: list(days) for key, days in own.items()}
        for verb, about in self.decided:
            if verb == "equivalence":
                course, other = about
                for (person, completed), days in own.items():
                    if completed == other:
                        every.setdefault((person, course), []).extend(days)
        return {key: (min(days), max(days)) for key, days in every.items()}

    def _sets(self, person: int, version: Any) -> Iterator[date]:
        """The day on which each set of one mark for each component closed that is as the course wants it."""
        is_in_order, _ = self.terms[version.course_id]
        for choice in product(*self._days(person, version)):
            earliest = opens_on(max(choice), self.story.windows[version.course_id]) or date.min
            if min(choice) >= earliest and (not is_in_order or list(choice) == sorted(choice)):
                yield max(choice)

    def _days(self, person: int, version: Any) -> list[list[date]]:
        days: list[list[date]] = []
        for component in version.components:
            own = (version.id, component.number)
            sources = {own} | {old for verb, (old, new) in self._mappings() if new == own}
            days.append(
                [
                    held_on
                    for (of, _), (source, held_on, is_there) in self.marks.items()
                    if of == person and source in sources and held_on <= self.on and is_there
                ]
            )
        return days

    def _mappings(self) -> list[tuple[str, Any]]:
        return [one for one in self.decided if one[0] == "map"]

    def has_validity(self, course: int) -> bool:
        return self.terms[course][1] is not None

    def is_current(self, course: int, last_on: date) -> bool:
        """Whether so many months after the last day are not over yet, a day at a time."""
        _, months = self.terms[course]
        if months is None:
            return True
        year, month = divmod(last_on.year * 12 + last_on.month - 1 + months, 12)
        until = date(year, month + 1, 1)
        while until.day < last_on.day and (until + timedelta(days=1)).month == month + 1:
            until += timedelta(days=1)
        return self.on <= until
