"""The pages of requests: asking, answering one or several, and the link in the e-mail."""

from __future__ import annotations

from datetime import date

import pytest

from app.bookings import rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.people import rules as people
from app.people.models import Deputy
from app.programmes.models import ApprovalMode
from tests import factories
from tests.bookings.asking import Team, as_manager, ask, deputise, letters, run_on


@pytest.fixture(autouse=True)
def _monday(travel_to) -> None:
    travel_to("2022-03-07 10:00")


def _link() -> str:
    """The path of the link in the newest letter to whoever approves."""
    letter = letters("approval_asked")[-1]
    approval_id = letter.key.split(":")[1]
    return f"/requests/{approval_id}/{letter.secret}"


def test_st02_the_page_says_who_is_asked_and_until_when_the_place_is_held(pages) -> None:
    team, run = Team(), run_on()
    pages.sign_in(factories.user(Role.PRACTITIONER, of=team.sam))
    page = pages.get(f"/runs/{run.id}/book")
    assert "Maria Lindqvist will be asked to approve it." in page.text
    page = pages.submit(page, button="Ask for this place")
    assert "Request sent to Maria Lindqvist. Your place is held until 17:00 Thursday 10 March." in page.text
    assert "Maria Lindqvist is asked, until 17:00 Thursday 10 March" in page.text
    assert "Waiting for approval" in page.text
    assert "Withdraw the request" in page.text


def test_u14_the_requester_is_told_when_it_goes_to_somebody_else(pages) -> None:
    run = run_on()
    pages.sign_in(factories.user(Role.PRACTITIONER, of=factories.staff()))
    page = pages.submit(pages.get(f"/runs/{run.id}/book"), button="Ask for this place")
    assert "Request sent to the academy. Nobody is recorded as your line manager" in page.text


def test_lm01_the_link_opens_a_page_and_only_the_press_of_a_button_acts(pages) -> None:
    team = Team()
    booking = ask(run_on(), team.sam)
    link = _link()
    for _ in range(2):
        page = pages.get(link)
    assert page.h1 == "Sam Oduya asks for Signs of Safety 2-day"
    assert "Child in Need (9): nobody else is away for training on 15 March." in page.text
    assert db.session.get(Booking, booking.id).state is BookingState.REQUESTED
    page = pages.submit(page, button="Decline")
    assert page.errors == ["Enter why you decline: the person reads it"]
    page = pages.submit(page, button="Approve")
    assert "Approved. We have told Sam Oduya by e-mail." in page.text
    assert "already" not in page.text
    assert "This request was already approved by Maria Lindqvist." in pages.get(link).text
    assert db.session.get(Booking, booking.id).state is BookingState.CONFIRMED


def test_an_approval_link_used_twice_says_so_and_changes_nothing(pages) -> None:
    team = Team()
    booking = ask(run_on(), team.sam)
    page = pages.get(_link())
    rules.decline(booking=booking, by=as_manager(team.manager), now=clock.now(), reason="Cover")
    page = pages.submit(page, button="Approve")
    assert page.errors == ["This request was already declined by Maria Lindqvist."]
    assert db.session.get(Booking, booking.id).state is BookingState.DECLINED


def test_an_approval_link_that_has_expired_says_so(pages, travel_to) -> None:
    booking = ask(run_on(), Team().sam)
    link = _link()
    page = pages.get(link)
    travel_to("2022-03-10 17:00")
    page = pages.submit(page, button="Approve")
    assert page.errors == ["This request was not answered in time, so the place is not held any longer."]
    assert db.session.get(Booking, booking.id).state is not BookingState.CONFIRMED
    travel_to("2022-04-08 10:00")
    assert "This link has run out: it worked for 30 days." in pages.get(link, status=404).text


@pytest.mark.parametrize(
    "spoil", [lambda link: link[:-2], lambda link: link.replace("/requests/", "/requests/9")]
)
def test_an_approval_link_that_is_forged_says_so(pages, spoil) -> None:
    ask(run_on(), Team().sam)
    page = pages.get(spoil(_link()), status=404)
    assert "This link is not complete or not one of ours." in page.text
    assert "Nothing has been changed." in page.text


def test_an_approval_link_of_somebody_who_is_no_longer_asked_says_who_is(pages) -> None:
    team, ana = Team(), factories.staff(first_name="Ana", last_name="Silva")
    booking = ask(run_on(), team.sam)
    link = _link()
    deputise(team.manager, ana, date(2022, 3, 7), date(2022, 3, 18))
    rules.ask_again(booking=booking, now=clock.now())
    assert "This request has passed on to Ana Silva." in pages.get(link, status=404).text
    assert "In place of Maria Lindqvist" in pages.get(_link()).text


def test_u14_an_old_link_answers_no_more_once_the_deputys_cover_has_ended(pages) -> None:
    team, ana = Team(), factories.staff(first_name="Ana", last_name="Silva")
    deputise(team.manager, ana, date(2022, 3, 7), date(2022, 3, 18))
    booking = ask(run_on(), team.sam)
    link, passed_on = _link(), "This request has passed on to Maria Lindqvist."
    (entry,) = db.session.query(Deputy)
    people.end_deputy(entry=entry, by=as_manager(team.manager), now=clock.now())
    db.session.commit()
    assert passed_on in pages.get(link, status=404).text
    assert passed_on in pages.post(link, {"answer": "approve"}, status=404).text
    pages.sign_in(factories.user(Role.PRACTITIONER, of=ana))
    page = pages.get(f"/bookings/{booking.id}/request")
    assert passed_on in page.text
    assert "Decline" not in page.text
    ticked = {"requests": [str(booking.id)], "answer": "approve"}
    assert passed_on in pages.post("/requests", ticked).text
    assert db.session.get(Booking, booking.id).state is BookingState.REQUESTED


def test_approving_by_the_link_costs_at_most_27_statements(pages) -> None:
    """With the look-up of the request; the page that is shown next is not counted."""
    booking = ask(run_on(), Team().sam)
    page = pages.submit(pages.get(_link()), button="Approve")
    next_page = page.queries.index(page.queries[0], 1)  # both begin with the request
    approving = page.queries[:next_page]
    assert db.session.get(Booking, booking.id).state is BookingState.CONFIRMED
    assert any(query.startswith("UPDATE approval ") for query in approving)
    assert len(approving) <= 27, "\n".join(approving)


def test_lm02_six_requests_five_ticked_and_one_declined(pages) -> None:
    team, run = Team(), run_on()
    requests = [ask(run, person) for person in team.members[:6]]
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=team.manager))
    assert "6 requests wait for your answer" in pages.get("/").text
    page = pages.get("/requests")
    assert "6 requests" in page.text
    page = pages.submit(page, button="Approve those ticked")
    assert page.errors == ["Tick the requests that you want to answer"]
    page = pages.submit(
        page, {"requests": [str(one.id) for one in requests[:5]]}, button="Approve those ticked"
    )
    assert "5 requests approved." in page.text
    page = pages.submit(page, button="Decline")
    assert page.errors == ["Enter why you decline: the person reads it"]
    assert "With" in page.text
    assert "6 of 9 (67%), above the limit of 30%" in page.text
    page = pages.submit(page, {"reason": "cover needed, try April"}, button="Decline")
    assert "1 request declined." in page.text
    assert "No requests wait for your answer." in page.text
    assert db.session.get(Booking, requests[5].id).state is BookingState.DECLINED


@pytest.mark.parametrize("answer", [{}, {"answer": ""}, {"answer": "zzz"}])
def test_bad_input_without_one_of_the_two_answers_nothing_is_answered(pages, answer: dict[str, str]) -> None:
    team = Team()
    booking = ask(run_on(), team.sam)
    typed = {"reason": "Cover", **answer}
    assert pages.post(_link(), typed).errors == ["Choose an answer"]
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=team.manager))
    assert pages.post(f"/bookings/{booking.id}/request", typed).errors == ["Choose an answer"]
    page = pages.post("/requests", {"requests": [str(booking.id)], **typed})
    assert page.errors == ["Choose an answer"]
    assert "1 request" in page.text
    assert db.session.get(Booking, booking.id).state is BookingState.REQUESTED


def test_lm01_the_button_is_in_reach_of_a_thumb_wherever_in_the_page_one_is(pages) -> None:
    """It stands at the foot of the screen, with the way to what is needed to decline."""
    team, run = Team(), run_on()
    one, _ = (ask(run, person) for person in team.members[:2])
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=team.manager))
    for address in ("/requests", f"/bookings/{one.id}/request"):
        page = pages.get(address)
        foot = page.soup.select_one(".takeup-foot")
        form = foot.find_parent("form")
        assert "nobody else is away" in form.get_text(" "), "it stays in sight of what the form holds alone"
        assert foot.select_one("button")["value"] == "approve"
        assert foot.select_one("a")["href"] == "#reason"


def test_lm07_a_deputy_who_manages_nobody_finds_the_requests(pages) -> None:
    team, ana = Team(), factories.staff(first_name="Ana", last_name="Silva")
    deputise(team.manager, ana, date(2022, 3, 7), date(2022, 3, 18))
    booking = ask(run_on(), team.sam)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=ana))
    page = pages.get("/")
    assert "1 request waits for your answer" in page.text
    page = pages.submit(pages.get(f"/bookings/{booking.id}/request"), button="Approve")
    assert "Approved. We have told Sam Oduya by e-mail." in page.text
    pages.sign_in(factories.user(Role.PRACTITIONER, of=team.sam))
    assert "Approved by Ana Silva for Maria Lindqvist" in pages.get(f"/bookings/{booking.id}").text


def test_nobody_else_opens_or_answers_a_request(pages) -> None:
    team = Team()
    booking = ask(run_on(), team.sam)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=team.members[1]))
    pages.get(f"/bookings/{booking.id}/request", status=403)
    pages.post(f"/bookings/{booking.id}/request", {"answer": "approve"}, status=403)
    assert "No requests wait" in pages.get("/requests").text
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    pages.get("/requests", status=403)


def test_the_academy_sees_every_request_and_answers_instead(pages) -> None:
    team, run = Team(), run_on()
    booking = ask(run, team.sam)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER, name="Priya Shah"))
    assert "Maria Lindqvist is asked." in pages.get("/requests").text
    assert "17:00 Thursday 10 March" in pages.get(f"/runs/{run.id}/places").text
    page = pages.get(f"/bookings/{booking.id}")
    page = pages.submit(pages.get(page.links()["Answer the request"]), button="Approve")
    page = pages.get(f"/bookings/{booking.id}")
    assert "Approved by Priya Shah, academy, for Maria Lindqvist" in page.text


def test_ma03_a_partner_names_the_manager_and_ticks_that_they_agree(pages) -> None:
    run = run_on(partner_approval=ApprovalMode.DECLARED)
    person = factories.partner(first_name="Jo", last_name="Bell")
    pages.sign_in(factories.user(Role.PARTNER, of=person))
    page = pages.submit(pages.get(f"/runs/{run.id}/book"), button="Book this place")
    assert page.errors == [
        "Enter your manager’s name",
        "Enter your manager’s e-mail address",
        "Ask your manager, then tick that they agree",
    ]
    manager = {"manager_name": "Pat Head", "manager_email": "Head@riverside.example"}
    page = pages.submit(page, {**manager, "manager_agrees": "y"}, button="Book this place")
    assert "Pat Head (head@riverside.example) agrees, it was declared" in page.text
    assert "Confirmed" in page.text
    assert letters("approval_declared")[0].to_address == "head@riverside.example"


def test_ma03_one_press_tells_all_that_is_wrong_with_what_a_partner_declares(pages) -> None:
    run = run_on(partner_approval=ApprovalMode.DECLARED)
    person = factories.partner(email="jo@riverside.example")
    pages.sign_in(factories.user(Role.PARTNER, of=person))
    typed = {"manager_email": "jo@riverside.example"}
    page = pages.submit(pages.get(f"/runs/{run.id}/book"), typed, button="Book this place")
    assert page.errors == [
        "Enter your manager’s name",
        "Enter your manager’s e-mail address, not your own",
        "Ask your manager, then tick that they agree",
    ]


def test_st12_runs_on_other_days_say_so_and_can_be_booked(pages) -> None:
    team = Team()
    monday, thursday = run_on(date(2022, 3, 14)), run_on(date(2022, 3, 17))
    pages.sign_in(factories.user(Role.PRACTITIONER, of=team.sam))
    assert "Not your working days" not in pages.get("/book").text
    page = pages.get(pages.get("/my-learning").links()["Change your working days"])
    page = pages.submit(page, {"days": ["1", "2", "3"]})
    assert "Working days: Monday, Tuesday, Wednesday." in page.text
    assert pages.get("/book").text.count("Not your working days") == 1
    assert "Not your working days" not in pages.get(f"/runs/{monday.id}/book").text
    page = pages.get(f"/runs/{thursday.id}/book")
    assert "Not your working days: Thursday 17 March 2022." in page.text
    pages.submit(page, button="Ask for this place")
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=team.manager))
    assert "Thursday 17 March 2022 is not one of Sam Oduya’s working days." in pages.get("/requests").text


def test_a_page_of_requests_costs_no_more_for_many_runs_and_managers(pages) -> None:
    costs = []
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    for count in (2, 10):
        for _ in range(count):
            manager = factories.staff()
            ask(run_on(date(2022, 3, 15), date(2022, 3, 16)), factories.staff(manager_id=manager.id))
        costs.append(len(pages.get("/requests").queries))
    assert costs[0] == costs[1]


def test_st02_who_books_a_course_again_and_who_approves_it_read_of_the_place_that_there_is(pages) -> None:
    """One that is over, and a missed day of another run, are no second place."""
    team, run = Team(), run_on()
    course = run.version.course
    have = factories.run(course, days=[date(2022, 4, 5)], code="SOS2-HELD")
    factories.booking(have, team.sam)
    over = factories.run(course, days=[date(2022, 2, 1)], code="SOS2-OVER")
    factories.booking(over, team.sam)
    missed = factories.run(course, days=[date(2022, 5, 3)], code="SOS2-MISSED")
    factories.booking(missed, team.sam, session_id=missed.sessions[0].id)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=team.sam))
    page = pages.get(f"/runs/{run.id}/book")
    assert "You have a place already, or asked for one, on SOS2-HELD from 5 April 2022." in page.text
    assert not any(code in page.text for code in ("SOS2-OVER", "SOS2-MISSED"))
    pages.submit(page, button="Ask for this place")
    assert "has a place already, or asked for one, on SOS2-HELD from 5 April 2022." in pages.get(_link()).text
