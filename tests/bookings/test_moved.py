"""Somebody who is moved to another run: what the pages call it, and what the e-mail says of the new place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from app.bookings import queries, rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.outbox.models import Message
from app.programmes.models import ApprovalMode
from app.sessions import rules as sessions
from app.sessions.models import Run
from app.sessions.rules.planning import planned_again
from tests import factories
from tests.bookings.asking import letters
from tests.bookings.desk import academy, booked
from tests.pages import Pages

MARCH_15, APRIL_26 = date(2022, 3, 15), date(2022, 4, 26)
HOW_TO_JOIN = "Bring your own laptop."


@pytest.fixture
def desk(pages: Pages, travel_to: Callable[..., None]) -> Pages:
    travel_to("2022-03-01 10:00")
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def two_runs(capacity: int = 16) -> tuple[Run, Run]:
    course = factories.course(components=1, title="Ways")
    sessions.give_instructions(of=course, words=HOW_TO_JOIN, by=academy(), now=clock.now())
    first = factories.run(course, days=[MARCH_15], code="SOS2-07")
    return first, factories.run(course, days=[APRIL_26], code="SOS2-08", capacity=capacity)


def moved(desk: Pages, booking: Booking, to_run: Run) -> Booking:
    desk.submit(desk.get(f"/bookings/{booking.id}/move"), {"run": str(to_run.id)})
    return queries.moved_to([booking.id])[booking.id]


def the_news() -> Message:
    (told,) = letters("booking_carried_over")
    return told


def test_am10_who_is_moved_reads_moved_and_not_that_the_academy_cancelled(desk: Pages) -> None:
    first, second = two_runs()
    booking = booked(first)
    new = moved(desk, booking, second)
    by_link = Pages(desk.app).get(f"/my-place/{rules.secret_for(booking)}").text
    own = Pages(desk.app).sign_in(factories.user(Role.PRACTITIONER, of=booking.person))
    page = own.get(f"/bookings/{booking.id}")
    for words in (by_link, page.text, own.get("/bookings").text):
        assert "Moved to SOS2-08" in words
        assert "ancelled by the academy" not in words
    assert page.links()["See the booking on SOS2-08"] == f"/bookings/{new.id}"
    assert "taken back" not in the_news().text
    for words in (the_news().text, the_news().html.replace("<strong>", "").replace("</strong>", "")):
        assert "The academy has moved your booking of Ways from these dates:" in words
        assert "take back" not in words


def test_a_place_that_the_academy_cancelled_is_still_called_so(desk: Pages) -> None:
    booking = booked(two_runs()[0])
    rules.cancel(booking=booking, by=academy(), now=clock.now(), reason="By mistake")
    page = desk.get(f"/bookings/{booking.id}")
    assert "Cancelled by the academy: By mistake" in page.text
    assert page.links()[booking.person.name] == f"/people/{booking.person_id}"
    assert page.links()[booking.run.code] == f"/runs/{booking.run_id}"


def moved_to_26_april(run: Run) -> None:
    planned = replace(planned_again(run.sessions[0]), held_on=APRIL_26)
    rules.move_session(session=run.sessions[0], planned=planned, by=academy(), now=clock.now())
    db.session.commit()


def test_u05_a_place_that_was_given_up_keeps_the_dates_that_it_had(
    desk: Pages, travel_to: Callable[..., None]
) -> None:
    """Given up on 1 March, it was called a place on 26 April once the run had moved there."""
    run = two_runs()[0]
    booking, stays = booked(run), booked(run)
    day_alone = booked(run, session=run.sessions[0])
    for one in (booking, day_alone):
        rules.cancel(booking=one, by=academy(), now=clock.now(), reason="By mistake")
    travel_to("2022-03-02 10:00")
    moved_to_26_april(run)
    said = "Dates when it ended Tue 15 Mar 2022. They have changed since."
    for one in (booking, day_alone):
        own = Pages(desk.app).sign_in(factories.user(Role.PRACTITIONER, of=one.person))
        row = own.get("/bookings").soup.select_one("main table").get_text(" ", strip=True)
        assert "15 Mar 2022" in row
        assert "Apr" not in row
        assert said in own.get(f"/bookings/{one.id}").text
    assert said in Pages(desk.app).get(f"/my-place/{rules.secret_for(booking)}").text
    own = Pages(desk.app).sign_in(factories.user(Role.PRACTITIONER, of=stays.person))
    assert "Tue 26 Apr 2022" in own.get("/bookings").text
    assert "Dates when it ended" not in own.get(f"/bookings/{stays.id}").text


def test_u05_a_place_that_was_given_up_after_the_dates_changed_has_the_new_ones(
    desk: Pages, travel_to: Callable[..., None]
) -> None:
    run = two_runs()[0]
    booking = booked(run)
    moved_to_26_april(run)
    travel_to("2022-03-02 10:00")
    rules.cancel(booking=booking, by=academy(), now=clock.now(), reason="By mistake")
    own = Pages(desk.app).sign_in(factories.user(Role.PRACTITIONER, of=booking.person))
    assert "Tue 26 Apr 2022" in own.get("/bookings").text
    assert "Dates when it ended" not in own.get(f"/bookings/{booking.id}").text


@pytest.mark.parametrize("how", ["moved", "run cancelled"])
def test_u05_the_place_that_they_have_instead_comes_with_what_every_place_comes_with(
    desk: Pages, how: str
) -> None:
    first, second = two_runs()
    booking = booked(first)
    if how == "moved":
        moved(desk, booking, second)
    else:
        rules.cancel_run(run=first, by=academy(), now=clock.now(), reason="The trainer is ill", to_run=second)
    new = queries.moved_to([booking.id])[booking.id]
    told = the_news()
    for said in (
        "Joining instructions",
        HOW_TO_JOIN,
        f"Your reference: {new.reference}",
        "or send a colleague instead",
        "Free to cancel until the end of Thursday 21 April.",
    ):
        assert said in told.text
        assert said in told.html.replace("<strong>", "").replace("</strong>", "")
    assert f"{HOW_TO_JOIN}\n\nYour reference" in told.text
    assert "attached.\n\nJoining instructions" in told.text


def test_u05_who_waits_on_the_other_run_is_told_of_no_place_there(desk: Pages) -> None:
    first, second = two_runs(capacity=1)
    booked(second)
    booking = booked(first)
    moved(desk, booking, second)
    db.session.expire_all()
    told = the_news()
    assert told.subject.endswith(": you are on the waiting list for other dates")
    assert "You are number 1 on the waiting list for these dates" in told.text
    assert "Your reference is now:" in told.text
    assert HOW_TO_JOIN not in told.text
    assert "Free to cancel" not in told.text


# --- The page that moves them --------------------------------------------------------------------------


@pytest.mark.parametrize("has", ["that day", "the whole run"])
def test_u03_who_comes_for_one_day_is_offered_no_run_on_which_they_have_it(desk: Pages, has: str) -> None:
    course = factories.course(components=2, title="Ways")
    days = {"SOS2-07": (1, 2), "SOS2-08": (8, 9), "SOS2-09": (15, 16)}
    first, second, third = (
        factories.run(course, days=[date(2022, 4, one) for one in those], code=code)
        for code, those in days.items()
    )
    person = factories.staff()
    for run in (first, second):
        day = run.sessions[1] if has == "that day" or run is first else None
        rules.book(run=run, person=person, by=academy(), now=clock.now(), session=day)
    booking = queries.open_booking(first, person)
    assert booking is not None
    page = desk.get(f"/bookings/{booking.id}/move")
    assert [one["value"] for one in page.soup.select("input[name=run]")] == [str(third.id)]


def test_u29_whoever_moves_a_place_that_was_moved_already_reads_where_to(desk: Pages) -> None:
    first, second = two_runs()
    booking = booked(first)
    stale = desk.get(f"/bookings/{booking.id}/move")
    moved(desk, booking, second)
    page = desk.submit(stale, {"run": str(second.id)})
    assert page.path == f"/bookings/{booking.id}"
    assert "This booking is no longer open: moved to SOS2-08." in page.html
    assert "turn in the queue" not in page.html
    assert len(letters("booking_carried_over")) == 1


def test_st02_moving_a_request_speaks_of_the_request(desk: Pages) -> None:
    first, _ = two_runs()
    first.version.course.terms.staff_approval = ApprovalMode.MANAGER
    person = factories.staff(manager_id=factories.staff().id)
    booking = rules.book(
        run=first, person=person, by=factories.actor(Role.PRACTITIONER, of=person), now=clock.now()
    )
    assert booking.state is BookingState.REQUESTED
    page = desk.get(f"/bookings/{booking.id}/move")
    assert "The request on SOS2-07 is given up at the same moment." in page.text
