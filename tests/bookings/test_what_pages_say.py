"""What the pages of the desk tell whoever reads them: what a place costs, what is over, what comes next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from app.bookings import rules
from app.bookings.models import Booking, Invitation
from app.core import clock, tokens
from app.core.db import db
from app.core.permissions import Role
from app.outbox.models import Message
from app.people.models import Person
from app.programmes.models import ApprovalMode
from app.sessions.models import Run
from tests import factories
from tests.bookings.desk import academy, booked, books, rate
from tests.pages import Pages

Travel = Callable[..., None]
MARCH_15, APRIL_26, MAY_3 = date(2022, 3, 15), date(2022, 4, 26), date(2022, 5, 3)


@pytest.fixture(autouse=True)
def _on_1_march(travel_to: Travel) -> None:
    travel_to("2022-03-01 10:00")


def invited(person: Person, *runs: Run) -> str:
    """The address at which somebody takes up an invitation to these runs."""
    course = runs[0].version.course
    rules.invite(course=course, runs=list(runs), people=[person], batch="one", by=academy(), now=clock.now())
    invitation = db.session.scalars(select(Invitation)).one()
    return f"/invitations/{tokens.make(rules.INVITATION, invitation.id, to=invitation.person.email)}"


def own_link(booking: Booking) -> str:
    return f"/my-place/{rules.secret_for(booking)}"


# --- What it costs -----------------------------------------------------------------------------------------


def test_ma08_an_invitation_says_what_each_run_costs_before_it_is_booked(pages: Pages) -> None:
    course = factories.course(components=1, terms={"has_charges": True})
    runs = [factories.run(course, days=[day]) for day in (MARCH_15, APRIL_26)]
    rate()
    page = pages.get(invited(factories.partner(), *runs))
    for ends in ("Thursday 10 March", "Thursday 21 April"):
        assert f"cancel after the end of {ends} or do not attend: £90 per day." in page.text


def test_ma02_where_there_is_one_run_nothing_need_be_chosen(pages: Pages) -> None:
    run = factories.run(factories.course(components=1), days=[MARCH_15])
    page = pages.get(invited(factories.partner(), run))
    assert page.value("run") == str(run.id)
    assert "Confirmed" in pages.submit(page).text


def test_ma02_where_there_are_several_none_is_chosen_for_anybody(pages: Pages) -> None:
    course = factories.course(components=1)
    page = pages.get(
        invited(factories.partner(), *(factories.run(course, days=[day]) for day in (MARCH_15, APRIL_26)))
    )
    assert page.value("run") is None
    assert pages.submit(page).errors == ["Choose one of the runs"]


@pytest.mark.parametrize("waits", [False, True])
def test_a_full_run_says_who_waits_only_where_somebody_does(pages: Pages, waits: bool) -> None:
    run = factories.run(factories.course(components=1), days=[APRIL_26], capacity=1)
    books(run)
    if waits:
        books(run)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=factories.staff()))
    said = "Full. 1 person on the waiting list." if waits else "Full. Nobody is waiting."
    assert said in pages.get(f"/runs/{run.id}/book").text


# --- What is over ------------------------------------------------------------------------------------------


def test_a_place_on_days_that_have_been_is_over_and_leads_to_ones_learning(
    pages: Pages, travel_to: Travel
) -> None:
    booking = books(factories.run(factories.course(components=1), days=[MARCH_15]))
    user = factories.user(Role.PRACTITIONER, of=booking.person)
    page = pages.sign_in(user).get(f"/bookings/{booking.id}")
    assert "Add to my calendar" in page.links()
    assert "See it in my learning" not in page.links()
    travel_to("2022-03-16")
    page = pages.sign_in(user).get(f"/bookings/{booking.id}")
    assert "Over Days Day" in page.text
    assert "Add to my calendar" not in page.links()
    assert page.links()["See it in my learning"] == "/my-learning"


def test_ma02_the_page_by_link_of_a_place_given_up_asks_nobody_to_keep_its_link(pages: Pages) -> None:
    run = factories.run(factories.course(components=1), days=[MARCH_15])
    booking = books(run, factories.partner())
    assert "Keep the e-mail that led you here" in pages.get(own_link(booking)).text
    rules.cancel(booking=booking, by=academy(), now=clock.now())
    page = pages.get(own_link(booking))
    assert "Keep the e-mail" not in page.text
    assert not page.soup.select("main .takeup-actions")


# --- What comes next ---------------------------------------------------------------------------------------


def test_am18_the_run_to_join_is_the_first_that_has_room_for_everybody(pages: Pages) -> None:
    course = factories.course(components=1)
    few = factories.run(course, days=[MARCH_15], minimum_places=3)
    full = factories.run(course, days=[APRIL_26], capacity=1)
    for run in (few, few, full):
        books(run)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/runs/{few.id}/too-few")
    assert page.value("run") is None
    assert pages.submit(page, {"choice": "merge"}).errors == ["Choose the run that they join"]
    wide = factories.run(course, days=[MAY_3], capacity=2)
    assert pages.get(f"/runs/{few.id}/too-few").value("run") == str(wide.id)


def test_a_run_that_cant_be_booked_promises_no_places(pages: Pages) -> None:
    run = factories.run(factories.course(components=1), days=[MARCH_15])
    person = factories.staff()
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    address = f"/runs/{run.id}/book?person={person.id}"
    assert "16 places left" in pages.get(address).text
    rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Snow")
    page = pages.get(address)
    assert "was cancelled. Choose another run." in page.text
    assert "places left" not in page.text


def test_the_page_of_a_run_that_is_over_says_nothing_of_what_is_to_come(
    pages: Pages, travel_to: Travel
) -> None:
    run = factories.run(factories.course(components=2), days=[MARCH_15, APRIL_26], minimum_places=6)
    for session in run.sessions:
        session.link = "https://meet.example/a"
    user = factories.user(Role.ACADEMY_MANAGER)
    page = pages.sign_in(user).get(f"/runs/{run.id}")
    assert "0 of 16 booked; goes ahead with 6 or more" in page.text
    assert page.text.count("Join online") == 2
    travel_to("2022-03-16 10:00")
    page = pages.sign_in(user).get(f"/runs/{run.id}")
    assert "goes ahead with" not in page.text
    assert page.text.count("Join online") == 1
    travel_to("2022-04-27 10:00")
    assert "Join online" not in pages.sign_in(user).get(f"/runs/{run.id}").text


def test_u05_the_page_that_cancels_a_run_says_what_becomes_of_who_waits(pages: Pages) -> None:
    course = factories.course(components=1)
    run = factories.run(course, days=[MARCH_15], capacity=1)
    factories.run(course, days=[MAY_3])
    booked(run), booked(run)
    page = pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get(f"/runs/{run.id}/cancel")
    assert "Whoever waits for a place is told too, and where other dates can be booked." in page.text
    page = pages.submit(page, {"reason": "Snow"})
    code = run.code
    assert f"{code} is cancelled. 1 person has a place on " in page.text
    assert " and 1 person is moved to no other run." in page.text
    assert "Places on each day" not in page.text


@pytest.mark.parametrize("has_place", [True, False])
@pytest.mark.parametrize("is_by_provider", [True, False])
def test_u05_whoever_had_a_place_on_a_cancelled_run_or_waited_for_one_is_offered_other_dates(
    pages: Pages, has_place: bool, is_by_provider: bool
) -> None:
    """By the e-mail that tells them, and on the page of their booking: it named none."""
    run = factories.run(factories.course(components=1), days=[MARCH_15], capacity=1)
    place, waits = booked(run), booked(run)
    lost = place if has_place else waits
    pages.sign_in(factories.user(Role.PRACTITIONER, of=lost.person, password="a hash"))
    rules.cancel_run(
        run=run, by=academy(), now=clock.now(), reason="Snow", is_by_provider=is_by_provider, to_run=None
    )
    told = select(Message).where(Message.to_address == lost.person.email).order_by(Message.id.desc())
    letter = db.session.scalars(told.limit(1)).one()
    assert "Other dates can be booked here:" in letter.text
    page = pages.get(f"/bookings/{lost.id}")
    assert page.links()["See other dates"] == f"/book?course={run.version.course_id}"


def test_u05_who_was_carried_to_another_run_is_shown_that_one_alone(pages: Pages) -> None:
    course = factories.course(components=1)
    run, other = (factories.run(course, days=[day]) for day in (MARCH_15, MAY_3))
    moved = booked(run)
    rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Snow", to_run=other)
    page = pages.sign_in(factories.user(Role.PRACTITIONER, of=moved.person)).get(f"/bookings/{moved.id}")
    assert "See other dates" not in page.links()
    assert f"See the booking on {other.code}" in page.links()


@pytest.mark.parametrize("kind", ["offers", "reconfirm", "my-place", "invitations"])
def test_bad_input_a_forged_link_says_whom_to_ask(pages: Pages, kind: str) -> None:
    page = pages.get(f"/{kind}/forged", status=404)
    assert "This link is not complete or not one of ours" in page.text
    assert "If you need help, contact the academy" in page.text


def test_bad_input_mistakes_are_listed_in_the_order_of_the_page(pages: Pages) -> None:
    course = factories.course(components=1, terms={"partner_approval": ApprovalMode.DECLARED})
    run = factories.run(course, days=[MARCH_15])
    pages.sign_in(factories.user(Role.PARTNER, of=factories.partner()))
    page = pages.submit(
        pages.get(f"/runs/{run.id}/book"),
        {"needs": "n" * 1001, "manager_name": "x" * 201, "manager_email": "x"},
    )
    assert page.errors == [
        "Your manager’s name must be 200 characters or fewer",
        "Enter an e-mail address in the correct format, like name@example.org",
        "Ask your manager, then tick that they agree",
        "Your answer must be 1000 characters or fewer",
    ]


# --- What happened -----------------------------------------------------------------------------------------


def test_st04_the_page_by_link_says_why_one_waits_and_who_is_asked(pages: Pages) -> None:
    terms = {"partner_approval": ApprovalMode.MANAGER}
    run = factories.run(factories.course(components=1, terms=terms), days=[MARCH_15], capacity=1)
    rules.book(run=run, person=factories.staff(), by=academy(), now=clock.now())
    waits = rules.book(run=run, person=factories.partner(), by=academy(), now=clock.now())
    page = pages.get(own_link(waits))
    assert "Number 1 in the queue" in page.text
    assert "Why not yet No place has become free yet." in page.text
    asks = books(factories.run(run.version.course, days=[APRIL_26]), factories.partner())
    assert "Approval The academy is asked, until 17:00 Friday 4 March" in pages.get(own_link(asks)).text
