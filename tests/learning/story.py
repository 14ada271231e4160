"""A random story of two courses and four people: everything that completion reads, with when it was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from app.core import clock
from app.core.db import db, record, supersede
from app.core.permissions import Role
from app.learning.models import MarkStatus
from app.merging import rules as merging
from app.people.models import Person
from app.programmes.models import ComponentMapping, Course, CourseSettings, CourseVersion, Equivalence
from app.programmes.queries import settings_of
from app.sessions.models import Run
from tests import factories
from tests.attendance.marking import mark, past

FIRST = date(2021, 1, 4)
DAYS = 240
RUNS = 3
STATUSES = (*[MarkStatus.ATTENDED] * 5, MarkStatus.ABSENT_APOLOGIES, MarkStatus.NOT_RECORDED)
VERBS = [*["mark"] * 24, "past", "terms", "map", "map", "equivalence", "merge", "take back"]


@dataclass(frozen=True)
class Event:
    """What was said at an instant: the verb, and the ids that it is about."""

    at: datetime
    verb: str
    about: tuple[Any, ...]


class Story:
    """Courses, versions and runs, and 40 things that were said about them, a minute after each other."""

    minutes = 40

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.courses: list[Course] = []
        self.versions: list[CourseVersion] = []
        self.windows: dict[int, int | None] = {}
        self.runs: list[Run] = []
        for sizes in ((2, 3), (3, 2)):
            self._add_course(sizes)
        self.people = [factories.staff() for _ in range(4)]
        self.merged: list[Person] = []
        self.facts: list[Any] = []
        self.events: list[Event] = []
        self.begun_at = clock.start_of_day(FIRST + timedelta(days=DAYS + 30))
        for minute in range(self.minutes):
            self._say(chance.choice(VERBS), self.begun_at + timedelta(minutes=minute))

    def _add_course(self, sizes: tuple[int, int]) -> None:
        window = self.chance.choice([None, 1, 3, 6])
        course = factories.course(components=sizes[0], catch_up_months=window)
        for number, size in enumerate(sizes, start=1):
            if number > 1:
                factories.version(course, components=size, number=number)
            self.versions.append(course.latest_version)
            self.runs += [factories.run(course, days=[self._day() for _ in range(size)]) for _ in range(RUNS)]
        self.courses.append(course)
        self.windows[course.id] = window

    def _day(self) -> date:
        return FIRST + timedelta(days=self.chance.randint(0, DAYS))

    def _say(self, verb: str, at: datetime) -> None:
        about = getattr(self, f"_{verb.replace(' ', '_')}")(at)
        db.session.flush()
        if about is not None:
            self.events.append(Event(at, verb, about))

    # --- What is said ----------------------------------------------------------------------------------

    def _mark(self, at: datetime) -> tuple[Any, ...]:
        run, person = self.chance.choice(self.runs), self.chance.choice([*self.people, self.people[0]])
        session, status = self.chance.choice(run.sessions), self.chance.choice(STATUSES)
        mark(run, session.component_number, person, status=status, at=at)
        is_there = None if status is MarkStatus.NOT_RECORDED else status is MarkStatus.ATTENDED
        source = (run.version_id, session.component_number)
        return person.id, session.id, source, session.held_on, is_there

    def _past(self, at: datetime) -> tuple[Any, ...] | None:
        person, version, on = self.chance.choice(self.people), self.chance.choice(self.versions), self._day()
        if any(one.verb == "past" and one.about[2] == on for one in self.events):
            return None
        past(person, version, on, at=at)
        return person.id, version.course_id, on

    def _terms(self, at: datetime) -> tuple[Any, ...]:
        course = self.chance.choice(self.courses)
        is_in_order, validity = self.chance.choice([True, True, False]), self.chance.choice([None, 1, 2, 4])
        new = CourseSettings(
            course_id=course.id,
            catch_up_months=self.windows[course.id],
            is_in_order=is_in_order,
            validity_months=validity,
        )
        record(new, by="Tests", now=supersede(settings_of(course.id), by="Tests", now=at))
        return course.id, is_in_order, validity

    def _map(self, at: datetime) -> tuple[Any, ...] | None:
        versions = self.chance.choice(self.courses).versions
        old, new = (
            self.chance.choice(version.components) for version in self.chance.sample(list(versions), 2)
        )
        about = ((old.version_id, old.number), (new.version_id, new.number))
        return self._decide(
            "map", about, ComponentMapping(from_component_id=old.id, to_component_id=new.id), at
        )

    def _equivalence(self, at: datetime) -> tuple[Any, ...] | None:
        course, other = self.chance.sample(self.courses, 2)
        row = Equivalence(course_id=course.id, satisfied_by_id=other.id)
        return self._decide("equivalence", (course.id, other.id), row, at)

    def _decide(self, verb: str, about: tuple[Any, ...], row: Any, at: datetime) -> tuple[Any, ...] | None:
        if any((verb, about) == (one[0], one[1]) for one in self.facts):
            return None
        self.facts.append((verb, about, record(row, by="Tests", now=at)))
        return about

    def _take_back(self, at: datetime) -> tuple[Any, ...] | None:
        if not self.facts:
            return None
        verb, about, row = self.facts.pop(self.chance.randrange(len(self.facts)))
        supersede(row, by="Tests", now=at)
        return verb, about

    def _merge(self, at: datetime) -> tuple[Any, ...] | None:
        if len(self.people) < 3:
            return None
        survivor, merged = self.people[0], self.people.pop()
        merging.merge(survivor=survivor, merged=merged, by=factories.actor(Role.ACADEMY_MANAGER), now=at)
        self.merged.append(merged)
        return survivor.id, merged.id
