"""A coordinator gives up the place of a colleague of the own organisation, and of nobody else. (MA-05)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from app.accounts import queries as accounts
from app.accounts.models import User
from app.bookings import queries, rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.people.models import Organisation
from tests import factories
from tests.bookings.desk import books, message, states
from tests.pages import Pages

IN_APRIL = date(2022, 4, 26)


@pytest.fixture(autouse=True)
def a_monday_in_march(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-07 10:00")


@pytest.fixture
def school() -> Organisation:
    return factories.organisation("Riverside School")


@pytest.fixture
def coordinator(school: Organisation) -> User:
    return factories.coordinator(school, first_name="Cora", last_name="Ody")


def _booked(of: Organisation, capacity: int = 16) -> Booking:
    run = factories.run(factories.course(components=1, terms={}), days=[IN_APRIL], capacity=capacity)
    by = factories.actor(factories.Role.ACADEMY_MANAGER)
    return rules.book(run=run, person=factories.partner(of), by=by, now=clock.now())


def test_ma05_a_colleagues_place_is_given_up_and_they_are_told_by_whom(
    pages: Pages, coordinator: User, school: Organisation
) -> None:
    booking = _booked(school, capacity=1)
    waits = books(booking.run)
    pages.sign_in(coordinator)
    page = pages.get(pages.get(f"/bookings/{booking.id}").links()["Cancel this place"])
    assert "Who wants this?" not in page.text
    assert "Send a colleague instead" not in page.text
    page = pages.submit(page, {"reason": "The inspector comes that day"}, button="Cancel this place")
    assert "Cancelled" in page.text
    db.session.expire_all()
    assert states(booking, waits) == [BookingState.CANCELLED, BookingState.REQUESTED]
    told = message(booking, "cancelled")
    assert "Cora Ody has cancelled your place on" in told.text
    assert "Reason: The inspector comes that day" in told.text
    assert booking.moves[-1].by_name == coordinator.name


def test_ma05_late_is_late_and_asks_why_as_of_anybody(
    coordinator: User, school: Organisation, travel_to: Callable[..., None]
) -> None:
    booking = _booked(school)
    travel_to("2022-04-25 10:00")
    by = accounts.actor_of(coordinator, on=clock.today())
    with pytest.raises(RuleBroken, match="Choose why the place is given up"):
        rules.cancel(booking=booking, by=by, now=clock.now())
    cause = db.session.scalars(queries.leaving_causes()).first()
    rules.cancel(booking=booking, by=by, now=clock.now(), cause=cause)
    assert (booking.state, booking.moves[-1].cause) == (BookingState.CANCELLED_LATE, cause)
    assert rules.cancel(booking=booking, by=by, now=clock.now()) == []


def test_3_0_nobody_cancels_for_another_organisation_nor_without_being_its_coordinator(
    coordinator: User, school: Organisation
) -> None:
    elsewhere, here = _booked(factories.organisation("Hill School")), _booked(school)
    colleague = factories.user(factories.Role.PARTNER, of=factories.partner(school))
    for booking, user in ((elsewhere, coordinator), (here, colleague)):
        by = accounts.actor_of(user, on=clock.today())
        assert not rules.can_cancel(booking, by, clock.now())
        with pytest.raises(NotAllowed, match="their organisation’s coordinator or the academy"):
            rules.cancel(booking=booking, by=by, now=clock.now())
    assert states(elsewhere, here) == [BookingState.CONFIRMED] * 2
