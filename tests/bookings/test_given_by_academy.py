"""Whoever waits and rings up is given a free place by the academy; pages tell having one from an offer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from app.bookings import jobs, rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.programmes.models import Promotion
from app.sessions.models import Run
from tests import factories
from tests.bookings.desk import academy, books, leaves, own
from tests.pages import Pages

Travel = Callable[..., None]
CONFIRMED, WAITLISTED, OFFERED = BookingState.CONFIRMED, BookingState.WAITLISTED, BookingState.OFFERED


@pytest.fixture
def run(travel_to: Travel, database: None) -> Run:
    travel_to("2022-03-01 10:00")
    course = factories.course(components=1, terms={"promotion": Promotion.OFFER})
    return factories.run(course, days=[date(2022, 4, 26)], capacity=1)


def who_let_two_offers_lapse(run: Run, travel_to: Travel) -> Booking:
    place, waits = books(run), books(run)
    leaves(place)
    for moment in ("2022-03-04 10:00", "2022-03-09 10:00"):
        travel_to(moment)
        db.session.commit()
        jobs.sweep(clock.now())
    assert (waits.state, waits.lapses) == (WAITLISTED, 2)
    return waits


def test_u16_after_two_lapses_the_academy_gives_the_place_to_whoever_rings_up(
    pages: Pages, run: Run, travel_to: Travel
) -> None:
    waits = who_let_two_offers_lapse(run, travel_to)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/runs/{run.id}/places")
    assert "two offers were not taken in time" in page.text
    assert "within a minute" not in page.text
    page = pages.submit(pages.get(f"/bookings/{waits.id}"), button="Give them the place")
    assert "The place is theirs." in page.text
    assert waits.state is CONFIRMED
    assert "Give them the place" not in page.text


def test_st04_who_is_offered_a_place_has_none_yet(pages: Pages, run: Run) -> None:
    for _ in range(2):
        books(run)
    run.sessions[0].capacity = 2
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.submit(pages.get(f"/runs/{run.id}/places"), button="Give free seats to those who wait")
    assert "Of those who waited, 1 person is offered one." in page.text


@pytest.mark.parametrize(("why", "error"), [("full", RuleBroken), ("by themselves", NotAllowed)])
def test_u16_what_can_not_be_given(run: Run, why: str, error: type[Exception], travel_to: Travel) -> None:
    waits = who_let_two_offers_lapse(run, travel_to)
    by = own(waits.person) if why == "by themselves" else academy()
    if why == "full":
        books(run)
    with pytest.raises(error):
        rules.give(booking=waits, by=by, now=clock.now())
    assert waits.state is WAITLISTED


def test_u16_an_offer_that_stands_is_taken_for_them_and_twice_is_once(run: Run) -> None:
    place, waits = books(run), books(run)
    leaves(place)
    assert waits.state is OFFERED
    for _ in range(2):
        rules.give(booking=waits, by=academy(), now=clock.now())
    assert waits.state is CONFIRMED
