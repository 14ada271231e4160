"""The pages of the waiting list: answering an offer, why one waits, what is held, and places kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.bookings import rules
from app.bookings.models import Booking, BookingState
from app.core import clock, tokens
from app.core.db import db
from app.core.permissions import Role
from app.programmes.models import ApprovalMode, Promotion
from app.sessions.models import Run
from tests import factories
from tests.bookings.desk import academy, books, keeps, leaves, message, partner_of, quotas, sector, states

Travel = Callable[..., None]

CONFIRMED, WAITLISTED = BookingState.CONFIRMED, BookingState.WAITLISTED
CANCELLED, OFFERED = BookingState.CANCELLED, BookingState.OFFERED
TAKE, LEAVE, WAIT_ON = {"answer": "take"}, {"answer": "leave"}, {"answer": "wait_on"}


@pytest.fixture
def run(travel_to: Travel) -> Run:
    travel_to("2022-03-01")
    of = factories.course(components=1, title="Signs of Safety", terms={"promotion": Promotion.OFFER})
    return factories.run(of, days=[date(2022, 3, 22)], capacity=1, code="SOS2-07")


def offered(run: Run) -> Booking:
    place, waits = books(run), books(run)
    leaves(place)
    assert waits.state is OFFERED
    return waits


# --- Answering -----------------------------------------------------------------------------------------


def test_st04_an_offer_is_taken_on_the_bookings_page(pages: Any, run: Run) -> None:
    booking = offered(run)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=booking.person))
    listed = pages.get("/bookings").text
    assert "Held for you" in listed
    assert "Offered 17:00 Thursday 3 March" in listed
    page = pages.get(f"/bookings/{booking.id}")
    assert "A place is offered to you until 17:00 Thursday 3 March" in page.text
    page = pages.get(page.links()["Take or turn down the place"])
    assert booking.state is OFFERED
    page = pages.submit(page)
    assert page.errors == ["Choose whether the place is taken or turned down"]
    page = pages.submit(page, TAKE)
    assert page.path == f"/bookings/{booking.id}"
    assert "The place is taken" in page.text
    assert booking.state is CONFIRMED
    page = pages.get(f"/bookings/{booking.id}/offer")
    assert "This place was taken already: it is confirmed." in page.text


@pytest.mark.parametrize(
    ("answer", "becomes", "words"),
    [
        (LEAVE, CANCELLED, "off the waiting list"),
        (WAIT_ON, WAITLISTED, "stays on the waiting list, at its end"),
    ],
)
def test_the_academy_turns_an_offer_down_for_somebody(
    pages: Any, run: Run, answer: dict[str, str], becomes: BookingState, words: str
) -> None:
    booking = offered(run)
    behind = books(run)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.submit(pages.get(f"/bookings/{booking.id}/offer"), answer)
    assert words in page.text
    assert states(booking, behind) == [becomes, OFFERED]
    assert "The offer was turned down" in page.text


def test_only_the_person_and_the_academy_find_the_answer(pages: Any, run: Run) -> None:
    manager = factories.staff()
    books(run)
    waits = books(run, factories.staff(manager_id=manager.id))
    leaves(db.session.query(Booking).filter_by(state=CONFIRMED).one())
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=manager))
    assert "Take or turn down" not in pages.get(f"/bookings/{waits.id}").text
    pages.get(f"/bookings/{waits.id}/offer", status=403)
    pages.post(f"/bookings/{waits.id}/offer", TAKE, status=403)
    assert waits.state is OFFERED


# --- The e-mailed link ---------------------------------------------------------------------------------


def test_opening_the_link_does_nothing_and_a_press_takes_the_place(pages: Any, run: Run) -> None:
    booking = offered(run)
    others = books(run, factories.staff(first_name="Zephyrine", last_name="Quillfeather"))
    path = f"/offers/{message(booking, 'offered:1').secret}"
    for _ in range(2):  # a mail scanner, then the person
        page = pages.get(path)
        assert booking.state is OFFERED
    assert page.h1 == "A place on Signs of Safety is offered to you"
    page = pages.submit(page, TAKE)
    assert "The place is taken" in page.text
    assert "Confirmed" in page.text
    assert "already" not in page.text
    assert (booking.state, others.state) == (CONFIRMED, WAITLISTED)
    assert booking.moves[-1].by_name == f"{booking.person.name}, by e-mailed link"
    assert "Zephyrine" not in page.html
    again = pages.get(path)
    assert "This place was taken already: it is confirmed." in again.text
    pages.post(path, LEAVE)
    assert booking.state is CONFIRMED


def test_a_link_turns_down_and_then_says_so(pages: Any, run: Run) -> None:
    booking = offered(run)
    path = f"/offers/{message(booking, 'offered:1').secret}"
    page = pages.submit(pages.get(path), LEAVE)
    assert "off the waiting list" in page.text
    assert "already" not in page.text
    assert "This offer was turned down already." in pages.get(path).text
    assert booking.state is CANCELLED


def test_a_link_that_ran_out_or_is_forged_has_its_own_sentence(
    pages: Any, run: Run, travel_to: Travel
) -> None:
    booking, behind = offered(run), books(run)
    path = f"/offers/{message(booking, 'offered:1').secret}"
    stale = pages.get(path)
    for forged in ("/offers/x", path[:-1], f"/offers/{tokens.make('approval', booking.id)}"):
        page = pages.get(forged, status=404)
        assert (page.h1, "not complete or not one of ours" in page.text) == ("This link does not work", True)
    pages.get(f"/offers/{tokens.make('offer', 999_999)}", status=404)
    travel_to("2022-03-03 17:00")
    assert "This offer ran out at 17:00 Thursday 3 March." in pages.get(path).text
    page = pages.submit(stale, TAKE)
    assert "This offer ran out" in page.text
    assert booking.state is OFFERED  # until the sweep, which alone passes it on
    assert behind.state is WAITLISTED


# --- Why one waits -------------------------------------------------------------------------------------


def test_every_entry_shows_its_position_and_why_and_no_names(pages: Any, run: Run) -> None:
    books(run, factories.staff(first_name="Zephyrine"))
    books(run, factories.staff(first_name="Zephyrine"))
    waits = books(run)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=waits.person))
    for path in (f"/bookings/{waits.id}", "/bookings"):
        page = pages.get(path)
        assert "No place has become free yet." in page.text
        assert "Zephyrine" not in page.html
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/runs/{run.id}/places")
    assert page.text.count("No place has become free yet.") == 2


def test_many_wait_for_many_runs_within_the_pages_budget(pages: Any, travel_to: Travel) -> None:
    travel_to("2022-03-01")
    person = factories.staff()
    for day in range(8):
        of = factories.course(components=1)
        run = factories.run(of, days=[date(2022, 3, 21 + day)], capacity=1)
        books(run)
        books(run, person)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    text = pages.get("/bookings").text
    assert text.count("No place has become free yet.") == 4
    assert text.count("The booking says why.") == 4


def test_requests_are_shown_with_until_when_they_are_held(pages: Any, travel_to: Travel) -> None:
    travel_to("2022-03-07")
    of = factories.course(components=1, terms={"staff_approval": ApprovalMode.MANAGER})
    booking = books(factories.run(of, days=[date(2022, 3, 22)]))
    pages.sign_in(factories.user(Role.PRACTITIONER, of=booking.person))
    for path in ("/bookings", f"/bookings/{booking.id}"):
        assert "17:00 Thursday 10 March" in pages.get(path).text
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert "Waiting for approval 17:00 Thursday 10 March" in pages.get(f"/runs/{booking.run_id}/places").text


# --- Places kept ---------------------------------------------------------------------------------------


def _day(day: int, month: int = 3, year: int = 2022) -> dict[str, str]:
    return {"kept_until-day": str(day), "kept_until-month": str(month), "kept_until-year": str(year)}


def test_am05_the_academy_keeps_changes_and_releases_places(pages: Any, run: Run) -> None:
    health = sector("Health")
    run.sessions[0].capacity = 4
    db.session.flush()
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(pages.get(f"/runs/{run.id}/places").links()["Keep places for partners"])
    page = pages.submit(page, {"sector": str(health.id), "places": "4", **_day(8)})
    assert "The places are kept." in page.text
    assert "Health 4 4 Tue 8 Mar 2022" in page.text
    waits = books(run)
    assert waits.state is WAITLISTED
    page = pages.get(f"/runs/{run.id}/places")
    assert "kept for others until the end of 8 March 2022" in page.text
    page = pages.get(page.links()["Change the places kept for Health"])
    assert (page.value("sector"), page.value("places")) == (str(health.id), "4")
    page = pages.submit(page, {"places": "3"})
    assert "Of those who waited, 1 person is offered one." in page.text
    page = pages.submit(page, button="Keep no longer for Health", form="/release")
    assert "These places are no longer kept." in page.text
    assert quotas(run) == []


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"places": "-2", **_day(8)}, ["Places must be between 1 and 1,000"]),
        ({"places": "0", **_day(8)}, ["Places must be between 1 and 1,000"]),
        ({"places": "9" * 20, **_day(8)}, ["Places must be between 1 and 1,000"]),
        ({"places": "2", **_day(8)}, ["Day 1 has 1 place. Keep 1 or fewer"]),
        ({"places": "1", **_day(28, 2)}, ["Kept until must be today or later"]),
        (
            {"places": "1", **_day(22)},
            [
                "Kept until must be 21 March 2022 or earlier, so that the places can still go to "
                "the waiting list before booking for SOS2-07 closes"
            ],
        ),
        ({"places": "1", **_day(31, 2)}, ["Kept until must be a real date, like 31 3 2026"]),
        (
            {"places": ""},
            ["Enter how many places are kept", "Enter the last day on which they are kept"],
        ),
        (
            {"sector": "99999", "places": "1", **_day(8)},
            ["Choose again: what you chose is not on the list any more"],
        ),
    ],
)
def test_a_wrong_quota_comes_back_with_what_was_typed(
    pages: Any, run: Run, typed: dict[str, str], errors: list[str]
) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.submit(pages.get(f"/runs/{run.id}/places/keep"), typed)
    assert page.errors == errors
    assert page.value("places") == typed["places"]
    assert quotas(run) == []


def test_each_sees_the_places_left_for_them(pages: Any, run: Run) -> None:
    keeps(run, 1, date(2022, 3, 8))
    staff, partner = factories.staff(), partner_of("Health")
    pages.sign_in(factories.user(Role.PRACTITIONER, of=staff))
    assert "Full: waiting list" in pages.get("/book").text
    assert "SOS2-07" not in pages.get("/book?places=1").text
    assert "Join the waiting list" in pages.get(f"/runs/{run.id}/book").text
    pages.sign_in(factories.user(Role.PARTNER, of=partner))
    assert "1 place left" in pages.get("/book").text
    assert "SOS2-07" in pages.get("/book?places=1").text
    assert "1 place left of 1" in pages.get(f"/runs/{run.id}/book").text


def test_a_trainer_keeps_nothing_and_reads_no_reasons(pages: Any, run: Run) -> None:
    user = factories.user(Role.TRAINER)
    run.sessions[0].trainer_id = factories.trainer(user).id
    keeps(run, 1, date(2022, 3, 8))
    books(run)
    rules.book(run=run, person=factories.staff(), by=academy(), now=clock.now())
    pages.sign_in(user)
    page = pages.get(f"/runs/{run.id}/places")
    assert "Places kept" not in page.text
    assert "kept for others" not in page.text
    pages.get(f"/runs/{run.id}/places/keep", status=403)
