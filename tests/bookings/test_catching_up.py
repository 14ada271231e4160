"""A missed day is booked alone, in another run of the same course version. (U-03, ST-09)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.attendance.queries import progress_of
from app.bookings import queries, rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.learning.models import MarkStatus
from app.people.models import Person
from app.sessions.models import Run
from tests import factories
from tests.attendance.marking import mark

FIRST = [date(2022, 1, 31), date(2022, 2, 7), date(2022, 2, 14), date(2022, 2, 21), date(2022, 2, 28)]
SECOND = [date(2022, 3, 7), date(2022, 3, 14), date(2022, 3, 21), date(2022, 3, 28), date(2022, 4, 4)]


@pytest.fixture
def missed(travel_to: Callable[..., None]) -> tuple[Person, Run, Run]:
    """Somebody who did days 1, 2, 4 and 5 of SOS5-03; and SOS5-04, whose day 3 is on 21 March."""
    travel_to("2022-03-01")
    programme = factories.programme(deadline=date(2022, 3, 31))
    course = factories.course(components=5, programme_id=programme.id)
    first = factories.run(course, days=FIRST, code="SOS5-03")
    second = factories.run(course, days=SECOND, code="SOS5-04", capacity=2)
    person = factories.staff()
    factories.booking(first, person)
    for number in (1, 2, 4, 5):
        mark(first, number, person)
    mark(first, 3, person, status=MarkStatus.ABSENT_APOLOGIES)
    return person, first, second


def book(person: Person, session: Any) -> Booking:
    by = factories.actor(Role.PRACTITIONER, of=person)
    return rules.book(run=session.run, person=person, session=session, by=by, now=clock.now())


def test_u03_a_missed_day_takes_one_seat_of_that_session_only(missed: tuple[Person, Run, Run]) -> None:
    person, _, second = missed
    day_3 = second.sessions[2]
    booking = book(person, day_3)
    assert (booking.state, booking.session_id) == (BookingState.CONFIRMED, day_3.id)
    taken = queries.seats_taken([one.id for one in second.sessions])
    assert [taken[one.id] for one in second.sessions] == [0, 0, 1, 0, 0]
    assert queries.seats_left_for(person, second.sessions, on=clock.today()) == {
        one.id: 1 if one is day_3 else 2 for one in second.sessions
    }
    (progress,) = progress_of(person, as_at=clock.today())
    assert (progress.done, progress.will_complete_on) == (4, date(2022, 3, 21))
    assert not progress.is_after_deadline


def test_u03_completion_is_the_day_caught_up_and_names_both_runs(
    missed: tuple[Person, Run, Run], travel_to: Callable[..., None]
) -> None:
    person, _, second = missed
    book(person, second.sessions[2])
    travel_to("2022-03-22")
    mark(second, 3, person)
    (progress,) = progress_of(person, as_at=clock.today())
    assert (progress.completed_on, progress.runs) == (date(2022, 3, 21), "SOS5-03 + SOS5-04")


def test_u03_a_day_caught_up_after_the_deadline_is_said_to_be_late(missed: tuple[Person, Run, Run]) -> None:
    person, _, second = missed
    late = factories.run(second.version.course, days=[*SECOND[:2], date(2022, 4, 4), *SECOND[3:4], SECOND[4]])
    book(person, late.sessions[2])
    (progress,) = progress_of(person, as_at=date(2022, 3, 31))
    assert (progress.completed_on, progress.will_complete_on) == (None, date(2022, 4, 4))
    assert progress.is_after_deadline


def test_st09_only_the_missing_day_of_a_course_begun_can_be_booked_alone(
    missed: tuple[Person, Run, Run],
) -> None:
    person, _, second = missed
    with pytest.raises(RuleBroken, match=r"^You have done Day 1 of .* already\.$"):
        book(person, second.sessions[0])
    with pytest.raises(RuleBroken, match=r"^You have not begun .* yet\. Book a whole run\.$"):
        book(factories.staff(), second.sessions[2])
    third = factories.run(second.version.course, days=[date(2022, 5, day) for day in (2, 9, 16, 23, 30)])
    book(person, second.sessions[2])
    with pytest.raises(RuleBroken, match=r"^You have a place for Day 3 already, on 21 March 2022\."):
        book(person, third.sessions[2])
    academy = factories.actor(Role.ACADEMY_MANAGER)
    other = factories.staff()
    booking = rules.book(run=second, person=other, session=second.sessions[2], by=academy, now=clock.now())
    assert booking.state is BookingState.CONFIRMED


def test_days_are_not_booked_alone_where_the_terms_say_so(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01")
    course = factories.course(components=2, terms={"has_catch_up": False})
    first = factories.run(course, days=[date(2022, 2, 1), date(2022, 2, 8)])
    second = factories.run(course, days=[date(2022, 4, 1), date(2022, 4, 8)])
    person = factories.staff()
    mark(first, 1, person)
    with pytest.raises(RuleBroken, match="can’t be booked one by one"):
        book(person, second.sessions[1])


def test_st09_the_page_says_where_the_day_can_be_had_and_books_it(
    missed: tuple[Person, Run, Run], pages: Any
) -> None:
    person, _, _second = missed
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get("/my-learning")
    assert "4 of 5 days" in page.text
    page = pages.get(page.links()["Find Day 3 of " + page.soup.find("h3").text.strip()])
    assert "Monday 21 March 2022" in page.text
    page = pages.get(page.links()["Book Day 3 on 21 March 2022"])
    assert "Day 3 only" in page.text
    page = pages.submit(page)
    assert "Confirmed" in page.text
    assert "Will complete on 21 March 2022" in pages.get("/my-learning").text


def test_another_runs_session_or_nonsense_is_a_missing_page(
    missed: tuple[Person, Run, Run], pages: Any
) -> None:
    person, first, second = missed
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    pages.get(f"/runs/{second.id}/book?session={first.sessions[2].id}", status=404)
    pages.get(f"/runs/{second.id}/book?session=three", status=404)


def test_u03_a_day_caught_up_is_moved_to_the_same_day_of_another_run(
    missed: tuple[Person, Run, Run], pages: Any
) -> None:
    person, first, second = missed
    booking = book(person, second.sessions[2])
    days = [date(2022, 2, 28), *(date(2022, 3, day) for day in (7, 14)), *SECOND[3:]]
    third = factories.run(second.version.course, days=days, code="SOS5-05", capacity=2)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(pages.get(f"/bookings/{booking.id}").links()["Move to another run"])
    assert "SOS5-05, Day 3 on Mon 14 Mar 2022 (2 places)" in page.text
    assert first.code not in page.text
    page = pages.submit(page, {"run": str(third.id)})
    assert "Confirmed" in page.text
    assert (booking.state, queries.open_booking(second, person)) == (BookingState.CANCELLED_BY_ACADEMY, None)
    moved = queries.open_booking(third, person, third.sessions[2])
    assert moved is not None
    assert (moved.session_id, moved.replaces_id) == (third.sessions[2].id, booking.id)
    taken = queries.seats_taken([one.id for one in (*second.sessions, *third.sessions)])
    assert {ident for ident, number in taken.items() if number} == {third.sessions[2].id}


def test_u03_a_day_is_moved_to_no_run_of_another_version(missed: tuple[Person, Run, Run]) -> None:
    person, _, second = missed
    booking = book(person, second.sessions[2])
    course = second.version.course
    factories.version(course, components=4, number=2)
    other = factories.run(course, days=[date(2022, 5, day) for day in (2, 9, 16, 23)], code="SOS5-06")
    academy = factories.actor(Role.ACADEMY_MANAGER)
    with pytest.raises(RuleBroken, match="SOS5-06 has no Day 3"):
        rules.transfer(booking=booking, to_run=other, by=academy, now=clock.now())
    assert booking.state is BookingState.CONFIRMED
