"""Somebody who has checked in is there: the place is not given up while the session goes on. (U-01)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from app.attendance import rules
from app.attendance.rules import NewMark
from app.bookings import queries
from app.bookings import rules as bookings
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.learning.models import Mark, MarkStatus
from tests import factories
from tests.attendance.marking import mark
from tests.pages import Pages

DAYS = [date(2022, 3, 15), date(2022, 3, 16)]
ACADEMY = factories.actor(Role.ACADEMY_MANAGER)


@pytest.fixture
def place(travel_to: Callable[..., None]) -> Booking:
    """A place on a run of two days, on the morning of its first one."""
    travel_to("2022-03-15 09:10")
    return factories.booking(factories.run(factories.course(), days=DAYS), factories.staff())


def own(place: Booking) -> Actor:
    return factories.actor(Role.PRACTITIONER, of=place.person)


def check_in(place: Booking, number: int = 1) -> None:
    session = place.run.sessions[number - 1]
    rules.check_in(session=session, person=place.person, by=own(place), now=clock.now())


def give_up(place: Booking, by: Actor | None = None) -> None:
    cause = db.session.scalars(queries.leaving_causes()).first()
    bookings.cancel(booking=place, by=by or own(place), now=clock.now(), cause=cause)


def test_who_has_checked_in_is_told_to_speak_to_the_trainer(place: Booking) -> None:
    check_in(place)
    assert not bookings.can_cancel(place, own(place), clock.now())
    with pytest.raises(RuleBroken, match="You are checked in to Day 1, so the place can’t be given up"):
        give_up(place)
    colleague = factories.staff()
    with pytest.raises(RuleBroken, match="You are checked in to Day 1"):
        bookings.substitute(booking=place, colleague=colleague, by=own(place), now=clock.now())
    assert place.state is BookingState.CONFIRMED


def test_the_academy_puts_the_register_right_first(place: Booking) -> None:
    mark(place.run, 1, place.person, status=MarkStatus.PARTIAL, minutes=60, at=clock.now())
    sentence = f"{place.person.name} is marked as there at Day 1, .* correct the register first"
    with pytest.raises(RuleBroken, match=sentence):
        give_up(place, ACADEMY)
    away = {place.person_id: NewMark(MarkStatus.ABSENT_APOLOGIES)}
    rules.record_marks(session=place.run.sessions[0], marks=away, by=ACADEMY, now=clock.now())
    give_up(place, ACADEMY)
    assert place.state is BookingState.CANCELLED_BY_ACADEMY


def test_who_attended_day_1_gives_up_what_is_left_of_the_run(
    place: Booking, travel_to: Callable[..., None]
) -> None:
    """The mark of day 1 stays: it was held, and they were there."""
    check_in(place)
    travel_to("2022-03-15 16:31")
    give_up(place)
    assert place.state is BookingState.CANCELLED_LATE
    assert [one.status for one in db.session.query(Mark)] == [MarkStatus.ATTENDED]


def test_who_has_not_checked_in_gives_the_place_up_as_before(place: Booking) -> None:
    other = factories.booking(place.run, factories.staff())
    check_in(place)
    give_up(other)
    assert other.state is BookingState.CANCELLED_LATE


def test_the_pages_say_so_and_offer_nothing(pages: Pages, place: Booking) -> None:
    check_in(place)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=place.person))
    assert "Cancel this place" not in pages.get(f"/bookings/{place.id}").links()
    page = pages.post(f"/bookings/{place.id}/cancel")
    assert page.path == f"/bookings/{place.id}"
    assert "If you can’t stay, tell the trainer or the academy." in page.text
    assert db.session.get_one(Booking, place.id).state is BookingState.CONFIRMED
