"""The pages of giving a place up, sending a colleague, the reasons, the rates and the charges."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from icalendar import Calendar

from app.accounts.models import User
from app.bookings import rules
from app.bookings.models import Booking, BookingState, ChargeRate, LeavingCause
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from tests import factories
from tests.attendance import marking
from tests.bookings.asking import letters
from tests.bookings.desk import message
from tests.bookings.test_charges import course, mark, place, rate


def _practitioner_with_a_place(**values: Any) -> tuple[Booking, User]:
    on = factories.course(components=1, title="Signs of Safety", terms={})
    run = factories.run(on, days=[date(2022, 3, 15)])
    person, by = factories.staff(**values), factories.actor(Role.ACADEMY_MANAGER)
    booking = rules.book(run=run, person=person, by=by, now=clock.now())
    return booking, factories.user(Role.PRACTITIONER, of=person)


def _cause(name: str) -> str:
    return str(db.session.query(LeavingCause).filter_by(name=name).one().id)


# --- Giving up -----------------------------------------------------------------------------------------


def test_u01_every_page_says_until_when_it_is_free(pages, travel_to) -> None:
    travel_to("2022-03-01")
    booking, user = _practitioner_with_a_place()
    free = "ree to cancel until the end of Thursday 10 March."
    pages.sign_in(user)
    assert free in pages.get(f"/bookings/{booking.id}").text
    other = factories.user(Role.PRACTITIONER, of=factories.staff())
    page = pages.get(f"/bookings/{booking.id}/cancel")
    assert f"This is in time. F{free}" in page.text
    pages.sign_in(other)
    assert free in pages.get(f"/runs/{booking.run_id}/book").text


def test_st05_late_is_said_before_the_press_and_asks_for_the_reason(pages, travel_to) -> None:
    travel_to("2022-03-01")
    booking, user = _practitioner_with_a_place()
    travel_to("2022-03-11")
    pages.sign_in(user)
    page = pages.get(f"/bookings/{booking.id}/cancel")
    assert "This is late: it was free until the end of Thursday 10 March." in page.text
    assert ". The place is free for others at once" in page.text
    assert "Do not enter anything about a child or family." in page.text
    page = pages.submit(page, {"reason": "In bed"})
    assert page.errors == ["Choose why the place is given up: it is late, so the academy asks"]
    assert page.value("reason") == "In bed"
    page = pages.submit(page, {"cause": _cause("Sickness")})
    assert "Cancelled late: Sickness. In bed" in page.text
    assert booking.state is BookingState.CANCELLED_LATE


@pytest.mark.parametrize(
    ("wish", "state"),
    [("person", BookingState.CANCELLED_LATE), ("academy", BookingState.CANCELLED_BY_ACADEMY)],
)
def test_the_academy_is_asked_who_wants_it(pages, travel_to, wish: str, state: BookingState) -> None:
    travel_to("2022-03-01")
    booking, _ = _practitioner_with_a_place()
    travel_to("2022-03-11")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.submit(pages.get(f"/bookings/{booking.id}/cancel"))
    assert page.errors == ["Choose who wants this"]
    pages.submit(page, {"wish": wish, "cause": _cause("Forgot")})
    assert booking.state is state


def test_whoever_waits_is_asked_for_no_reason(pages, travel_to) -> None:
    travel_to("2022-03-01")
    run = factories.run(days=[date(2022, 3, 15), date(2022, 3, 16)], capacity=1)
    person, by = factories.staff(), factories.actor(Role.ACADEMY_MANAGER)
    rules.book(run=run, person=factories.staff(), by=by, now=clock.now())
    waits = rules.book(run=run, person=person, by=by, now=clock.now())
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get(f"/bookings/{waits.id}/cancel")
    assert page.value("cause") is None
    assert "Free to cancel" not in page.text
    pages.submit(page)
    assert waits.state is BookingState.CANCELLED


def test_st05_by_the_link_of_an_e_mail_it_is_the_same(pages, travel_to) -> None:
    travel_to("2022-03-01")
    booking = place(factories.course(components=1, terms={}), of=factories.partner())
    path = f"/my-place/{rules.secret_for(booking)}"
    assert "Free to cancel until the end of Thursday 10 March." in pages.get(path).text
    travel_to("2022-03-11")
    page = pages.get(f"{path}/cancel")
    assert "This is late: it was free until the end of Thursday 10 March." in page.text
    page = pages.submit(page)
    assert page.errors == ["Choose why the place is given up: it is late, so the academy asks"]
    pages.submit(page, {"cause": _cause("Sickness")})
    assert booking.state is BookingState.CANCELLED_LATE


# --- Between its days ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "given_up"),
    [
        ("2022-03-15 17:10", ["Day 2"]),
        ("2022-03-16 11:00", ["Day 2"]),
        ("2022-03-15 09:00", ["Day 1", "Day 2"]),
    ],
    ids=["day 1 is over", "day 2 is under way", "before it begins"],
)
@pytest.mark.parametrize("way", ["account", "link"])
def test_st05_what_was_attended_is_not_given_up(pages, travel_to, way: str, now: str, given_up: list) -> None:
    travel_to("2022-03-01")
    booking = place(course(components=2), date(2022, 3, 15), date(2022, 3, 16))
    travel_to(now)
    path = f"/my-place/{rules.secret_for(booking)}/cancel"
    if way == "account":
        pages.sign_in(factories.user(Role.PARTNER, of=booking.person))
        path = f"/bookings/{booking.id}/cancel"
    if given_up == ["Day 2"]:
        marking.mark(booking.run, 1, booking.person)
    page = pages.get(path)
    assert [one.get_text(strip=True) for one in page.soup.select("tbody th")] == given_up
    pages.submit(page, {"cause": _cause("Sickness")})
    told = message(booking, "cancelled")
    entries = Calendar.from_ical(told.calendar or "").walk("VEVENT")
    assert [str(one["summary"]).split(": ")[1] for one in entries] == given_up
    for words in (told.text, told.html):
        assert [one for one in ("Day 1", "Day 2") if one in words] == given_up


@pytest.mark.parametrize("is_moved", [True, False])
def test_u05_of_a_run_that_ends_between_its_days_only_the_rest_is_not_held(
    pages, travel_to, is_moved: bool
) -> None:
    travel_to("2022-03-01")
    booking = place(course(components=2), date(2022, 3, 15), date(2022, 3, 22))
    other = factories.run(booking.run.version.course, days=[date(2022, 4, 5), date(2022, 4, 6)])
    travel_to("2022-03-16")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/runs/{booking.run_id}/cancel")
    pages.submit(page, {"reason": "Snow", "run": str(other.id) if is_moved else "none"})
    (told,) = letters("booking_carried_over" if is_moved else "booking_run_cancelled")
    not_held = told.text.partition("will not be held on these dates:")[2].partition("Reason: Snow")[0]
    assert not_held.strip() == "Day 2: Tuesday 22 March 2022, 09:30 to 16:30"
    taken_back = Calendar.from_ical(told.calendar or "").walk("VEVENT")
    assert [one["dtstart"].dt.date() for one in taken_back] == [date(2022, 3, 22)]


# --- A colleague instead -------------------------------------------------------------------------------


def test_st07_a_colleague_is_named_and_has_the_place(pages, travel_to) -> None:
    travel_to("2022-03-01")
    booking, user = _practitioner_with_a_place()
    factories.staff(first_name="Ade", last_name="Obi")
    pages.sign_in(user)
    page = pages.get(pages.get(f"/bookings/{booking.id}").links()["Send a colleague instead"])
    again = pages.submit(page, {"colleague": "Ade Obe"})
    assert again.errors[0].startswith("We found no colleague with this employee number")
    assert again.value("colleague") == "Ade Obe"
    page = pages.submit(again, {"colleague": "Ade Obi"})
    assert "Ade Obi has the place now." in page.text
    assert "Given to a colleague: To Ade Obi" in page.text
    page = pages.submit(again, {"colleague": "Ade Obi"})
    assert "Ade Obi has the place now." in page.text
    assert db.session.query(Booking).count() == 2
    page = pages.get(f"/bookings/{booking.id}/colleague")
    assert "Only a confirmed place can be given to a colleague" in page.text


def test_st07_who_may_open_the_page(pages, travel_to) -> None:
    travel_to("2022-03-01")
    manager = factories.staff()
    booking, _ = _practitioner_with_a_place(manager_id=manager.id)
    path = f"/bookings/{booking.id}/colleague"
    for user, status in (
        (factories.user(Role.LINE_MANAGER, of=factories.staff(team_id=factories.team("Duty").id)), 403),
        (factories.user(Role.PRACTITIONER, of=factories.staff()), 403),
        (factories.user(Role.TRAINER), 403),
        (factories.user(Role.BOARD_MEMBER), 403),
        (factories.user(Role.ACADEMY_MANAGER), 200),
        (factories.user(Role.LINE_MANAGER, of=manager), 200),
    ):
        pages.sign_in(user)
        pages.get(path, status=status)
        if status == 403:
            pages.post(path, {"colleague": "Ade Obi"}, status=status)


def test_the_academy_may_give_a_reason_to_send_somebody_the_course_is_not_for(pages, travel_to) -> None:
    travel_to("2022-03-01")
    booking, _ = _practitioner_with_a_place()
    booking.run.version.course.role_groups = [factories.role_group()]
    factories.staff(first_name="Ade", last_name="Obi", role_group_id=factories.role_group("Manager").id)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.submit(pages.get(f"/bookings/{booking.id}/colleague"), {"colleague": "Ade Obi"})
    assert page.errors == [
        "Signs of Safety is not for Ade Obi’s role or organisation. Give a reason to do it anyway"
    ]
    page = pages.submit(page, {"reason": "Acting up"})
    assert "Ade Obi has the place now." in page.text


# --- Charges -------------------------------------------------------------------------------------------


def test_am19_the_list_of_a_month_a_waiver_and_its_undoing(pages, travel_to) -> None:
    travel_to("2022-02-01")
    rate("50", "90")
    booking = place(course(), of=factories.partner(first_name="Bo", last_name="Quill"))
    mark(booking)
    travel_to("2022-04-01")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert "Nothing is chargeable in April 2022" in pages.get("/charges?month=2022-13").text
    page = pages.get(pages.get("/runs").links()["Charges"] + "?month=2022-03")
    assert "Chargeable £90" in page.text
    assert "Bo Quill" in page.text
    link = next(href for words, href in page.links().items() if words.startswith("Decide"))
    page = pages.get(link)
    assert [one.get_text(strip=True) for one in page.soup.select("legend")] == [
        "Which days?",
        "What becomes of them?",
    ]
    page = pages.submit(page, {"answer": "waive"})
    assert page.errors == ["Enter why it is not charged"]
    page = pages.submit(page, {"reason": "Was ill", "cause": _cause("Sickness")})
    assert "Chargeable £0 Waived £90" in page.text
    assert "Was ill" in page.text
    answer = pages.get("/charges.csv?month=2022-03").response
    assert answer.mimetype == "text/csv"
    assert "charges-2022-03.csv" in answer.headers["Content-Disposition"]
    assert ",90.00,Waived,Was ill," in answer.get_data(as_text=True)
    page = pages.submit(page, form=f"/charges/bookings/{booking.id}/{booking.sessions[0].id}/undo")
    assert "Chargeable £90" in page.text


def test_a_long_list_of_charges_costs_no_more_statements_than_a_short_one(pages, travel_to) -> None:
    travel_to("2022-02-01")
    rate("50", "90")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    asked = []
    for _ in range(2):
        for number in range(6):
            mark(place(course(), of=factories.partner(factories.organisation(f"School {number}"))))
        asked.append(len(pages.get("/charges?month=2022-03").queries))
    assert asked[0] == asked[1]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ACADEMY_MANAGER])
def test_am19_the_list_of_names_is_for_the_academy_alone(pages, role: Role) -> None:
    pages.sign_in(factories.user(role))
    for path in ("/charges", "/charges.csv", "/charges/rates", "/charges/reasons", "/charges/bookings/1"):
        pages.get(path, status=403)
    pages.post("/charges/bookings/1/1/undo", status=403)


def test_a_booking_with_nothing_to_charge_has_no_page_of_charges(pages, travel_to) -> None:
    travel_to("2022-03-01")
    booking, _ = _practitioner_with_a_place()
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    pages.get(f"/charges/bookings/{booking.id}", status=404)


def test_ma08_a_partner_reads_what_it_costs_before_booking(pages, travel_to) -> None:
    travel_to("2022-03-01")
    rate("50", "90")
    run = factories.run(course(), days=[date(2022, 3, 15)])
    pages.sign_in(factories.user(Role.PARTNER, of=factories.partner()))
    words = (
        "Free for partnership members. If you cancel after the end of Thursday 10 March or do not attend: "
        "£90 per day."
    )
    page = pages.get(f"/runs/{run.id}/book")
    assert words in page.text
    assert words in pages.submit(page).text


def test_a_rate_is_set_changed_and_removed(pages) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get("/charges/rates/new")
    page = pages.submit(page, {"whom": "", "half_day": "fifty", "full_day": ""})
    assert page.errors == [
        "Choose who pays",
        "Half day must be an amount in pounds, like 90 or 47.50",
        "Enter what a full day costs",
    ]
    assert page.value("half_day") == "fifty"
    page = pages.submit(page, {"whom": "partners", "half_day": "£47.50", "full_day": "1,200"})
    assert "£47.50" in page.text
    assert "£1,200" in page.text
    found = db.session.query(ChargeRate).one()
    page = pages.submit(page, form=f"/charges/rates/{found.id}/remove")
    assert "There are no rates, so nobody is charged." in page.text


def test_a_reason_is_added_renamed_and_no_longer_offered(pages, travel_to) -> None:
    travel_to("2022-03-01")
    booking, user = _practitioner_with_a_place()
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(pages.get("/charges/reasons").links()["Add a reason"])
    page = pages.submit(page, {"name": "sickness"})
    assert page.errors == ["“sickness” is on the list already"]
    page = pages.submit(page, {"name": "Court", "is_charged": None})
    page = pages.get(page.links()["Court"])
    page = pages.submit(page, {"name": "Court hearing", "is_charged": "y", "is_offered": None})
    row = page.soup.find("a", string="Court hearing").find_parent("tr")
    assert [cell.get_text() for cell in row.select("td")] == ["Yes", "No longer"]
    pages.sign_in(user)
    assert "Court hearing" not in pages.get(f"/bookings/{booking.id}/cancel").html
