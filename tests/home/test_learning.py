"""What is wanted of somebody, by when, and the one thing to do next. (ST-01)"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.bookings import rules as bookings
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import TargetKind
from app.learning.models import MarkStatus
from app.people.models import Person
from app.programmes import rules as programmes
from app.programmes.models import Course
from tests import factories
from tests.attendance.marking import mark, past
from tests.figures.scenes import LISTED_ON, practitioners
from tests.pages import Page, Pages

ACADEMY = factories.actor(Role.ACADEMY_MANAGER)
DEADLINE = date(2022, 3, 31)


def two_day(**values: Any) -> Course:
    return factories.course(components=2, **({"title": "Signs of Safety 2-day"} | values))


def wanted_by_cohort(person: Person, course: Course, deadline: date | None = DEADLINE) -> None:
    """A cohort that somebody joined because they are untrained, and its target if there is a deadline."""
    cohort = rules.add_cohort(
        code=f"cohort-{course.code}",
        name=f"New staff {course.title}",
        requirements={"untrained": [course], "upskill": [factories.course(title="Five days")]},
        by=ACADEMY,
        now=factories.LONG_AGO,
    )
    if deadline:
        rules.add_target(
            code=f"target-{course.code}",
            title=f"New staff {course.title}",
            kind=TargetKind.COHORT,
            programme=course.programme,
            cohort=cohort,
            minimum_percent=Decimal(80),
            deadline=deadline,
            by=ACADEMY,
            now=factories.LONG_AGO,
        )
    rules.join(
        cohort=cohort,
        person=person,
        joined_on=LISTED_ON,
        cause="untrained",
        by=ACADEMY,
        now=factories.LONG_AGO,
    )
    db.session.flush()


def wanted_by_coverage(course: Course, deadline: date | None = None) -> None:
    rules.add_target(
        code=f"coverage-{course.code}",
        title="Coverage",
        kind=TargetKind.COVERAGE,
        programme=course.programme,
        course=course,
        population=practitioners(),
        deadline=deadline,
        by=ACADEMY,
        now=factories.LONG_AGO,
    )


def my_page(pages: Pages, person: Person) -> Page:
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    return pages.get("/my-learning")


# --- What is wanted ---------------------------------------------------------------------------------------


def test_st01_what_is_wanted_with_its_date_and_the_next_run_that_has_places(
    pages: Pages, travel_to: Any
) -> None:
    travel_to("2022-03-01")
    person, course = factories.staff(), two_day()
    wanted_by_cohort(person, course)
    full = factories.run(course, days=[date(2022, 3, 8), date(2022, 3, 9)], capacity=1)
    factories.booking(full, factories.staff())
    run = factories.run(course, days=[date(2022, 3, 15), date(2022, 3, 16)], capacity=2)
    page = my_page(pages, person)
    assert "Signs of Safety 2-day" in page.text
    assert (
        "31 March 2022 Not complete Next run with places: Tue 15 Mar 2022 to Wed 16 Mar 2022 (2 places)"
        in (page.text)
    )
    assert page.links()["Book this run on Signs of Safety 2-day"] == f"/runs/{run.id}/book"
    assert "Five days" not in page.text


def test_st01_of_several_dates_the_first_that_is_not_over_counts() -> None:
    person, course = factories.staff(), two_day()
    wanted_by_cohort(person, course, date(2022, 3, 31))
    wanted_by_coverage(course, date(2022, 9, 30))
    for on, deadline in [
        (date(2022, 3, 31), date(2022, 3, 31)),
        (date(2022, 4, 1), date(2022, 9, 30)),
        (date(2022, 10, 1), date(2022, 9, 30)),
    ]:
        (wanted,) = queries.wanted_of(person.id, on=on)
        assert wanted.deadline == deadline


def test_st01_a_population_wants_of_those_in_it_on_the_day() -> None:
    course = two_day()
    wanted_by_coverage(course)
    person = factories.staff(last_day=date(2022, 3, 15))
    assert [one.course.id for one in queries.wanted_of(person.id, on=date(2022, 3, 15))] == [course.id]
    assert queries.wanted_of(person.id, on=date(2022, 3, 16)) == []
    manager = factories.staff(role_group_id=factories.role_group("Team Manager").id)
    assert queries.wanted_of(manager.id, on=date(2022, 3, 15)) == []


def test_st01_a_cohort_without_a_target_wants_without_a_date() -> None:
    person, course = factories.staff(), two_day()
    wanted_by_cohort(person, course, None)
    (wanted,) = queries.wanted_of(person.id, on=date(2022, 3, 1))
    assert (wanted.course.id, wanted.deadline, wanted.completed_on) == (course.id, None, None)
    assert queries.wanted_of(person.id, on=LISTED_ON - timedelta(days=1)) == []


def test_st01_what_is_complete_comes_last_and_asks_nothing(pages: Pages, travel_to: Any) -> None:
    travel_to("2022-03-01")
    person, done, undone = factories.staff(), two_day(title="A done"), two_day(title="B undone")
    wanted_by_cohort(person, done, date(2022, 3, 5))
    wanted_by_cohort(person, undone)
    past(person, done.latest_version, date(2021, 5, 1))
    assert [one.course.title for one in queries.wanted_of(person.id, on=clock.today())] == [
        "B undone",
        "A done",
    ]
    assert "Complete on 1 May 2021 Nothing to do" in my_page(pages, person).text


def test_43_what_has_run_out_is_wanted_again_by_a_coverage(pages: Pages, travel_to: Any) -> None:
    """Completed in May 2021 and valid for a month: a refresher is due, and the next run is offered."""
    travel_to("2022-04-04")
    person, course = factories.staff(), two_day()
    wanted_by_coverage(course, DEADLINE)
    past(person, course.latest_version, date(2021, 5, 1))
    programmes.change_settings(course=course, validity_months=1, by=ACADEMY, now=clock.now())
    run = factories.run(course, days=[date(2022, 4, 12), date(2022, 4, 13)], capacity=2)
    page = my_page(pages, person)
    assert (
        "31 March 2022 Overdue Refresher due Completed on 1 May 2021 Next run with places: "
        "Tue 12 Apr 2022 to Wed 13 Apr 2022 (2 places)" in page.text
    )
    assert page.links()["Book this run on Signs of Safety 2-day"] == f"/runs/{run.id}/book"
    booking = bookings.book(run=run, person=person, by=ACADEMY, now=clock.now())
    db.session.commit()
    links = pages.get("/my-learning").links()
    assert links["See the booking on Signs of Safety 2-day"] == f"/bookings/{booking.id}"


def test_43_a_refresher_after_marks_is_a_whole_run_and_no_single_day(pages: Pages, travel_to: Any) -> None:
    travel_to("2022-04-04")
    person, course = factories.staff(), two_day()
    wanted_by_coverage(course)
    run = factories.run(course, days=[date(2022, 1, 11), date(2022, 1, 12)])
    mark(run, 1, person)
    mark(run, 2, person)
    programmes.change_settings(course=course, validity_months=1, by=ACADEMY, now=clock.now())
    text = my_page(pages, person).text
    assert "No date is set Refresher due Completed on 12 January 2022 No run has places now" in text


def test_43_what_has_run_out_was_completed_for_a_cohort(pages: Pages, travel_to: Any) -> None:
    travel_to("2022-04-04")
    person, course = factories.staff(), two_day()
    wanted_by_cohort(person, course)
    past(person, course.latest_version, date(2021, 5, 1))
    programmes.change_settings(course=course, validity_months=1, by=ACADEMY, now=clock.now())
    assert "31 March 2022 Complete on 1 May 2021 Nothing to do" in my_page(pages, person).text


def test_nothing_wanted_shows_no_list(pages: Pages) -> None:
    assert "wanted of you" not in my_page(pages, factories.staff()).text


# --- What to do next ----------------------------------------------------------------------------------------


def test_st01_who_has_a_place_sees_it_instead_of_another_run(pages: Pages, travel_to: Any) -> None:
    travel_to("2022-03-01")
    person, course = factories.staff(), two_day()
    wanted_by_cohort(person, course)
    run = factories.run(course, days=[date(2022, 3, 15), date(2022, 3, 16)])
    booking = bookings.book(run=run, person=person, by=ACADEMY, now=clock.now())
    page = my_page(pages, person)
    assert page.links()["See the booking on Signs of Safety 2-day"] == f"/bookings/{booking.id}"
    assert "Book this run" not in page.text


def test_st09_who_missed_a_day_is_led_to_that_day(pages: Pages, travel_to: Any) -> None:
    travel_to("2022-03-20")
    person, course = factories.staff(), two_day()
    wanted_by_cohort(person, course)
    run = factories.run(course, days=[date(2022, 3, 15), date(2022, 3, 16)])
    mark(run, 1, person)
    page = my_page(pages, person)
    assert "1 of 2 days Day 2 is missing" in page.text
    day_2 = course.latest_version.components[1]
    assert f"/{day_2.id}" in page.links()["Find Day 2 of Signs of Safety 2-day"]


def test_who_missed_a_workshop_of_one_day_books_its_next_run_and_catches_up_no_day(
    pages: Pages, travel_to: Any
) -> None:
    travel_to("2022-03-20")
    person, course = factories.staff(), factories.course(components=1, title="Court skills")
    wanted_by_cohort(person, course)
    missed = factories.run(course, days=[date(2022, 3, 15)])
    mark(missed, 1, person, status=MarkStatus.ABSENT_NO_NOTICE)
    following = factories.run(course, days=[date(2022, 4, 12)])
    page = my_page(pages, person)
    assert f"/runs/{following.id}/book" in page.links()["Book this run on Court skills"]
    assert not [words for words in page.links() if words.startswith("Find Day 1")]
    runs = pages.get(f"/days/{course.latest_version.components[0].id}")
    assert (runs.h1, following.code in runs.text) == ("Book a place", True)


@pytest.mark.parametrize(
    ("is_theirs", "words"), [(True, "No run has places now"), (False, "Ask the academy")]
)
def test_without_a_run_the_page_says_what_to_do(
    pages: Pages, travel_to: Any, is_theirs: bool, words: str
) -> None:
    travel_to("2022-04-01")
    person, course = factories.staff(), two_day()
    if not is_theirs:
        course.role_groups = [factories.role_group("Team Manager")]
    wanted_by_cohort(person, course)
    page = my_page(pages, person)
    assert words in page.text
    assert "Overdue" in page.text
    page = pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get(f"/people/{person.id}/learning")
    assert "Ask the academy" not in page.text
    if not is_theirs:
        assert page.links()[f"See runs to book them on {course.title}"] == f"/courses/{course.id}/runs"


def test_the_manager_sees_what_is_wanted_and_books(pages: Pages, travel_to: Any) -> None:
    travel_to("2022-03-01")
    manager = factories.staff()
    person, course = factories.staff(manager_id=manager.id), two_day()
    wanted_by_cohort(person, course)
    run = factories.run(course, days=[date(2022, 3, 15), date(2022, 3, 16)])
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=manager))
    page = pages.get(f"/people/{person.id}/learning")
    assert f"/runs/{run.id}/book?person={person.id}" in page.links().values()
