"""Who has neither completed a course nor booked it: a booking that came to nothing hides nobody. (AM-08)"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from app.accounts.models import User
from app.core.permissions import Role
from app.learning.models import MarkStatus
from app.learning.queries import OUTSTANDING_DAYS
from app.people.models import Person
from app.programmes.models import Course
from app.sessions.models import Run
from tests import factories
from tests.attendance.marking import evening, mark
from tests.bookings.desk import books
from tests.pages import Pages

DAY_1, DAY_2 = date(2022, 3, 8), date(2022, 3, 10)
ABSENT = MarkStatus.ABSENT_NO_NOTICE
TravelTo = Callable[..., None]


@dataclass
class Scene:
    """A course of two days: a run of 8 and 10 March with one place, and one in the next month."""

    course: Course
    run: Run
    next_run: Run
    sam: Person
    academy: User
    manager: User

    def is_listed(self, pages: Pages) -> bool:
        """Whether both pages offer Sam: the academy’s, which invites, and the one that books a team."""
        pages.sign_in(self.academy)
        here = self.sam.name in pages.get(f"/courses/{self.course.id}/not-booked?q=Oduya").text
        pages.sign_in(self.manager)
        there = self.sam.name in pages.get(f"/runs/{self.next_run.id}/book-team").text
        assert here is there
        return here


@pytest.fixture
def scene(database: None, travel_to: TravelTo) -> Scene:
    travel_to("2022-03-01")
    course = factories.course(components=2)
    run = factories.run(course, days=[DAY_1, DAY_2], capacity=1)
    next_run = factories.run(course, days=[date(2022, 6, 28), date(2022, 6, 30)])
    manager = factories.staff(first_name="Maria", last_name="Lindqvist")
    sam = factories.staff(first_name="Sam", last_name="Oduya", manager_id=manager.id)
    academy, above = factories.user(Role.ACADEMY_MANAGER), factories.user(Role.LINE_MANAGER, of=manager)
    return Scene(course, run, next_run, sam, academy, above)


def test_am08_lm05_who_was_absent_is_not_booked_once_the_run_is_over(
    pages: Pages, travel_to: TravelTo, scene: Scene
) -> None:
    books(scene.run, scene.sam)
    mark(scene.run, 1, scene.sam, status=ABSENT)
    travel_to("2022-03-09")
    assert not scene.is_listed(pages)  # day 2 is still theirs
    mark(scene.run, 2, scene.sam, status=ABSENT)
    travel_to("2022-03-11")
    assert scene.is_listed(pages)
    books(scene.next_run, scene.sam)
    assert not scene.is_listed(pages)


def test_am08_who_was_left_on_the_waiting_list_is_not_booked_once_the_run_has_begun(
    pages: Pages, travel_to: TravelTo, scene: Scene
) -> None:
    books(scene.run)
    books(scene.run, scene.sam)
    travel_to(DAY_1)
    assert not scene.is_listed(pages)
    travel_to(DAY_1 + timedelta(days=1))
    assert scene.is_listed(pages)


def test_am08_a_place_counts_while_its_register_is_awaited_and_not_for_ever(
    pages: Pages, travel_to: TravelTo, scene: Scene
) -> None:
    books(scene.run, scene.sam)
    last_awaited = DAY_2 + timedelta(days=OUTSTANDING_DAYS - 1)
    for day, listed in ((DAY_2, False), (last_awaited, False), (last_awaited + timedelta(days=1), True)):
        travel_to(day)
        assert scene.is_listed(pages) is listed, day


def test_am08_who_was_there_on_every_day_has_completed_and_is_not_invited_again(
    pages: Pages, travel_to: TravelTo, scene: Scene
) -> None:
    books(scene.run, scene.sam)
    for component, day in ((1, DAY_1), (2, DAY_2)):
        mark(scene.run, component, scene.sam, at=evening(day))
    travel_to("2022-03-11")
    assert not scene.is_listed(pages)


def test_u03_one_day_alone_is_booked_for_as_long_as_it_lies_ahead(
    pages: Pages, travel_to: TravelTo, scene: Scene
) -> None:
    day = scene.next_run.sessions[0]
    factories.booking(scene.next_run, scene.sam, session_id=day.id)
    assert not scene.is_listed(pages)
    travel_to(day.held_on)
    mark(scene.next_run, 1, scene.sam, status=ABSENT)
    travel_to(day.held_on + timedelta(days=1))
    factories.run(scene.course, days=[date(2022, 9, 1), date(2022, 9, 2)])
    pages.sign_in(scene.academy)
    assert scene.sam.name in pages.get(f"/courses/{scene.course.id}/not-booked").text
