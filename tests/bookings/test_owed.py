"""Whoever lost a place because its run was cancelled comes first on the one that they book next. (U-05)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.bookings import queries, rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.permissions import Role
from app.people.models import Person
from app.programmes.models import Course
from app.sessions.models import Run
from tests import factories
from tests.bookings.desk import academy, books, leaves, message
from tests.pages import Pages

MARCH_15, APRIL_26, MAY_10 = date(2022, 3, 15), date(2022, 4, 26), date(2022, 5, 10)
CONFIRMED, WAITLISTED = BookingState.CONFIRMED, BookingState.WAITLISTED

Travel = Callable[..., None]
Later = Callable[[], None]


@pytest.fixture
def course(travel_to: Travel) -> Course:
    travel_to("2022-03-01 10:00")
    return factories.course(components=1, title="Ways")


def run_on(course: Course, day: date, code: str, capacity: int = 1) -> Run:
    return factories.run(course, days=[day], code=code, capacity=capacity)


def cancelled(run: Run, **how: Any) -> None:
    rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Ill", is_by_provider=True, **how)


def a_full_run_with_a_queue(course: Course, code: str = "LATER-1") -> tuple[Booking, Booking]:
    """Who has the one place of a run, and who waits for it."""
    run = run_on(course, APRIL_26, code)
    return books(run), books(run)


def test_u05_with_no_other_run_they_come_first_on_the_one_that_they_book_next(
    pages: Pages, course: Course, travel_to: Travel
) -> None:
    """The provider cancels, and no other run is there yet; then one opens, and somebody else waits for it."""
    run = run_on(course, MARCH_15, "FIRST-1")
    lost = books(run)
    travel_to("2022-03-02 10:00")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/runs/{run.id}/cancel")
    pages.submit(page, {"reason": "The trainer is ill", "who": "provider"})
    told = message(lost, "run_cancelled")
    for words in (told.text, told.html):
        assert "Where other dates are full, you come first for the next free place." in words
    place, ordinary = a_full_run_with_a_queue(course)
    theirs = Pages(pages.app).sign_in(factories.user(Role.PRACTITIONER, of=lost.person))
    theirs.submit(theirs.get(f"/runs/{place.run_id}/book"))
    again = queries.open_booking(place.run, lost.person)
    assert again is not None
    assert "You are number 1 on the waiting list" in message(again, "waitlisted").text
    assert [queries.queue_position(one) for one in (again, ordinary)] == [1, 2]
    leaves(place)
    assert (again.state, ordinary.state) == (CONFIRMED, WAITLISTED)


def _waited(run: Run, later: Later) -> Person:
    books(run)
    waits = books(run)
    later()
    cancelled(run)
    return waits.person


def _had_another_since(run: Run, later: Later) -> Person:
    lost = books(run)
    later()
    cancelled(run)
    later()
    leaves(books(run_on(run.version.course, MAY_10, "SINCE-1"), lost.person))
    return lost.person


def _was_given_another(run: Run, later: Later) -> Person:
    lost = books(run)
    later()
    cancelled(run, to_run=run_on(run.version.course, MAY_10, "NEXT-1"))
    return lost.person


def _gave_it_up_before(run: Run, later: Later) -> Person:
    given_up = books(run)
    later()
    leaves(given_up)
    cancelled(run)
    return given_up.person


def _was_cancelled_alone(run: Run, later: Later) -> Person:
    alone = books(run)
    later()
    rules.cancel(booking=alone, by=academy(), now=clock.now())
    later()
    cancelled(run)
    return alone.person


def _lost_another_course(run: Run, later: Later) -> Person:
    lost = books(run_on(factories.course(components=1), MARCH_15, "OTHER-1"))
    later()
    cancelled(lost.run)
    return lost.person


@pytest.mark.parametrize(
    "what",
    [
        _waited,
        _had_another_since,
        _was_given_another,
        _gave_it_up_before,
        _was_cancelled_alone,
        _lost_another_course,
    ],
)
def test_u05_nobody_else_comes_first(
    course: Course, travel_to: Travel, what: Callable[[Run, Later], Person]
) -> None:
    hours = iter(range(11, 20))
    person = what(run_on(course, MARCH_15, "FIRST-1"), lambda: travel_to(f"2022-03-01 {next(hours)}:00"))
    travel_to("2022-03-02 10:00")
    place, ordinary = a_full_run_with_a_queue(course)
    again = books(place.run, person)
    assert (again.state, again.has_priority) == (WAITLISTED, False)
    assert [queries.queue_position(one) for one in (ordinary, again)] == [1, 2]


def test_u05_who_leaves_the_list_comes_first_on_the_next_all_the_same(
    course: Course, travel_to: Travel
) -> None:
    """It is a place that they are owed, and not a turn."""
    run = run_on(course, MARCH_15, "FIRST-1")
    lost = books(run)
    travel_to("2022-03-02 10:00")
    cancelled(run)
    place, _ = a_full_run_with_a_queue(course)
    leaves(books(place.run, lost.person))
    other, ordinary = a_full_run_with_a_queue(course, "LATER-2")
    again = books(other.run, lost.person)
    assert [queries.queue_position(one) for one in (again, ordinary)] == [1, 2]
