"""Random marks, late recordings and corrections against 4.3 and 4.4, word for word and slowly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.attendance import queries
from app.attendance.models import MarkStatus
from app.attendance.rules import opens_on
from app.core.db import db
from tests import factories
from tests.attendance.marking import evening, mark

FIRST = date(2021, 1, 4)
SIZES = (1, 3)
STATUSES = (MarkStatus.ATTENDED, MarkStatus.ABSENT_APOLOGIES, MarkStatus.NOT_RECORDED)


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


marks = st.lists(
    st.tuples(
        st.integers(0, len(SIZES) - 1),  # course
        st.integers(0, 2),  # run
        st.integers(1, max(SIZES)),  # component
        st.integers(0, 1),  # person
        st.sampled_from(STATUSES),
        st.integers(0, 60),  # days until it is recorded
    ),
    min_size=3,
    max_size=24,
)
windows = st.lists(st.sampled_from([None, 1, 3, 12]), min_size=len(SIZES), max_size=len(SIZES))
offsets = st.lists(st.integers(0, 500), min_size=12, max_size=12)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(marks=marks, windows=windows, offsets=offsets, as_at=st.integers(0, 520), delay=st.integers(-30, 90))
def test_43_44_completion_agrees_with_its_definition(
    database: None, marks: list[Any], windows: list[int | None], offsets: list[int], as_at: int, delay: int
) -> None:
    """The same people have completed the same courses on the same dates, whatever is asked and when."""
    try:
        courses = [
            factories.course(components=size, catch_up_months=window)
            for size, window in zip(SIZES, windows, strict=True)
        ]
        days = iter(FIRST + timedelta(days=offset) for offset in offsets)
        runs = [
            [factories.run(course, days=[next(days) for _ in range(size)]) for _ in range(3)]
            for course, size in zip(courses, SIZES, strict=True)
        ]
        people = [factories.staff() for _ in range(2)]
        said = _say(marks, runs, people)
        on = FIRST + timedelta(days=as_at)
        for at in (None, evening(on + timedelta(days=delay))):
            expected = completions(known(said, at), windows, on)
            statement = queries.completions([course.id for course in courses], as_at=on, known_at=at)
            assert {(person, course): day for person, course, day in db.session.execute(statement)} == {
                (people[person].id, courses[course].id): day for (person, course), day in expected.items()
            }
    finally:
        db.session.rollback()


def _say(marks: list[Any], runs: list[list[Any]], people: list[Any]) -> list[Said]:
    """Record the marks in the order of time, each a minute after the other, and keep what was said."""
    said = []
    for course, run, component, person, status, days in marks:
        component = min(component, SIZES[course])
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
