"""How far somebody is, where a course has an order, a validity, another version or a stand-in. (ST-09)"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from app.attendance import queries
from app.attendance.queries import Progress
from app.core import clock
from app.core.permissions import Role
from app.learning.models import PastKind
from app.people.models import Person
from app.programmes import rules
from app.programmes.models import Course
from tests import factories
from tests.attendance.marking import mark, past

ACADEMY = factories.actor(Role.ACADEMY_MANAGER)
MONDAYS = [date(2022, 1, 3) + timedelta(weeks=week) for week in range(5)]
NOW: dict[str, Any] = {"by": ACADEMY, "reason": "Test"}


def progress(person: Person, course: Course, as_at: date = date(2022, 6, 1)) -> Progress:
    return next(one for one in queries.progress_of(person, as_at=as_at) if one.course.id == course.id)


def test_u22_a_day_of_the_old_version_is_done_in_the_new_one_where_that_was_decided() -> None:
    course, person = factories.course(components=5), factories.staff()
    old = factories.run(course, days=MONDAYS)
    for component in (1, 2, 3, 4):
        mark(old, component, person)
    four = [f"Day {number}" for number in range(1, 5)]
    counts = {1: 1, 2: 2, 3: 3}
    rules.add_version(course=course, components=four, counts=counts, now=clock.now(), **NOW)
    found = progress(person, course)
    assert (found.done, len(found.days), found.completed_on) == (3, 4, None)
    assert [day.counted_from for day in found.days] == [
        *(f"Day {number} of version 1" for number in (1, 2, 3)),
        None,
    ]
    assert found.days[3].is_missing


def test_u22_who_completed_the_old_version_is_shown_with_its_days() -> None:
    course, person = factories.course(components=2), factories.staff()
    run = factories.run(course, days=MONDAYS[:2])
    mark(run, 1, person)
    mark(run, 2, person)
    rules.add_version(
        course=course, components=["Day 1", "Day 2", "New"], counts={1: 1}, now=clock.now(), **NOW
    )
    found = progress(person, course)
    assert (found.done, len(found.days), found.completed_on) == (2, 2, MONDAYS[1])


def test_i14_a_course_is_complete_through_another() -> None:
    two, five, person = factories.course(title="Two-day"), factories.course(components=1), factories.staff()
    mark(factories.run(five, days=[MONDAYS[0]]), 1, person)
    assert [one.course.id for one in queries.progress_of(person, as_at=date(2022, 6, 1))] == [five.id]
    rules.let_stand_in(course=two, satisfied_by=five, now=clock.now(), **NOW)
    found = progress(person, two)
    assert (found.completed_on, found.through) == (MONDAYS[0], five)
    assert progress(person, five).through is None


def test_i14_a_run_that_came_later_is_not_named_beside_an_earlier_completion() -> None:
    """Complete on the Monday of the 5-day course; the 2-day run that they took afterwards did not make it."""
    person = factories.staff()
    two, five = factories.course(components=1), factories.course(components=1)
    rules.let_stand_in(course=two, satisfied_by=five, now=clock.now(), **NOW)
    mark(factories.run(five, days=[MONDAYS[0]]), 1, person)
    mark(factories.run(two, days=[MONDAYS[1]]), 1, person)
    found = progress(person, two)
    assert (found.completed_on, found.done, found.runs) == (MONDAYS[0], 1, "")


def test_43_a_refresher_is_due_after_the_validity(pages: Any) -> None:
    course, person = factories.course(components=1, title="Two-day"), factories.staff()
    past(person, course.latest_version, date(2022, 3, 15))
    rules.change_settings(course=course, validity_months=24, now=clock.now(), **NOW)
    for as_at, is_current in ((date(2024, 3, 15), True), (date(2024, 3, 16), False)):
        found = progress(person, course, as_at)
        assert (found.valid_until, found.is_current) == (date(2024, 3, 15), is_current)
    page = pages.sign_in(factories.user(Role.PRACTITIONER, of=person)).get("/my-learning")
    assert "Refresher due Completed on 15 March 2022" in page.text
    assert "It was valid until 15 March 2024; a refresher is due." in page.text


def test_43_a_later_validity_is_told_with_the_day_on_which_the_course_was_taken_again(pages: Any) -> None:
    course, person = factories.course(components=1), factories.staff()
    past(person, course.latest_version, date(2021, 1, 26))
    mark(factories.run(course, days=[MONDAYS[0]]), 1, person)
    rules.change_settings(course=course, validity_months=24, now=clock.now(), **NOW)
    assert progress(person, course).again_on == MONDAYS[0]
    page = pages.sign_in(factories.user(Role.PRACTITIONER, of=person)).get("/my-learning")
    assert "Completed on 26 January 2021" in page.text
    assert (
        "Taken again on 3 January 2022, and was valid until 3 January 2024; a refresher is due." in page.text
    )


def test_43_in_order_a_day_that_came_too_early_is_to_be_taken_again() -> None:
    course, person = factories.course(components=3), factories.staff()
    rules.change_settings(course=course, is_in_order=True, now=clock.now(), **NOW)
    run = factories.run(course, days=[MONDAYS[1], MONDAYS[0], MONDAYS[2]])
    for component in (1, 2, 3):
        mark(run, component, person)
    found = progress(person, course)
    assert [day.is_done for day in found.days] == [True, False, False]
    assert found.days[1].words == "Attended, to be taken again"
    mark(factories.run(course, days=[MONDAYS[0], MONDAYS[3], MONDAYS[4]]), 2, person)
    assert [day.is_done for day in progress(person, course).days] == [True, True, False]


def test_days_done_after_prior_learning_are_not_what_completed_it() -> None:
    course, person = factories.course(components=1), factories.staff()
    past(person, course.latest_version, date(2021, 5, 1), kind=PastKind.PRIOR_LEARNING)
    mark(factories.run(course, days=[MONDAYS[0]], code="AGAIN-1"), 1, person)
    found = progress(person, course)
    assert (found.completed_on, found.done, found.runs) == (date(2021, 5, 1), 1, "")
