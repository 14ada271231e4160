"""What whoever decides is told: the cover of the team, what speaks against a place, until when. (LM-01)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from app.accounts.models import User
from app.bookings import jobs, queries
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.outbox.models import Message
from app.programmes.models import ApprovalMode
from app.reminders import jobs as reminders
from app.sessions.models import Run
from tests import factories
from tests.bookings.asking import THE_DAY, Team, ask, deputise, letters, run_on
from tests.pages import Page, Pages


@pytest.fixture(autouse=True)
def _monday(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-07 10:00")


@pytest.fixture
def team() -> Team:
    return Team()


def manager_of(team: Team) -> User:
    return factories.user(Role.LINE_MANAGER, of=team.manager)


def tick(page: Page, pages: Pages, requests: list[Booking], **typed: str) -> Page:
    ticked = {"requests": [str(one.id) for one in requests], **typed}
    return pages.submit(page, ticked, button="Approve those ticked" if len(requests) > 1 else "Approve")


# --- Cover ---------------------------------------------------------------------------------------------


def test_lm03_who_else_has_asked_is_counted_before_and_warned_of_after_a_press(
    pages: Pages, team: Team
) -> None:
    requests = [ask(run_on(), person) for person in team.members[:4]]
    others = "Child in Need (9): nobody else is away for training on 15 March"
    for words in (letters("approval_asked")[-1].text, letters("approval_asked")[-1].html):
        assert f"{others}; 3 more have asked." in words
        name = team.members[3].name
        too_many = f"With {name} and all who have asked it would be 4 of 9 (44%), above the limit of 30%."
        assert too_many in words
    page = pages.sign_in(manager_of(team)).get("/requests")
    assert page.text.count(f"{others}; 3 more have asked.") == 4
    page = tick(page, pages, requests)
    assert "4 requests approved." in page.text
    assert (
        "Child in Need: 4 of 9 are away for training on 15 March (44%), above the limit of 30%." in page.text
    )


def test_lm03_within_the_limit_nothing_is_warned_of(pages: Pages, team: Team) -> None:
    requests = [ask(run_on(), person) for person in team.members[:2]]
    page = pages.sign_in(manager_of(team)).get("/requests")
    assert "Child in Need (9): nobody else is away for training on 15 March; 1 more has asked." in page.text
    assert "above the limit" not in page.text
    assert "above the limit" not in tick(page, pages, requests).text


def test_lm03_days_of_the_same_cover_are_one_sentence(team: Team) -> None:
    booking = ask(run_on(THE_DAY, date(2022, 3, 16), date(2022, 3, 22)), team.sam)
    factories.booking(run_on(date(2022, 3, 16), staff_approval=ApprovalMode.NONE), team.members[1])
    assert [one.in_words() for one in queries.team_days([booking])[booking.id]] == [
        "Child in Need (9): nobody else is away for training on 15 March or 22 March.",
        "Child in Need: 1 of 9 is already away for training on 16 March.",
    ]


def test_lm02_the_list_says_who_asks_twice_for_one_course(pages: Pages, team: Team) -> None:
    one = ask(run_on(), team.sam)
    other = factories.run(one.run.version.course, code="SOS2-99", days=[date(2022, 4, 26)])
    page = pages.sign_in(manager_of(team)).get("/requests")
    assert "a place already" not in page.text
    page = pages.submit(page, button="Approve")  # of a single request nothing is ticked
    assert "1 request approved." in page.text
    ask(other, team.sam)
    ask(run_on(), team.members[1])
    page = pages.get("/requests")
    assert page.text.count("has a place already, or asked for one, on") == 1
    assert f"Sam Oduya has a place already, or asked for one, on {one.run.code} from 15 March" in page.text


# --- What speaks against it ----------------------------------------------------------------------------


def clashing(team: Team) -> Booking:
    """Sam’s request, for a day on which Sam has another place by now."""
    booking = ask(run_on(), team.sam)
    factories.booking(run_on(staff_approval=ApprovalMode.NONE), team.sam)
    return booking


def test_u09_the_academy_approves_in_spite_of_a_clash_with_a_reason_that_is_kept(
    pages: Pages, team: Team
) -> None:
    booking = clashing(team)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER, name="Priya Shah"))
    page = pages.get(f"/bookings/{booking.id}/request")
    assert "at the same time: 15 March 2022" in page.text
    page = pages.submit(page, button="Approve")
    (error,) = page.errors
    assert error.endswith("Enter why to approve it all the same")
    assert "ask the academy" not in page.text
    pages.submit(page, {"anyway": "Leaves the other at noon"}, button="Approve")
    assert (booking.state, booking.override_reason) == (BookingState.CONFIRMED, "Leaves the other at noon")
    assert "Leaves the other at noon" in pages.get(f"/bookings/{booking.id}").text


def test_u09_whoever_approves_several_is_told_to_open_the_one_that_wants_a_reason(
    pages: Pages, team: Team
) -> None:
    booking = clashing(team)
    page = tick(pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get("/requests"), pages, [booking])
    assert "Open the request to approve it all the same, with a reason." in page.text
    assert booking.state is BookingState.REQUESTED


def test_u09_a_manager_overrides_nothing(pages: Pages, team: Team) -> None:
    booking = clashing(team)
    page = pages.sign_in(manager_of(team)).get(f"/bookings/{booking.id}/request")
    assert "Why is it approved all the same?" not in page.text
    page = pages.post(page.path, {"answer": "approve", "anyway": "They asked nicely"})
    (error,) = page.errors
    assert error.endswith("Decline the request, or ask the academy.")
    assert booking.state is BookingState.REQUESTED


# --- Until when it is asked ------------------------------------------------------------------------------


def waiting(team: Team) -> tuple[Run, Booking]:
    """Sam’s request for a full run."""
    run = run_on(capacity=1)
    factories.booking(run, factories.staff())
    return run, ask(run, team.sam)


def test_am09_u17_a_request_for_a_run_that_has_begun_waits_for_nobody(
    pages: Pages, team: Team, travel_to: Callable[..., None]
) -> None:
    _, booking = waiting(team)
    academy_account, maria = factories.user(Role.ACADEMY_MANAGER), manager_of(team)
    pages.sign_in(maria)
    assert "1 request waits for your answer" in pages.get("/").text
    travel_to("2022-03-15 09:30")
    assert jobs.approvals(clock.now()).done == 0
    pages.sign_in(maria)
    assert "request waits" not in pages.get("/").text
    assert "No requests wait for your answer." in pages.get("/requests").text
    closed = "Booking closed at the end of Monday 14 March 2022, so no more places are given."
    page = pages.get(f"/bookings/{booking.id}/request")
    assert f"{closed} This request needs no answer any more." in page.text
    travel_to("2022-03-21 08:00")
    db.session.commit()
    reminders.digest(clock.now())
    (digest,) = db.session.query(Message).filter_by(to_address=academy_account.email)
    assert "register" in digest.text
    assert "request" not in digest.text


def test_st04_nobody_is_told_that_they_wait_on_approved_once_booking_has_closed(
    pages: Pages, team: Team, travel_to: Callable[..., None]
) -> None:
    _, booking = waiting(team)
    travel_to("2022-03-14 23:59")
    page = pages.sign_in(manager_of(team)).get("/requests")
    travel_to("2022-03-15 00:00")
    page = tick(page, pages, [booking])
    assert "This request needs no answer any more." in page.text
    assert letters("booking_agreed") == []


# --- Who is asked ----------------------------------------------------------------------------------------


def test_lm07_u14_what_the_deputy_asks_for_goes_to_the_next_one_up(pages: Pages, team: Team) -> None:
    deputise(team.manager, team.sam, date(2022, 3, 1), date(2022, 3, 10))
    own = ask(run_on(), team.sam)
    colleagues = ask(run_on(), team.members[1])
    assert (own.approval.approver, colleagues.approval.approver) == (team.above, team.sam)
    told = letters("booking_requested")[0].text
    assert "Maria Lindqvist is away or has left, so Bo Ek answers instead." in told
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=team.above))
    assert team.sam.name in pages.get("/requests").text


def test_lm07_a_second_deputy_answers_for_the_first(team: Team) -> None:
    for deputy in team.members[:2]:
        deputise(team.manager, deputy, date(2022, 3, 1), date(2022, 3, 10))
    assert ask(run_on(), team.sam).approval.approver is team.members[1]
    assert ask(run_on(), team.members[1]).approval.approver is team.sam


def test_ma05_a_coordinator_is_told_that_it_is_they_who_answer() -> None:
    school = factories.organisation()
    coordinator, colleague = factories.partner(school), factories.partner(school)
    factories.user(Role.COORDINATOR, of=coordinator)
    ask(run_on(THE_DAY, partner_approval=ApprovalMode.MANAGER), colleague)
    (letter,) = letters("approval_asked")
    assert letter.to_address == coordinator.email
    for words in (letter.text, letter.html):
        assert f"You are asked as the coordinator of {colleague.name}’s organisation." in words
        assert "the academy answers" not in words
