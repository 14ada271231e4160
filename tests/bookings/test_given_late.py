"""A place that came within the notice, and about which nobody was asked, makes nobody late. (U-05)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from app.bookings import queries, rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.programmes.models import ApprovalMode, Promotion
from app.sessions.models import Run
from tests import factories
from tests.bookings.desk import academy, books, leaves, message, own, rate
from tests.pages import Pages

MARCH_15, MARCH_29 = date(2022, 3, 15), date(2022, 3, 29)
CONFIRMED, CANCELLED = BookingState.CONFIRMED, BookingState.CANCELLED
REQUESTED, LATE = BookingState.REQUESTED, BookingState.CANCELLED_LATE
IN_TIME = "This is in time: it was given at short notice, so the place can be given up freely."
NOTICE = "Free to cancel, since it was given at short notice. If you do not attend: £90 per day."

Travel = Callable[..., None]


@pytest.fixture
def runs(travel_to: Travel) -> tuple[Run, Run]:
    """Of 29 and 15 March, at £90 a day; the 15th is free to cancel until the end of Thursday 10 March."""
    travel_to("2022-02-14 10:00")
    rate()
    course = factories.course(components=1, terms={"has_charges": True, "closes_days": 1})
    return factories.run(course, days=[MARCH_29]), factories.run(course, days=[MARCH_15], capacity=1)


def moved(how: str, booking: Booking, to_run: Run) -> Booking:
    """The academy moves somebody in one of its ways, now; the booking that they have instead."""
    by, now = academy(), clock.now()
    if how == "moved":
        rules.transfer(booking=booking, to_run=to_run, by=by, now=now)
    elif how == "merged":
        rules.merge_runs(run=booking.run, into=to_run, by=by, now=now)
    else:
        rules.cancel_run(run=booking.run, by=by, now=now, reason="Ill", is_by_provider=True, to_run=to_run)
    return queries.moved_to([booking.id])[booking.id]


@pytest.mark.parametrize("how", ["moved", "merged", "cancelled by the provider"])
def test_u05_who_is_moved_into_the_notice_gives_the_place_up_freely(
    pages: Pages, travel_to: Travel, runs: tuple[Run, Run], how: str
) -> None:
    far, near = runs
    booking = books(far, factories.partner())
    travel_to("2022-03-11 10:00")
    new = moved(how, booking, near)
    assert NOTICE in message(new, f"carried_over:{booking.id}").text
    pages.sign_in(factories.user(Role.PARTNER, of=new.person))
    assert NOTICE in pages.get(f"/bookings/{new.id}").text
    page = pages.get(f"/bookings/{new.id}/cancel")
    assert IN_TIME in page.text
    pages.submit(page, button="Cancel this place")
    assert db.session.get_one(Booking, new.id).state is CANCELLED
    assert queries.charges(MARCH_15, MARCH_29) == []


def test_u05_who_was_moved_in_time_goes_by_the_notice(travel_to: Travel, runs: tuple[Run, Run]) -> None:
    far, near = runs
    booking = books(far)
    travel_to("2022-03-09 23:59")
    new = moved("moved", booking, near)
    travel_to("2022-03-11 10:00")
    leaves(new)
    assert new.state is LATE


def test_u05_a_place_that_was_given_late_is_free_until_it_begins(
    travel_to: Travel, runs: tuple[Run, Run]
) -> None:
    far, near = runs
    booking = books(far)
    travel_to("2022-03-10 23:58")  # minutes of the notice are left
    new = moved("moved", booking, near)
    travel_to("2022-03-15 09:30")
    leaves(new)
    assert new.state is LATE


def test_st04_who_is_promoted_within_the_notice_gives_the_place_up_freely(
    travel_to: Travel, runs: tuple[Run, Run]
) -> None:
    """The place came to them on Friday 11 March, two working days before the 15th."""
    near = runs[1]
    holder, waits = books(near), books(near, factories.partner())
    travel_to("2022-03-11 10:00")
    leaves(holder)
    assert waits.state is CONFIRMED
    assert NOTICE in message(waits, "promoted").text
    travel_to("2022-03-15 09:29")
    leaves(waits)
    assert waits.state is CANCELLED


@pytest.mark.parametrize("how", ["took an offer", "joined when it was late"])
def test_st04_who_agreed_within_the_notice_goes_by_it(
    travel_to: Travel, runs: tuple[Run, Run], how: str
) -> None:
    near = runs[1]
    holder = books(near)
    if how == "took an offer":
        near.version.course.terms.promotion = Promotion.OFFER
        waits = books(near)
    travel_to("2022-03-11 10:00")
    if how == "joined when it was late":
        waits = books(near)
    leaves(holder)
    if how == "took an offer":
        rules.accept(booking=waits, by=own(waits.person), now=clock.now())
    assert waits.state is CONFIRMED
    travel_to("2022-03-14 10:00")
    leaves(waits)
    assert waits.state is LATE


def test_st04_a_place_held_for_an_approval_that_came_late_was_not_asked_about_either(
    travel_to: Travel, runs: tuple[Run, Run]
) -> None:
    near, manager = runs[1], factories.staff()
    holder = books(near)
    near.version.course.terms.staff_approval = ApprovalMode.MANAGER
    waits = books(near, factories.staff(manager_id=manager.id))
    travel_to("2022-03-10 10:00")
    leaves(holder)
    assert waits.state is REQUESTED
    travel_to("2022-03-11 10:00")
    rules.approve(booking=waits, by=factories.actor(Role.LINE_MANAGER, of=manager), now=clock.now())
    leaves(waits)
    assert waits.state is CANCELLED
