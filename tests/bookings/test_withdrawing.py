"""Taking back a request that nobody has answered yet: the pages and e-mails speak of the request. (ST-02)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.accounts import queries as accounts
from app.bookings import rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.permissions import Role
from tests import factories
from tests.bookings.asking import THE_DAY, Team, as_manager, ask, letters, run_on
from tests.pages import Pages

QUEUE = ("waiting list", "queue", "turn")


@pytest.fixture(autouse=True)
def _monday(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-07 10:00")


@pytest.fixture
def team() -> Team:
    return Team()


def _speaks_of_no_queue(words: str) -> bool:
    return not any(word in words for word in QUEUE)


def _by_account(pages: Pages, booking: Booking) -> str:
    pages.sign_in(factories.user(Role.PRACTITIONER, of=booking.person, password="set"))
    return f"/bookings/{booking.id}"


def _by_link(pages: Pages, booking: Booking) -> str:
    return f"/my-place/{rules.secret_for(booking)}"


@pytest.mark.parametrize("way", [_by_account, _by_link])
def test_st02_whoever_withdraws_a_request_is_told_of_the_request(
    pages: Pages, team: Team, way: Callable[[Pages, Booking], str]
) -> None:
    booking = ask(run_on(), team.sam)
    page = pages.get(pages.get(way(pages, booking)).links()["Withdraw the request"])
    assert page.h1 == "Withdraw the request"
    assert "You will withdraw your request for a place on Signs of Safety 2-day." in page.text
    assert _speaks_of_no_queue(page.text)
    page = pages.submit(page, button="Withdraw the request")
    assert "The request is withdrawn. We have told everybody whom it concerns by e-mail." in page.html
    assert booking.state is BookingState.CANCELLED
    (told,) = letters("booking_cancelled")
    assert told.subject == "Your request for Signs of Safety 2-day is withdrawn"
    assert "You have withdrawn your request for a place on Signs of Safety 2-day:" in told.text
    assert _speaks_of_no_queue(told.text + told.html)


def test_lm01_the_manager_who_was_asked_is_told_that_they_need_not_answer(team: Team) -> None:
    booking = ask(run_on(), team.sam)
    rules.cancel(
        booking=booking, by=factories.actor(Role.PRACTITIONER, of=team.sam), now=clock.now(), reason="Ill"
    )
    (told,) = letters("approval_withdrawn")
    assert told.to_address == team.manager.email
    assert told.subject == "Sam Oduya’s request for Signs of Safety 2-day is withdrawn"
    for words in (told.text, told.html):
        assert "You need not answer it any more" in words
        assert "Ill" not in words


def test_lm01_a_manager_who_has_answered_is_not_told_so(team: Team) -> None:
    booking = ask(run_on(), team.sam)
    rules.approve(booking=booking, by=as_manager(team.manager), now=clock.now())
    rules.cancel(booking=booking, by=factories.actor(Role.PRACTITIONER, of=team.sam), now=clock.now())
    assert letters("approval_withdrawn") == []


def test_st02_who_waits_and_was_not_approved_yet_leaves_the_list_and_the_manager_is_told(
    pages: Pages, team: Team
) -> None:
    run = run_on(capacity=1)
    factories.booking(run, team.members[1])
    booking = ask(run, team.sam)
    assert booking.state is BookingState.WAITLISTED
    pages.sign_in(factories.user(Role.PRACTITIONER, of=team.sam))
    page = pages.get(pages.get(f"/bookings/{booking.id}").links()["Leave the waiting list"])
    pages.submit(page, button="Leave the waiting list")
    assert "You have left the waiting list for" in letters("booking_cancelled")[0].text
    assert letters("approval_withdrawn")[0].to_address == team.manager.email


def test_st02_the_academy_withdraws_a_request_for_somebody(pages: Pages, team: Team) -> None:
    booking = ask(run_on(), team.sam)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(pages.get(f"/bookings/{booking.id}").links()["Withdraw the request"])
    assert "Sam Oduya’s request for a place on Signs of Safety 2-day will be withdrawn" in page.text
    pages.submit(page, {"reason": "Asked by phone"}, button="Withdraw the request")
    (told,) = letters("booking_cancelled")
    assert "The academy has withdrawn your request for a place on Signs of Safety 2-day:" in told.text
    assert _speaks_of_no_queue(told.text + told.html)
    assert letters("approval_withdrawn")[0].to_address == team.manager.email


def test_ma05_a_coordinator_who_was_asked_and_withdraws_it_is_not_written_to(team: Team) -> None:
    school = factories.organisation("Riverside School")
    account = factories.coordinator(school, first_name="Cora", last_name="Ody")
    booking = ask(run_on(partner_approval="manager"), factories.partner(school))
    assert booking.approval is not None
    assert booking.approval.approver_id == account.person_id
    rules.cancel(booking=booking, by=accounts.actor_of(account, on=clock.today()), now=clock.now())
    assert "Cora Ody has withdrawn your request" in letters("booking_cancelled")[0].text
    assert letters("approval_withdrawn") == []


def test_u05_a_request_ends_with_its_run_and_is_called_one(team: Team) -> None:
    run = run_on()
    ask(run, team.sam)
    rules.cancel_run(
        run=run, by=factories.actor(Role.ACADEMY_MANAGER), now=clock.now(), reason="The trainer is ill"
    )
    (told,) = letters("booking_run_cancelled")
    assert "Your request has ended with it, and you need do nothing." in told.text
    assert _speaks_of_no_queue(told.text + told.html)


@pytest.mark.parametrize("was", ["held a place", "waiting"])
def test_u15_whoever_was_asked_is_told_when_the_run_is_cancelled(pages: Pages, team: Team, was: str) -> None:
    run = run_on(capacity=1)
    if was == "waiting":
        factories.booking(run, team.members[1])
    ask(run, team.sam)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    pages.submit(pages.get(f"/runs/{run.id}/cancel"), {"reason": "The trainer is ill"})
    (told,) = letters("approval_withdrawn")
    assert (told.to_address, "You need not answer it any more" in told.text) == (team.manager.email, True)


def test_u15_whoever_is_asked_again_of_another_run_is_told_that_it_takes_the_place(
    pages: Pages, team: Team
) -> None:
    """One letter, and not two: of the other run, with what became of the request that they have."""
    run = run_on(capacity=1)
    other = factories.run(run.version.course, days=[THE_DAY + timedelta(days=14)])
    ask(run, team.sam)
    (first,) = letters("approval_asked")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/runs/{run.id}/cancel")
    pages.submit(page, {"reason": "The trainer is ill", "run": str(other.id)})
    _, again = letters("approval_asked")
    sentence = (
        f"moved the request here from {run.code}. The request for that run has ended, and needs no answer"
    )
    for words in (again.text, again.html):
        assert sentence in words
    assert sentence not in first.text
    assert letters("approval_withdrawn") == []


def test_u15_a_request_of_somebody_who_has_a_place_on_the_other_run_is_withdrawn(team: Team) -> None:
    run = run_on()
    other = factories.run(run.version.course, days=[THE_DAY + timedelta(days=14)])
    academy = factories.actor(Role.ACADEMY_MANAGER)
    ask(run, team.sam)
    rules.book(run=other, person=team.sam, by=academy, now=clock.now())
    rules.merge_runs(run=run, into=other, by=academy, now=clock.now())
    assert [one.to_address for one in letters("approval_withdrawn")] == [team.manager.email]
