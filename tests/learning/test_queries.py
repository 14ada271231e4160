"""Completion: computed from marks (4.3), as at a date and as known at an instant (4.4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.db import db, supersede
from app.learning import queries
from app.learning.models import DatePrecision, MarkStatus
from app.people.models import Person
from app.programmes.models import Course
from tests import factories
from tests.attendance.marking import evening, mark, past
from tests.statements import statements

FOR_EVER = date(2099, 12, 31)


def completed(
    courses: Course | Collection[Course], as_at: date = FOR_EVER, **options: Any
) -> dict[tuple[int, int], date]:
    """Person and course -> date of completion."""
    courses = [courses] if isinstance(courses, Course) else courses
    statement = queries.completions([one.id for one in courses], as_at=as_at, **options)
    return {(person, course): on for person, course, on in db.session.execute(statement)}


def completed_on(course: Course, person: Person, as_at: date = FOR_EVER, **options: Any) -> date | None:
    return completed(course, as_at, **options).get((person.id, course.id))


# --- 4.3 -----------------------------------------------------------------------------------------------


def test_43_completion_is_the_date_of_the_session_that_closed_the_set() -> None:
    course = factories.course(components=2)
    run = factories.run(course, days=[date(2022, 3, 15), date(2022, 3, 16)])
    person, half = factories.staff(), factories.staff()
    mark(run, 1, person, half, at=evening(date(2022, 4, 6)))
    mark(run, 2, person, at=evening(date(2022, 4, 7)))
    assert completed(course) == {(person.id, course.id): date(2022, 3, 16)}
    assert completed_on(course, person, date(2022, 3, 16)) == date(2022, 3, 16)
    assert completed_on(course, person, date(2022, 3, 15)) is None


def test_u03_a_missed_day_is_caught_up_in_another_run() -> None:
    course = factories.course(components=5)
    mondays = [date(2022, 1, 31), date(2022, 2, 7), date(2022, 2, 21), date(2022, 2, 28), date(2022, 3, 7)]
    first = factories.run(course, code="SOS5-03", days=mondays)
    other = factories.run(
        course, code="SOS5-04", days=[date(2022, 3, day) for day in (7, 14, 21, 28)] + [date(2022, 4, 4)]
    )
    late = factories.run(course, days=[date(2022, 4, 4) + timedelta(weeks=week) for week in range(-2, 3)])
    in_time, too_late, never = factories.staff(), factories.staff(), factories.staff()
    for component in (1, 2, 4, 5):
        mark(first, component, in_time, too_late, never)
    mark(first, 3, in_time, too_late, never, status=MarkStatus.ABSENT_NO_NOTICE)
    mark(other, 3, in_time)
    mark(late, 3, too_late)
    deadline = date(2022, 3, 31)
    assert completed(course, deadline) == {(in_time.id, course.id): date(2022, 3, 21)}
    assert completed_on(course, too_late) == date(2022, 4, 4)
    assert completed_on(course, never) is None


def test_43_order_is_free_and_repeats_add_nothing() -> None:
    course = factories.course(components=2)
    first = factories.run(course, days=[date(2022, 3, 15), date(2022, 3, 8)])
    again = factories.run(course, days=[date(2022, 5, 10), date(2022, 5, 11)])
    person = factories.staff()
    for run in (first, again):
        mark(run, 1, person)
        mark(run, 2, person)
    assert completed_on(course, person) == date(2022, 3, 15)


@pytest.mark.parametrize(
    ("day_1", "day_2", "months", "expected"),
    [
        (date(2021, 3, 15), date(2022, 3, 15), 12, date(2022, 3, 15)),
        (date(2021, 3, 14), date(2022, 3, 15), 12, None),
        (date(2022, 3, 15), date(2021, 3, 15), 12, date(2022, 3, 15)),
        (date(2022, 3, 15), date(2021, 3, 14), 12, None),
        (date(2022, 2, 28), date(2022, 5, 31), 3, date(2022, 5, 31)),
        (date(2022, 2, 27), date(2022, 5, 31), 3, None),
        (date(2015, 3, 15), date(2022, 3, 15), None, date(2022, 3, 15)),
    ],
)
def test_43_the_first_and_last_component_lie_within_the_catch_up_window(
    day_1: date, day_2: date, months: int | None, expected: date | None
) -> None:
    course = factories.course(components=2, catch_up_months=months)
    person = factories.staff(first_day=date(2014, 1, 1))
    run = factories.run(course, days=[day_1, day_2])
    mark(run, 1, person)
    mark(run, 2, person)
    assert completed_on(course, person) == expected


def test_43_a_day_done_again_counts_by_its_latest_date_not_its_first() -> None:
    """With MIN of each component the first day 1, two years too early, would hide the second for ever."""
    course = factories.course(components=2, catch_up_months=12)
    long_ago = factories.run(course, days=[date(2020, 1, 14), date(2019, 1, 15)])
    again = factories.run(course, days=[date(2022, 1, 11), date(2022, 3, 15)])
    person = factories.staff()
    mark(long_ago, 1, person)
    mark(again, 1, person)
    mark(again, 2, person)
    assert completed_on(course, person) == date(2022, 3, 15)


def test_43_what_was_complete_stays_complete_when_a_day_is_repeated_years_later() -> None:
    course = factories.course(components=2, catch_up_months=12)
    first = factories.run(course, days=[date(2020, 1, 14), date(2020, 1, 21)])
    again = factories.run(course, days=[date(2023, 1, 10), date(2023, 1, 17)])
    person = factories.staff()
    mark(first, 1, person)
    mark(first, 2, person)
    mark(again, 1, person)
    assert completed_on(course, person) == date(2020, 1, 21)


@pytest.mark.parametrize("status", list(MarkStatus))
def test_41_only_attendance_counts(status: MarkStatus) -> None:
    course = factories.course(components=1)
    run, person = factories.run(course, days=[date(2022, 3, 15)]), factories.staff()
    mark(run, 1, person, status=status, minutes=336 if status is MarkStatus.PARTIAL else None)
    counts = status in {MarkStatus.ATTENDED, MarkStatus.ATTENDED_LATE, MarkStatus.PARTIAL}
    assert (completed_on(course, person) is not None) is counts


def test_u22_a_new_version_is_not_completed_by_days_of_the_old_one() -> None:
    course = factories.course(components=5)
    old = factories.run(course, days=[date(2022, 1, day) for day in (3, 10, 17, 24, 31)])
    person, whole = factories.staff(), factories.staff()
    for component in (1, 2, 3, 4):
        mark(old, component, person, whole)
    mark(old, 5, whole)
    factories.version(course, components=4, number=2)
    assert completed(course) == {(whole.id, course.id): date(2022, 1, 31)}
    new = factories.run(course, days=[date(2022, 5, day) for day in (2, 9, 16, 23)])
    for component in (1, 2, 3, 4):
        mark(new, component, person)
    assert completed_on(course, person) == date(2022, 5, 23)


# --- Completions from before the registers -------------------------------------------------------------


def test_am13_a_past_completion_counts_for_coverage_and_not_for_people_trained() -> None:
    course = factories.course(components=1)
    run = factories.run(course, days=[date(2022, 3, 15)])
    before, both, after = factories.staff(), factories.staff(), factories.staff()
    past(before, course.latest_version, date(2021, 8, 31), precision=DatePrecision.ON_OR_BEFORE)
    past(both, course.latest_version, date(2021, 5, 1))
    past(both, course.latest_version, date(2021, 6, 1))
    past(after, course.latest_version, date(2022, 9, 1))
    mark(run, 1, both, after)
    assert completed(course) == {
        (before.id, course.id): date(2021, 8, 31),
        (both.id, course.id): date(2021, 5, 1),
        (after.id, course.id): date(2022, 3, 15),
    }
    assert completed(course, date(2021, 8, 30)) == {(both.id, course.id): date(2021, 5, 1)}
    assert completed(course, marks_only=True) == {
        (both.id, course.id): date(2022, 3, 15),
        (after.id, course.id): date(2022, 3, 15),
    }


def test_nobody_is_trained_by_marks_in_a_course_that_has_nothing_to_mark() -> None:
    course = factories.course(components=0)
    person = factories.staff()
    past(person, course.latest_version, date(2020, 5, 1))
    assert completed(course, marks_only=True) == {}
    assert completed(course) == {(person.id, course.id): date(2020, 5, 1)}


def test_a_past_completion_of_any_version_counts_for_the_course() -> None:
    course = factories.course(components=2)
    person = factories.staff()
    past(person, course.latest_version, date(2020, 5, 1))
    factories.version(course, components=3, number=2)
    assert completed_on(course, person) == date(2020, 5, 1)


# --- 4.4 -----------------------------------------------------------------------------------------------


def test_u10_a_register_marked_late_does_not_rewrite_what_was_known() -> None:
    course = factories.course(components=1)
    run = factories.run(course, days=[date(2022, 3, 29)])
    on_time, late = [factories.staff() for _ in range(5)], [factories.staff() for _ in range(4)]
    mark(run, 1, *on_time)
    mark(run, 1, *late, at=evening(date(2022, 4, 6)))
    as_at = date(2022, 3, 31)
    assert len(completed(course, as_at, known_at=clock.end_of_day(date(2022, 4, 1)))) == 5
    assert len(completed(course, as_at)) == 9
    assert len(completed(course, as_at, known_at=evening(date(2022, 4, 6)))) == 9
    assert len(completed(course, as_at, known_at=evening(date(2022, 4, 6)) - timedelta(seconds=1))) == 5
    assert len(completed(course, date(2022, 3, 28))) == 0


def test_44_a_correction_is_known_from_when_it_was_made() -> None:
    course = factories.course(components=1)
    run, person = factories.run(course, days=[date(2022, 3, 15)]), factories.staff()
    mark(run, 1, person)
    corrected = evening(date(2022, 3, 20))
    mark(run, 1, person, status=MarkStatus.ABSENT_APOLOGIES, at=corrected)
    row = past(person, course.latest_version, date(2022, 3, 1), at=corrected + timedelta(days=1))
    supersede(row, by="Tests", now=corrected + timedelta(days=2))
    known = {
        "before the register": evening(date(2022, 3, 15)) - timedelta(minutes=1),
        "after the register": evening(date(2022, 3, 15)),
        "before the correction": corrected - timedelta(microseconds=1),
        "after the correction": corrected,
        "with the past completion": corrected + timedelta(days=1),
        "without it again": corrected + timedelta(days=2),
    }
    assert {what: completed_on(course, person, known_at=at) for what, at in known.items()} == {
        "before the register": None,
        "after the register": date(2022, 3, 15),
        "before the correction": date(2022, 3, 15),
        "after the correction": None,
        "with the past completion": date(2022, 3, 1),
        "without it again": None,
    }
    assert completed_on(course, person) is None


# --- Many at once --------------------------------------------------------------------------------------


def test_courses_of_every_length_are_asked_at_once() -> None:
    courses = [factories.course(components=size) for size in (1, 2, 5)]
    person = factories.staff()
    expected = {}
    for course in courses:
        size = len(course.latest_version.components)
        run = factories.run(course, days=[date(2022, 1, 3) + timedelta(weeks=week) for week in range(size)])
        for component in range(1, size + 1):
            mark(run, component, person)
        expected[(person.id, course.id)] = run.sessions[-1].held_on
    assert completed(courses) == expected
    assert completed(courses, person_id=person.id) == expected
    assert completed(courses, person_id=factories.staff().id) == {}
    assert completed([]) == {}


def test_statements_do_not_grow_with_courses_or_people() -> None:
    courses = [factories.course(components=size) for size in (2, 1, 2, 5)]
    ids = [course.id for course in courses]

    def cost(course_ids: list[int]) -> int:
        with statements() as asked:
            db.session.execute(queries.completions(course_ids, as_at=FOR_EVER)).all()
        return len(asked)

    least = cost(ids[:1])
    for course in courses:
        size = len(course.latest_version.components)
        run = factories.run(course, days=[date(2022, 1, 3) + timedelta(weeks=week) for week in range(size)])
        for component in range(1, size + 1):
            mark(run, component, *[factories.staff() for _ in range(3)])
    db.session.flush()
    assert cost(ids) == least == 2
