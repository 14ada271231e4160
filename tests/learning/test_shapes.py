"""What a course asks besides its components: order, validity, and courses that stand in for it. (4.3)"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.learning import queries
from app.learning.models import PastKind
from app.people.models import Person, Spell
from app.programmes import rules
from app.programmes.models import Course
from tests import factories
from tests.attendance.marking import mark, past

ACADEMY = factories.actor(Role.ACADEMY_MANAGER)
FOR_EVER = date(2099, 12, 31)


def completed_on(course: Course, person: Person, **options: Any) -> date | None:
    asked = {"as_at": FOR_EVER, "person_id": person.id, **options}
    return {row.person_id: row.completed_on for row in _rows(course, asked)}.get(person.id)


def _rows(course: Course, asked: dict[str, Any]) -> Any:
    return db.session.execute(queries.completions([course.id], **asked))


def settings(course: Course, **values: Any) -> None:
    rules.change_settings(course=course, by=ACADEMY, now=clock.now(), reason="Test", **values)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([date(2022, 1, 3), date(2022, 1, 10), date(2022, 1, 17)], date(2022, 1, 17)),
        ([date(2022, 1, 3), date(2022, 1, 3), date(2022, 1, 3)], date(2022, 1, 3)),
        ([date(2022, 1, 10), date(2022, 1, 3), date(2022, 1, 17)], None),
        ([date(2022, 1, 3), date(2022, 1, 17), date(2022, 1, 10)], None),
    ],
)
def test_43_in_order_no_day_is_before_the_one_before_it(days: list[date], expected: date | None) -> None:
    course, person = factories.course(components=3), factories.staff()
    run = factories.run(course, days=days)
    for component in (1, 2, 3):
        mark(run, component, person)
    assert completed_on(course, person) == max(days)
    settings(course, is_in_order=True)
    assert completed_on(course, person) == expected


def test_43_in_order_a_day_is_taken_again_and_the_window_judges_the_chain_that_starts_last() -> None:
    """Day 1 two years ago does not count with day 2 of now; day 1 of last month does."""
    course, person = factories.course(components=2, catch_up_months=3), factories.staff()
    settings(course, is_in_order=True)
    long_ago = factories.run(course, days=[date(2020, 1, 6), date(2019, 12, 2)])
    again = factories.run(course, days=[date(2022, 2, 7), date(2022, 3, 7)])
    mark(long_ago, 1, person)
    mark(long_ago, 2, person)
    mark(again, 2, person)
    assert completed_on(course, person) is None
    mark(again, 1, person)
    assert completed_on(course, person) == date(2022, 3, 7)


def test_43_three_marks_complete_a_course_unless_its_days_are_taken_in_order() -> None:
    """The example at the head of `closing`: neither first day lies within the window of the other."""
    course = factories.course(components=2, catch_up_months=12)
    person = factories.staff(first_day=date(2021, 1, 1))
    run = factories.run(course, days=[date(2022, 1, 10), date(2023, 3, 20)])
    mark(run, 1, person)
    mark(run, 2, person)
    assert completed_on(course, person) is None
    mark(factories.run(course, days=[date(2023, 4, 5), date(2023, 4, 12)]), 1, person)
    assert completed_on(course, person) == date(2023, 4, 5)
    settings(course, is_in_order=True)
    assert completed_on(course, person) is None


def test_4_4_order_is_asked_as_it_was_known() -> None:
    course, person = factories.course(components=2), factories.staff()
    run = factories.run(course, days=[date(2022, 1, 10), date(2022, 1, 3)])
    mark(run, 1, person)
    mark(run, 2, person)
    before = clock.now()
    settings(course, is_in_order=True)
    assert completed_on(course, person) is None
    assert completed_on(course, person, known_at=before) == date(2022, 1, 10)


# --- I-14 ----------------------------------------------------------------------------------------------


def test_i14_five_days_satisfy_two_only_when_that_is_decided_and_one_step_far() -> None:
    two, five, other = (factories.course(components=size) for size in (2, 5, 1))
    person, third = factories.staff(), factories.staff()
    run = factories.run(five, days=[date(2022, 1, 3) + timedelta(weeks=week) for week in range(5)])
    for component in range(1, 6):
        mark(run, component, person)
    past(third, other.latest_version, date(2021, 5, 1))
    assert completed_on(two, person) is None
    before = clock.now()
    decided = rules.let_stand_in(
        course=two, satisfied_by=five, reason="It holds both days", by=ACADEMY, now=clock.now()
    )
    rules.let_stand_in(course=five, satisfied_by=other, reason="Test", by=ACADEMY, now=clock.now())
    assert completed_on(two, person) == date(2022, 1, 31)
    assert completed_on(two, person, known_at=before) is None
    assert completed_on(two, person, marks_only=True) is None
    assert (completed_on(five, third), completed_on(two, third)) == (date(2021, 5, 1), None)
    rules.no_longer_stands_in(equivalence=decided, reason="It does not", by=ACADEMY, now=clock.now())
    assert completed_on(two, person) is None


# --- Validity ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closed_on", "months", "until"),
    [
        (date(2022, 3, 15), 24, date(2024, 3, 15)),
        (date(2022, 1, 31), 1, date(2022, 2, 28)),
        (date(2022, 2, 28), 3, date(2022, 5, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_43_a_completion_is_current_until_its_day_so_many_months_later(
    closed_on: date, months: int, until: date
) -> None:
    assert queries.valid_until(closed_on, months) == until
    course, person = factories.course(components=1), factories.staff()
    past(person, course.latest_version, closed_on)
    settings(course, validity_months=months)
    for day, expected in ((until, True), (until + timedelta(days=1), False)):
        (row,) = db.session.execute(queries.standings([course.id], as_at=day))
        assert bool(row.is_current) is expected


def test_43_the_earliest_day_that_is_still_valid_agrees_with_the_last_one_on_every_day() -> None:
    """The database compares days; months are added in Python alone."""
    days = [date(2023, 12, 1) + timedelta(days=number) for number in range(500)]
    for months in (1, 3, 11, 12):
        for on in days[::7]:
            limit = queries.earliest_valid(on, months)
            assert queries.valid_until(limit, months) >= on
            assert queries.valid_until(limit - timedelta(days=1), months) < on


def test_43_who_takes_the_course_again_is_current_from_then() -> None:
    course, person = factories.course(components=1), factories.staff()
    settings(course, validity_months=12)
    for day in (date(2020, 3, 2), date(2022, 3, 7)):
        mark(factories.run(course, days=[day]), 1, person)
    (row,) = db.session.execute(queries.standings([course.id], as_at=date(2022, 6, 1)))
    assert (row.completed_on, row.last_on, bool(row.is_current)) == (
        date(2020, 3, 2),
        date(2022, 3, 7),
        True,
    )


# --- Whom --------------------------------------------------------------------------------------------


def test_one_query_asks_about_one_person_a_team_or_everybody() -> None:
    course = factories.course(components=1)
    here, there = factories.team("Here"), factories.team("There")
    people = [factories.staff(team_id=one.id) for one in (here, here, there)]
    mark(factories.run(course, days=[date(2022, 3, 7)]), 1, *people[:2])
    past(people[2], course.latest_version, date(2021, 5, 1), kind=PastKind.LEGACY)
    team = queries.completions(
        [course.id],
        as_at=FOR_EVER,
        people=db.select(Spell.person_id).where(Spell.team_id == here.id),
    )
    assert {row.person_id for row in db.session.execute(team)} == {one.id for one in people[:2]}
    everybody = db.session.execute(queries.completions([course.id], as_at=FOR_EVER))
    assert {row.person_id for row in everybody} == {one.id for one in people}
