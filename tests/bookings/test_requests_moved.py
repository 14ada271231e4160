"""Requests and offers that the academy moves: until when they can still be answered. (U-05, U-16)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.bookings import jobs, queries, rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.programmes.models import Promotion
from app.sessions.models import Run
from tests import factories
from tests.bookings.asking import Team, as_manager, ask, letters, run_on
from tests.bookings.desk import books, leaves, message
from tests.pages import Page, Pages

MARCH_11, MARCH_15, MARCH_29 = date(2022, 3, 11), date(2022, 3, 15), date(2022, 3, 29)
CONFIRMED, REQUESTED = BookingState.CONFIRMED, BookingState.REQUESTED

Travel = Callable[..., None]


@pytest.fixture
def desk(pages: Pages, travel_to: Travel) -> Pages:
    """The academy’s pages on Friday 11 March 2022, from 10:00."""
    travel_to("2022-03-11 10:00")
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


@pytest.fixture
def team(desk: Pages) -> Team:
    return Team()


def sweep() -> None:
    db.session.commit()
    jobs.sweep(clock.now())
    db.session.expire_all()


def moved_day(desk: Pages, run: Run, to: date, **times: str) -> Page:
    day = {f"held_on-{part}": str(getattr(to, part)) for part in ("day", "month", "year")}
    return desk.submit(desk.get(f"/runs/{run.id}/sessions/1/edit"), day | times)


# --- To another run ------------------------------------------------------------------------------------


def moved(desk: Pages, how: str, booking: Booking, to: Run) -> Booking:
    """Moved on the pages, in one of the academy’s ways; the booking that they have instead."""
    where, run = {"run": str(to.id)}, booking.run
    if how == "moved":
        page = desk.submit(desk.get(f"/bookings/{booking.id}/move"), where)
        assert f"Moved: a place on {to.code} is held for the request." in page.text
    elif how == "merged":
        page = desk.submit(desk.get(f"/runs/{run.id}/too-few"), {"choice": "merge", **where})
        assert f"Is held a place on {to.code}, as the request is not answered yet" in page.text
        page = desk.submit(page, button="Merge these runs")
        assert f"1 person is held a place on {to.code}." in page.text
    else:
        desk.submit(desk.get(f"/runs/{run.id}/cancel"), {"reason": "Snow", **where})
    return queries.moved_to([booking.id])[booking.id]


@pytest.mark.parametrize("how", ["moved", "merged", "cancelled"])
def test_u05_a_request_that_is_moved_to_a_run_closed_for_booking_can_be_answered_until_it_begins(
    desk: Pages, team: Team, travel_to: Travel, how: str
) -> None:
    """Booking of the 15th closed at the end of Thursday 10 March; the request moves there on Friday."""
    far = run_on(MARCH_29, closes_days=3)
    far.minimum_places = 2
    near = factories.run(far.version.course, days=[MARCH_15], code="NEAR-1")
    booking = ask(far, team.sam)
    new = moved(desk, how, booking, near)
    assert (new.state, new.held_until) == (REQUESTED, near.sessions[0].starts_at)
    until = "until 09:30 Tuesday 15 March"
    assert f"A place is held for you {until} " in message(new, f"carried_over:{booking.id}").text
    assert f"The place is held {until}." in letters("approval_asked")[-1].text
    travel_to("2022-03-14 17:00")
    sweep()
    manager = Pages(desk.app).sign_in(factories.user(Role.LINE_MANAGER, of=team.manager))
    manager.submit(manager.get(f"/bookings/{new.id}/request"), button="Approve")
    assert db.session.get_one(Booking, new.id).state is CONFIRMED


def test_u15_one_that_nobody_answers_ends_when_the_run_begins(
    desk: Pages, team: Team, travel_to: Travel
) -> None:
    far = run_on(MARCH_29, closes_days=3)
    near = factories.run(far.version.course, days=[MARCH_15])
    new = moved(desk, "moved", ask(far, team.sam), near)
    travel_to("2022-03-15 09:30")
    sweep()
    assert new.state is BookingState.RELEASED


def test_u15_where_there_is_time_to_answer_it_ends_as_any_request_does(desk: Pages, team: Team) -> None:
    far = run_on(MARCH_29, closes_days=1)
    near = factories.run(far.version.course, days=[date(2022, 3, 16)])
    new = moved(desk, "moved", ask(far, team.sam), near)
    assert new.held_until == clock.start_of_day(date(2022, 3, 16))


# --- Another day of the same run -----------------------------------------------------------------------


def test_u05_a_request_whose_day_moves_to_the_afternoon_does_not_lapse_at_once(
    desk: Pages, team: Team
) -> None:
    booking = ask(run_on(MARCH_29), team.sam)
    moved_day(desk, booking.run, MARCH_11, starts="14:00")
    sweep()
    begins = booking.run.sessions[0].starts_at
    assert (booking.state, booking.held_until) == (REQUESTED, begins)
    (told,) = letters("booking_session_changed")
    for words in (told.text, told.html.replace("<strong>", "").replace("</strong>", "")):
        assert "Your request stays as it is. The place is held until 14:00 Friday 11 March" in words
    rules.approve(booking=booking, by=as_manager(team.manager), now=clock.now())
    assert booking.state is CONFIRMED


@pytest.mark.parametrize(
    ("to", "until"),
    [
        (date(2022, 3, 14), "by 09:30 Monday 14 March"),
        (date(2022, 3, 15), "by the end of Monday 14 March"),
        (date(2022, 3, 30), "by 17:00 Tuesday 15 March"),
    ],
    ids=["closed by then", "closes sooner", "as before"],
)
def test_u16_whose_offer_ends_sooner_because_the_day_moves_is_told_until_when(
    desk: Pages, to: date, until: str
) -> None:
    terms: dict[str, Any] = {"promotion": Promotion.OFFER, "closes_days": 1}
    run = factories.run(factories.course(components=1, terms=terms), days=[MARCH_29], capacity=1)
    place, waits = books(run), books(run, factories.partner())
    third = books(run)
    leaves(place)
    moved_day(desk, run, to)
    told = letters("booking_session_changed")
    (offered,) = (one for one in told if one.to_address == waits.person.email)
    assert f"The place is still offered to you. Take it {until}." in offered.text
    assert f"<strong>{until.removeprefix('by ')}</strong>" in offered.html
    (still,) = (one for one in told if one.to_address == third.person.email)
    assert "Your turn on the waiting list stays as it is" in still.text
    sweep()
    assert offered.secret is not None
    theirs = Pages(desk.app)
    theirs.submit(theirs.get(f"/offers/{offered.secret}"), {"answer": "take"})
    assert db.session.get_one(Booking, waits.id).state is CONFIRMED
