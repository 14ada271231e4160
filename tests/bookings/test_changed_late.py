"""Nobody is late for a change that the academy made on the last free day or after it. (U-01, U-05)"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import select

from app.bookings import rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.outbox.models import Message
from app.sessions.models import Run
from app.sessions.rules.planning import planned_again
from tests import factories
from tests.bookings.desk import academy, books, leaves, own, rate
from tests.pages import Pages

MARCH_15, MARCH_16, MARCH_22 = date(2022, 3, 15), date(2022, 3, 16), date(2022, 3, 22)
CANCELLED, LATE = BookingState.CANCELLED, BookingState.CANCELLED_LATE
CLOSES_THE_DAY_BEFORE = {"closes_days": 1}

Travel = Callable[..., None]


def a_run(travel_to: Travel, *days: date, **terms: Any) -> Run:
    """Of these days, scheduled and open in February; 3 working days of notice."""
    travel_to("2022-02-14 10:00")
    return factories.run(factories.course(components=len(days), terms=terms or None), days=list(days))


def move(run: Run, number: int = 1, **changes: Any) -> rules.Outcome:
    session = run.sessions[number - 1]
    planned = replace(planned_again(session), **changes)
    return rules.move_session(session=session, planned=planned, by=academy(), now=clock.now())


def test_u05_moved_to_today_a_place_is_given_up_freely_until_it_begins(travel_to: Travel) -> None:
    run = a_run(travel_to, MARCH_22, **CLOSES_THE_DAY_BEFORE)
    in_time, too_late = books(run), books(run)
    travel_to("2022-03-15 08:00")
    assert move(run, held_on=MARCH_15).asked == []  # nobody could have the place instead
    assert rules.late_in_words(in_time, clock.now()) == (
        "This is in time: its date or time was changed, so the place can be given up freely."
    )
    assert rules.notice_of(in_time, clock.now()) == "Free to cancel, since its date or time was changed."
    leaves(in_time)
    travel_to("2022-03-15 09:30")
    leaves(too_late)
    assert (in_time.state, too_late.state) == (CANCELLED, LATE)


def test_u05_who_is_told_is_told_that_too(travel_to: Travel) -> None:
    run = a_run(travel_to, MARCH_22, **CLOSES_THE_DAY_BEFORE)
    books(run)
    move(run, starts=time(10))
    travel_to("2022-03-21 12:00")
    move(run, starts=time(13))
    told = select(Message.text).where(Message.kind == "booking_session_changed").order_by(Message.id)
    early, late = db.session.scalars(told).all()
    free = "you can give your place up freely until it begins"
    assert (free in early, free in late) == (False, True)


@pytest.mark.parametrize(
    ("moved_at", "state"),
    [
        ("2022-03-09 23:59", LATE),
        ("2022-03-10 00:00", CANCELLED),
        ("2022-03-10 23:28", CANCELLED),
        ("2022-03-11 00:00", CANCELLED),
        ("2022-03-14 12:00", CANCELLED),
    ],
    ids=["a day was left", "the last free day", "minutes were left", "none was left", "the day before"],
)
def test_u05_another_time_counts_from_the_last_free_day_on(
    travel_to: Travel, moved_at: str, state: BookingState
) -> None:
    """It is free to cancel until the end of Thursday 10 March."""
    run = a_run(travel_to, MARCH_15)
    booking = books(run)
    travel_to(moved_at)
    move(run, starts=time(13))
    travel_to("2022-03-15 09:00")
    leaves(booking)
    assert booking.state is state


def test_u05_who_booked_after_the_change_agreed_to_it(travel_to: Travel) -> None:
    run = a_run(travel_to, MARCH_22)
    travel_to("2022-03-14 09:00")
    move(run, held_on=MARCH_16)
    travel_to("2022-03-14 10:00")
    booking = books(run)
    travel_to("2022-03-15 10:00")
    leaves(booking)
    assert booking.state is LATE


def test_u05_who_said_that_they_still_come_agreed_to_it(travel_to: Travel) -> None:
    run = a_run(travel_to, MARCH_22)
    still_comes, silent = books(run), books(run)
    travel_to("2022-03-14 09:00")
    assert len(move(run, held_on=MARCH_16).asked) == 2
    travel_to("2022-03-14 10:00")
    rules.reconfirm(booking=still_comes, by=own(still_comes.person), now=clock.now())
    assert still_comes.reconfirmed_at == clock.now()
    travel_to("2022-03-15 10:00")
    leaves(still_comes)
    leaves(silent)
    assert (still_comes.state, silent.state) == (LATE, CANCELLED)


def test_u05_a_later_day_that_is_moved_while_the_run_goes_on(travel_to: Travel) -> None:
    run = a_run(travel_to, MARCH_15, MARCH_16)
    booking, other = books(run), books(run)
    travel_to("2022-03-15 20:00")
    move(run, 2, held_on=MARCH_22)
    leaves(booking)
    travel_to("2022-03-22 09:30")
    leaves(other)
    assert (booking.state, other.state) == (CANCELLED, LATE)


def test_u05_another_trainer_or_link_changes_nothing_of_the_notice(travel_to: Travel) -> None:
    run = a_run(travel_to, MARCH_15)
    booking = books(run)
    travel_to("2022-03-14 12:00")
    move(run, link="https://meet.example/other", trainer=factories.trainer())
    travel_to("2022-03-14 13:00")
    leaves(booking)
    assert booking.state is LATE


def test_ma08_what_is_free_after_a_change_still_costs_who_does_not_come(travel_to: Travel) -> None:
    run = a_run(travel_to, MARCH_15, has_charges=True)
    rate()
    booking = books(run, factories.partner())
    travel_to("2022-03-14 12:00")
    move(run, starts=time(10))
    assert rules.notice_of(booking, clock.now()) == (
        "Free to cancel, since its date or time was changed. If you do not attend: £90 per day."
    )


def test_u05_the_page_that_gives_up_asks_for_no_cause(pages: Pages, travel_to: Travel) -> None:
    run = a_run(travel_to, MARCH_15)
    booking = books(run)
    travel_to("2022-03-14 12:00")
    move(run, starts=time(13))
    pages.sign_in(factories.user(Role.PRACTITIONER, of=booking.person))
    page = pages.get(f"/bookings/{booking.id}/cancel")
    assert "This is in time: its date or time was changed" in page.text
    page = pages.submit(page, button="Cancel this place")
    assert page.errors == []
    assert db.session.get_one(Booking, booking.id).state is CANCELLED
