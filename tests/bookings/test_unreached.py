"""Whom no e-mail reaches loses no place for an answer that nobody asked for. (U-08)"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from app.bookings import jobs, queries, rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.outbox.models import MessageState
from app.people.models import Person
from app.programmes.models import Promotion
from app.sessions.models import Run
from app.sessions.rules.planning import planned_again
from tests import factories
from tests.bookings.desk import academy, booked, leaves, told
from tests.pages import Pages
from tests.reminders.bouncing import bounced

Travel = Callable[..., None]
MARCH_15, MARCH_22, MAY_10 = date(2022, 3, 15), date(2022, 3, 22), date(2022, 5, 10)
CONFIRMED = BookingState.CONFIRMED


@pytest.fixture(autouse=True)
def a_monday_in_february(travel_to: Travel) -> None:
    travel_to("2022-02-14 10:00")


def nobody_writes_to(how: str) -> Person:
    """Ada Cole, who has no address, or one from which e-mails come back."""
    ada = factories.staff(
        first_name="Ada", last_name="Cole", email=None if how == "no address" else "ada@council.example"
    )
    if how == "comes back":
        bounced(ada.email, at=clock.now(), state=MessageState.BOUNCED)
    return ada


def moves_to(run: Run, day: date) -> None:
    planned = replace(planned_again(run.sessions[0]), held_on=day)
    rules.move_session(session=run.sessions[0], planned=planned, by=academy(), now=clock.now())


def to_be_told() -> list[Booking]:
    return list(db.session.scalars(queries.to_be_told(clock.now())))


def sweep_at(travel_to: Travel, moment: str) -> None:
    travel_to(moment)
    db.session.commit()
    jobs.sweep(clock.now())


@pytest.mark.parametrize("how", ["no address", "comes back"])
def test_u08_a_moved_session_takes_no_place_from_whom_no_email_reaches(how: str, travel_to: Travel) -> None:
    run = factories.run(factories.course(components=1), days=[MARCH_15])
    ada, other = booked(run, nobody_writes_to(how)), booked(run)
    moves_to(run, MARCH_22)
    assert to_be_told() == [ada]
    sweep_at(travel_to, "2022-03-01 10:00")
    assert (ada.state, other.state) == (CONFIRMED, BookingState.RELEASED)
    assert to_be_told() == [ada]
    rules.reconfirm(booking=ada, by=academy(), now=clock.now())
    assert to_be_told() == []


def test_u18_whose_email_came_back_after_they_were_asked_is_not_released(travel_to: Travel) -> None:
    run = factories.run(factories.course(components=1), days=[MARCH_15])
    booking = booked(run)
    moves_to(run, MARCH_22)
    bounced(booking.person.email, at=clock.now(), state=MessageState.BOUNCED)
    sweep_at(travel_to, "2022-03-01 10:00")
    assert (booking.state, to_be_told()) == (CONFIRMED, [booking])
    sweep_at(travel_to, "2022-03-23 10:00")
    assert (booking.state, booking.reconfirm_by) == (CONFIRMED, None)


def offering_run() -> Run:
    course = factories.course(components=1, terms={"promotion": Promotion.OFFER})
    return factories.run(course, days=[MARCH_15], capacity=1)


@pytest.mark.parametrize("how", ["no address", "comes back"])
def test_u08_whom_no_email_reaches_is_given_a_freed_place_instead_of_an_offer(how: str) -> None:
    run = offering_run()
    place, ada = booked(run), booked(run, nobody_writes_to(how))
    leaves(place)
    assert (ada.state, to_be_told()) == (CONFIRMED, [ada])


def test_u18_an_offer_that_came_back_does_not_lapse(travel_to: Travel) -> None:
    run = offering_run()
    place, waits = booked(run), booked(run)
    leaves(place)
    assert waits.state is BookingState.OFFERED
    bounced(waits.person.email, at=clock.now(), state=MessageState.BOUNCED)
    sweep_at(travel_to, "2022-02-17 10:00")
    assert (waits.state, to_be_told()) == (CONFIRMED, [waits])
    assert "promoted" in told(waits)  # goes out once the address is corrected


# --- What the academy reads ----------------------------------------------------------------------------


@pytest.fixture
def desk(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def test_u08_the_academy_reads_who_was_told_and_whom_to_tell_itself(desk: Pages) -> None:
    course = factories.course(components=1, title="Ways")
    run = factories.run(course, days=[MARCH_15], code="SOS2-07")
    later = factories.run(course, days=[MAY_10], code="SOS2-08")
    ada, other = booked(run, nobody_writes_to("no address")), booked(run)
    tell, when = "No e-mail reaches Ada Cole, so tell them yourself.", {"held_on-day": "22"}
    page = desk.submit(desk.get(f"/runs/{run.id}/sessions/1/edit"), when)
    assert f"Day 1 is changed. 1 person is told. {tell}" in page.text
    assert "1 person whom no e-mail reaches must be told by you" in desk.get("/").text
    assert "Ada Cole Ways: they have a place on SOS2-07" in desk.get("/data-quality/to-be-told").text
    assert "No e-mail reaches them: tell them yourself" in desk.get(f"/runs/{run.id}/places").text
    page = desk.get(f"/bookings/{ada.id}")
    assert "The place is theirs until they say otherwise." in page.text
    desk.submit(page, form="reconfirm")
    assert "must be told by you" not in desk.get("/").text
    page = desk.submit(desk.get(f"/bookings/{ada.id}/move"), {"run": str(later.id)})
    assert f"Moved. {tell}" in page.text
    new = db.session.scalars(select(Booking).where(Booking.replaces_id == ada.id)).one()
    page = desk.submit(desk.get(f"/bookings/{new.id}/cancel"), {"wish": "academy"})
    assert f"The booking is cancelled. {tell}" in page.text
    bounced(other.person.email, at=clock.now(), state=MessageState.BOUNCED)
    page = desk.submit(desk.get(f"/runs/{run.id}/cancel"), {"reason": "Ill", "who": "academy", "run": "none"})
    assert f"No e-mail reaches {other.person.name}, so tell them yourself." in page.text
    assert f"was told, apart from {other.person.name}, whom no e-mail reaches: tell them" in page.text
    assert "Ways: SOS2-07 is cancelled" in desk.get("/data-quality/to-be-told").text
