"""Who answers, accepts or gives up goes by the dates as they are under the lock, not as they were loaded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from app.bookings import rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.errors import RuleBroken
from app.people.models import Person
from app.programmes.models import ApprovalMode, Promotion
from tests import factories
from tests.bookings.desk import academy, books, leaves, moves_unseen, own

BEFORE, AFTER = date(2022, 3, 15), date(2022, 3, 22)


@pytest.fixture(autouse=True)
def a_monday_in_march(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-07 10:00")


def _requested(person: Person) -> Booking:
    of = factories.course(components=1, terms={"staff_approval": ApprovalMode.MANAGER})
    return books(factories.run(of, days=[BEFORE]), person)


def _offered(person: Person) -> Booking:
    of = factories.course(components=1, terms={"promotion": Promotion.OFFER})
    run = factories.run(of, days=[BEFORE], capacity=1)
    place, waits = books(run), books(run, person)
    leaves(place)
    return waits


def _approve(booking: Booking) -> None:
    rules.approve(booking=booking, by=academy(), now=clock.now())


def _accept(booking: Booking) -> None:
    rules.accept(booking=booking, by=own(booking.person), now=clock.now())


@pytest.mark.parametrize(
    ("asked_for", "answer", "state"),
    [(_requested, _approve, BookingState.REQUESTED), (_offered, _accept, BookingState.OFFERED)],
    ids=["approve", "accept"],
)
def test_u09_a_clash_that_a_new_date_makes_is_seen_under_the_lock(
    asked_for: Callable[[Person], Booking], answer: Callable[[Booking], None], state: BookingState
) -> None:
    person = factories.staff()
    books(factories.run(factories.course(components=1), days=[AFTER]), person)
    booking = asked_for(person)
    assert booking.state is state
    looked_at = booking.sessions
    moves_unseen(looked_at[0], AFTER)
    with pytest.raises(RuleBroken, match="at the same time: 22 March 2022"):
        answer(booking)


def test_u01_what_is_late_goes_by_the_date_as_it_is_under_the_lock(travel_to: Callable[..., None]) -> None:
    booking = books(factories.run(factories.course(components=1), days=[BEFORE]))
    travel_to("2022-03-11 09:00")
    looked_at = booking.sessions
    moves_unseen(looked_at[0], AFTER)
    rules.cancel(booking=booking, by=own(booking.person), now=clock.now())
    assert looked_at[0].held_on == AFTER
    assert booking.state is BookingState.CANCELLED
