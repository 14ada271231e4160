"""Random marks, late recordings and corrections against 4.3 and 4.4, word for word and slowly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.attendance.rules import opens_on
from app.core.db import db
from app.learning import queries
from app.learning.models import MarkStatus
from tests import factories
from tests.attendance.marking import evening, mark

FIRST = date(2021, 1, 4)
SIZES = (2, 3)
RUNS = 4
STATUSES = (*[MarkStatus.ATTENDED] * 4, MarkStatus.ABSENT_APOLOGIES, MarkStatus.NOT_RECORDED)


@dataclass(frozen=True)
class Said:
    """What was once said of one person at one session."""

    at: datetime
    session: tuple[int, int, int]  # course, run, component
    held_on: date
    person: int
    counts: bool


def known(said: list[Said], at: datetime | None) -> list[Said]:
    """The last word on each person and session by `at`, if it is that they attended."""
    last: dict[tuple[Any, int], Said] = {}
    for one in said:
        if at is None or one.at <= at:
            last[(one.session, one.person)] = one
    return [one for one in last.values() if one.counts]


def completions(said: list[Said], windows: list[int | None], as_at: date) -> dict[tuple[int, int], date]:
    """Try every choice of one mark for each component, and keep the earliest that lies in the window."""
    found: dict[tuple[int, int], date] = {}
    for person, course in product({one.person for one in said}, range(len(SIZES))):
        marks: dict[int, list[date]] = {component: [] for component in range(1, SIZES[course] + 1)}
        for one in said:
            if one.person == person and one.session[0] == course and one.held_on <= as_at:
                marks[one.session[2]].append(one.held_on)
        for choice in product(*marks.values()):
            earliest_allowed = opens_on(max(choice), windows[course]) or date.min
            if min(choice) >= earliest_allowed:
                found[(person, course)] = min(found.get((person, course), date.max), max(choice))
    return found


def _marks(chance: Random) -> list[tuple[int, int, int, int, MarkStatus, int]]:
    """Course, run, component, person, what is said, and after how many days it is recorded."""
    courses = [chance.randrange(len(SIZES)) for _ in range(chance.randint(8, 30))]
    return [
        (
            course,
            chance.randrange(RUNS),
            chance.randint(1, SIZES[course]),
            chance.choice([0, 0, 0, 1]),
            chance.choice(STATUSES),
            chance.randint(0, 60),
        )
        for course in courses
    ]


# Evenly spread chance: what hypothesis likes to try (equal dates, small numbers) seldom repeats a day of a
# course at a distance at which its first and its latest date make a difference.
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=True))
def test_43_44_completion_agrees_with_its_definition(database: None, chance: Random) -> None:
    """The same people have completed the same courses on the same dates, whatever is asked and when."""
    marks, delay = _marks(chance), chance.randint(-30, 60)
    windows = [chance.choice([None, 1, 3, 6]) for _ in SIZES]
    try:
        courses = [
            factories.course(components=size, catch_up_months=window)
            for size, window in zip(SIZES, windows, strict=True)
        ]
        runs = [
            [factories.run(course, days=[_day(chance) for _ in range(size)]) for _ in range(RUNS)]
            for course, size in zip(courses, SIZES, strict=True)
        ]
        people = [factories.staff() for _ in range(2)]
        said = _say(marks, runs, people)
        ids = [course.id for course in courses]
        for on in (FIRST + timedelta(days=days) for days in (120, 180, 240, 300)):
            for at in (None, evening(on + timedelta(days=delay))):
                expected = completions(known(said, at), windows, on)
                found = db.session.execute(queries.completions(ids, as_at=on, known_at=at))
                assert {(person, course): day for person, course, day in found} == {
                    (people[person].id, ids[course]): day for (person, course), day in expected.items()
                }
    finally:
        db.session.rollback()


def _day(chance: Random) -> date:
    return FIRST + timedelta(days=chance.randint(0, 300))


def _say(marks: list[Any], runs: list[list[Any]], people: list[Any]) -> list[Said]:
    """Record the marks in the order of time, each a minute after the other, and keep what was said."""
    said = []
    for course, run, component, person, status, days in marks:
        held_on = runs[course][run].sessions[component - 1].held_on
        at = evening(held_on + timedelta(days=days))
        said.append((at, (course, run, component), held_on, person, status))
    kept = []
    for order, (at, session, held_on, person, status) in enumerate(sorted(said, key=lambda one: one[0])):
        moment = at + timedelta(minutes=order)
        course, run, component = session
        mark(runs[course][run], component, people[person], status=status, at=moment)
        kept.append(Said(moment, session, held_on, person, status is MarkStatus.ATTENDED))
    return sorted(kept, key=lambda one: one.at)
