"""Fewer places in a day of a run: what is said first, and who waits for which days. (U-21)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from icalendar import Calendar
from sqlalchemy import select

from app.bookings import queries
from app.bookings.models import Booking, BookingState
from app.core.db import db
from app.core.permissions import Role
from app.sessions.models import Run
from tests import factories
from tests.attendance.marking import mark
from tests.bookings.asking import letters
from tests.bookings.desk import books, keeps, leaves
from tests.pages import Page, Pages

MARCH_15, MARCH_22, MARCH_29 = date(2022, 3, 15), date(2022, 3, 22), date(2022, 3, 29)
CONFIRMED, WAITLISTED = BookingState.CONFIRMED, BookingState.WAITLISTED

Travel = Callable[..., None]


def begun(travel_to: Travel, *days: date, people: int = 3) -> tuple[Run, list[Booking]]:
    """A run, and who has a place on it and was there on its first day, which was yesterday."""
    travel_to("2022-03-01 10:00")
    run = factories.run(factories.course(components=len(days), title="Ways"), days=list(days), code="SOS2-07")
    bookings = [books(run) for _ in range(people)]
    mark(run, 1, *(one.person for one in bookings))
    travel_to("2022-03-16 10:00")
    return run, bookings


def cut(desk: Pages, run: Run, number: int, capacity: int, *moving: Booking, to: Run | None = None) -> Page:
    page = desk.get(f"/sessions/{run.sessions[number - 1].id}/capacity")
    page = desk.submit(page, {"capacity": str(capacity)})
    where = str(to.id) if to else "none"
    return desk.submit(page, {"moving": [str(one.id) for one in moving], "run": where})


def instead_of(booking: Booking) -> Booking | None:
    return db.session.scalars(select(Booking).where(Booking.replaces_id == booking.id)).one_or_none()


@pytest.fixture
def desk(pages: Pages, travel_to: Travel) -> Callable[[], Pages]:
    return lambda: pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


# --- While a run goes on -------------------------------------------------------------------------------


def test_u21_on_the_last_day_of_a_run_that_has_begun_they_come_first_in_the_queue_for_it(
    desk: Callable[[], Pages], travel_to: Travel
) -> None:
    """Day 1 was held; 3 have a place on day 2, which takes 2: one of them waits for day 2, before others."""
    run, (first, second, third) = begun(travel_to, MARCH_15, MARCH_22)
    academy = desk()
    page = academy.get(f"/sessions/{run.sessions[1].id}/capacity")
    assert "The waiting list of Day 2, before others" in academy.submit(page, {"capacity": "2"}).text
    page = cut(academy, run, 2, 2, third)
    assert page.path == f"/runs/{run.id}/places"
    new = instead_of(third)
    assert new is not None
    assert (new.state, new.session, new.has_priority) == (WAITLISTED, run.sessions[1], True)
    (told,) = letters("booking_carried_over")
    assert "Day 1" not in told.text
    assert "take back your place on Ways on these dates:\n\nDay 2: Tuesday 22 March 2022" in told.text
    assert told.subject.endswith(": you are on the waiting list")
    assert "You are number 1 on the waiting list, before everybody who was not moved." in told.text
    entries = Calendar.from_ical(told.calendar or "").walk("VEVENT")
    assert [one["dtstart"].dt.date() for one in entries] == [MARCH_22]
    leaves(second)
    assert (new.state, first.state) == (CONFIRMED, CONFIRMED)
    assert queries.capacity_breaches() == []


def test_u21_nobody_loses_several_days_because_one_of_them_is_short(
    desk: Callable[[], Pages], travel_to: Travel
) -> None:
    run, (*_, last) = begun(travel_to, MARCH_15, MARCH_22, MARCH_29)
    other = factories.run(run.version.course, days=[date(2022, 4, one) for one in (5, 6, 7)])
    page = cut(academy := desk(), run, 2, 2, last)
    assert page.errors == [
        "SOS2-07 has begun: who waits for Day 2 would lose the other days that are left. Choose another run "
        "for them"
    ]
    assert (last.state, run.sessions[1].capacity) == (CONFIRMED, 16)
    cut(academy, run, 2, 2, last, to=other)
    new = instead_of(last)
    assert new is not None
    assert (new.state, new.run_id) == (CONFIRMED, other.id)


def test_u21_who_came_for_that_day_alone_waits_for_it_alone(
    desk: Callable[[], Pages], travel_to: Travel
) -> None:
    run, (missed, *_) = begun(travel_to, MARCH_15, MARCH_22, MARCH_29, people=1)
    own = factories.run(run.version.course, days=[date(2022, 3, one) for one in (8, 9, 10)])
    factories.booking(own, person := factories.staff())
    mark(own, 1, person)
    catches_up = books(run, person, session=run.sessions[1])
    cut(desk(), run, 2, 1, catches_up)
    new = instead_of(catches_up)
    assert new is not None
    assert (new.state, new.session, missed.state) == (WAITLISTED, run.sessions[1], CONFIRMED)


def test_u21_nobody_is_moved_from_a_day_that_was_held(desk: Callable[[], Pages], travel_to: Travel) -> None:
    run, (*_, last) = begun(travel_to, MARCH_15, MARCH_22)
    page = cut(desk(), run, 1, 2, last)
    assert page.errors == ["Day 1 has begun, so nobody can be moved from it any more"]
    assert last.state is CONFIRMED


# --- What is said before anybody is chosen -------------------------------------------------------------


def test_u21_a_number_below_the_minimum_is_refused_before_anybody_is_chosen(
    desk: Callable[[], Pages], travel_to: Travel
) -> None:
    travel_to("2022-03-01 10:00")
    run = factories.run(factories.course(components=1), days=[MARCH_15], minimum_places=4)
    for _ in range(4):
        books(run)
    academy = desk()
    page = academy.submit(academy.get(f"/sessions/{run.sessions[0].id}/capacity"), {"capacity": "3"})
    assert page.errors == ["Most places must be 4 or more, the fewest that the run needs"]


def test_am05_so_is_a_number_below_what_is_kept_for_partners(
    desk: Callable[[], Pages], travel_to: Travel
) -> None:
    travel_to("2022-03-01 10:00")
    run = factories.run(factories.course(components=1), days=[MARCH_15])
    keeps(run, 4, date(2022, 3, 8))
    for _ in range(4):
        books(run)
    academy = desk()
    page = academy.submit(academy.get(f"/sessions/{run.sessions[0].id}/capacity"), {"capacity": "3"})
    assert page.errors == ["4 places are kept for partners. Enter 4 or more, or keep fewer"]
