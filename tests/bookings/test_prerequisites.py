"""Courses that another builds on are looked at when it is booked, and once more before it begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import pytest

from app.bookings import rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken, refusal_of
from app.core.permissions import Role
from app.learning.models import MarkStatus
from app.outbox.models import Message
from app.people.models import Person
from app.programmes.models import Course
from app.reminders import jobs
from app.sessions.models import Run
from tests import factories
from tests.attendance.marking import mark
from tests.bookings.desk import academy, books, leaves
from tests.pages import Pages

FEB_1, FEB_8, MARCH_1, MARCH_8 = date(2022, 2, 1), date(2022, 2, 8), date(2022, 3, 1), date(2022, 3, 8)
LATER = date(2022, 3, 22)
TravelTo = Callable[..., None]


@dataclass
class Scene:
    """Basics, of two days on 1 and 8 March; and a run on 22 March of Court skills, which builds on it."""

    basics: Course
    first: Run
    later: Run
    sam: Person


@pytest.fixture
def scene(database: None, travel_to: TravelTo) -> Scene:
    travel_to("2022-02-21 10:00")
    basics, court = factories.course(title="Basics"), factories.course(components=1, title="Court skills")
    court.prerequisites = [basics]
    sam = factories.staff(first_name="Sam", last_name="Oduya")
    first, later = factories.run(basics, days=[MARCH_1, MARCH_8]), factories.run(court, days=[LATER])
    return Scene(basics, first, later, sam)


def missed_day_2(scene: Scene) -> None:
    """Sam did day 1 of Basics in February, and not day 2."""
    before = factories.run(scene.basics, days=[FEB_1, FEB_8])
    factories.booking(before, scene.sam)
    mark(before, 1, scene.sam)
    mark(before, 2, scene.sam, status=MarkStatus.ABSENT_APOLOGIES)


def is_refused(scene: Scene) -> bool:
    refused = refusal_of(partial(books, scene.later, scene.sam))
    why = "Court skills builds on Basics, which you have not completed. Book Basics first."
    assert refused is None or refused.message == why
    return refused is not None


# --- What counts -----------------------------------------------------------------------------------------


def test_a_whole_run_that_ends_before_counts(scene: Scene) -> None:
    assert is_refused(scene)
    books(scene.first, scene.sam)
    assert not is_refused(scene)


def test_u03_a_day_to_catch_up_counts_where_it_completes_the_course(scene: Scene) -> None:
    missed_day_2(scene)
    assert is_refused(scene)
    books(scene.first, scene.sam, session=scene.first.sessions[1])
    assert not is_refused(scene)


def test_u03_a_day_to_catch_up_that_comes_too_late_or_leaves_another_counts_for_nothing(scene: Scene) -> None:
    missed_day_2(scene)
    after = factories.run(scene.basics, days=[date(2022, 3, 15), date(2022, 3, 29)])
    books(after, scene.sam, session=after.sessions[1])
    assert is_refused(scene)
    other = factories.staff()
    factories.booking(scene.first, other, session_id=scene.first.sessions[1].id)
    with pytest.raises(RuleBroken, match="builds on Basics"):
        books(scene.later, other)


@pytest.mark.parametrize(("status", "counts"), [(None, True), (MarkStatus.ABSENT_NO_NOTICE, False)])
def test_a_day_that_is_over_counts_while_its_register_is_awaited(
    scene: Scene, travel_to: TravelTo, status: MarkStatus | None, counts: bool
) -> None:
    books(scene.first, scene.sam)
    travel_to("2022-03-09 10:00")
    if status is not None:
        mark(scene.first, 1, scene.sam, status=status)
    assert is_refused(scene) is not counts


# --- Once more, 10 working days before ---------------------------------------------------------------------


def joining(booking: Booking) -> Message:
    letters = db.session.query(Message).filter_by(kind="joining", about_id=booking.id)
    return letters.order_by(Message.id.desc()).first()


def remind(travel_to: TravelTo) -> None:
    """The job of 10 working days before 22 March 2022."""
    db.session.commit()
    travel_to("2022-03-08 08:00")
    jobs.joining(clock.now())


def test_4_1_whoever_gave_the_course_before_up_is_told_and_the_academy_sees_it(
    scene: Scene, pages: Pages, travel_to: TravelTo
) -> None:
    before, booking = books(scene.first, scene.sam), books(scene.later, scene.sam)
    lists = f"/runs/{scene.later.id}/places"
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert "People who have not completed what the course builds on" not in pages.get(lists).text
    leaves(before)
    assert "People who have not completed what the course builds on" in pages.get(lists).text
    factories.user(Role.PRACTITIONER, of=scene.sam, password="set")
    remind(travel_to)
    letter = joining(booking)
    for words in (letter.text, letter.html):
        assert "Court skills builds on Basics, which you have not completed" in words
        assert f"/book?course={scene.basics.id}" in words
    assert booking.state is BookingState.CONFIRMED


def test_4_1_nobody_is_told_who_will_have_done_it_or_was_booked_all_the_same(
    scene: Scene, travel_to: TravelTo
) -> None:
    books(scene.first, scene.sam)
    booked = books(scene.later, scene.sam)
    other, why = factories.staff(), "Did it elsewhere"
    override = rules.book(run=scene.later, person=other, by=academy(), now=clock.now(), reason=why)
    remind(travel_to)
    assert all("builds on" not in joining(one).text for one in (booked, override))
