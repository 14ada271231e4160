"""A booking without an account: seen and given up by its link alone. (MA-02, U-08)"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import func, select

from app.bookings import queries, rules
from app.bookings.models import Booking, BookingMove, BookingState
from app.core import clock, tokens
from app.core.db import db
from app.core.permissions import Role
from app.outbox.models import SECRET_STANDS_HERE, Message
from app.people.models import Person
from app.reminders.rules import remind_of_joining
from tests import factories
from tests.pages import Pages

ACADEMY = factories.actor(Role.ACADEMY_MANAGER)


@pytest.fixture
def person() -> Person:
    return factories.partner(first_name="Jo", last_name="Bell", email="jo@riverside.example")


def booked(person: Person, **run: object) -> Booking:
    made = factories.run(factories.course(components=1), **run)  # type: ignore[arg-type]
    return rules.book(run=made, person=person, by=ACADEMY, now=clock.now())


def newest_message() -> Message:
    return db.session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()


def states(booking: Booking) -> list[BookingState]:
    statement = select(BookingMove.to_state).where(BookingMove.booking_id == booking.id)
    return list(db.session.scalars(statement.order_by(BookingMove.id)))


# --- The e-mail ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("capacity", [16, 1])
def test_ma02_every_booking_email_carries_a_link_that_needs_no_account(person: Person, capacity: int) -> None:
    run = factories.run(factories.course(components=1), capacity=capacity)
    if capacity == 1:
        rules.book(run=run, person=factories.partner(), by=ACADEMY, now=clock.now())
    booking = rules.book(run=run, person=person, by=ACADEMY, now=clock.now())
    message = newest_message()
    assert message.kind == ("booking_confirmed" if capacity == 16 else "booking_waitlisted")
    assert message.secret is not None
    assert rules.booking_of(message.secret).id == booking.id
    for words in (message.text, message.html):
        assert f"/my-place/{SECRET_STANDS_HERE}" in words
        assert f"/bookings/{booking.id}" not in words
        assert message.secret not in words
    assert message.secret not in (message.calendar or "")


def test_ma02_who_has_an_account_gets_the_page_behind_it(person: Person) -> None:
    factories.user(Role.PARTNER, of=person, password="set")
    booking = booked(person)
    assert newest_message().secret is None
    assert f"/bookings/{booking.id}" in newest_message().text


@pytest.mark.parametrize("account", [{"active": False, "password": "set"}, {"password": None}])
def test_ma02_an_account_that_is_closed_or_was_never_taken_up_is_none(
    person: Person, account: dict[str, Any]
) -> None:
    factories.user(Role.PARTNER, of=person, **account)
    booked(person)
    assert "/my-place/" in newest_message().text


def test_ma02_a_reminder_carries_the_link_too(person: Person, travel_to: Callable[..., None]) -> None:
    travel_to("2026-11-02 09:00")
    booking = booked(person)
    travel_to(booking.run.first_session.starts_at.replace(hour=5))
    assert remind_of_joining(run=booking.run, now=clock.now()) == 1
    message = newest_message()
    assert (message.kind, message.secret is not None) == ("joining", True)
    assert f"/my-place/{SECRET_STANDS_HERE}" in message.text


def test_ma02_diary_entries_of_a_partner_without_an_account_lead_to_no_shut_page(person: Person) -> None:
    booking = booked(person)
    assert f"/bookings/{booking.id}" not in str(newest_message().calendar)
    factories.user(Role.PARTNER, of=person, password="set")
    again = booked(person, days=[clock.today().replace(year=clock.today().year + 1)])
    assert f"/bookings/{again.id}" in str(newest_message().calendar).replace("\r\n ", "")


# --- The page -----------------------------------------------------------------------------------------------


def test_ma02_the_page_shows_the_booking_and_opening_it_changes_nothing(pages: Pages, person: Person) -> None:
    booking = booked(person)
    path = f"/my-place/{rules.secret_for(booking)}"
    page = pages.get(path)
    assert page.h1 == booking.run.version.course.title
    for shown in ("Jo Bell", "Confirmed", booking.reference):
        assert shown in page.text
    assert "jo@riverside.example" not in page.html
    pages.get(f"{path}/cancel")
    assert states(booking) == [BookingState.CONFIRMED]


def test_ma02_the_page_is_in_no_search_engine_and_in_no_cache(pages: Pages, person: Person) -> None:
    path = f"/my-place/{rules.secret_for(booked(person))}"
    pages_of_it = [f"{path}{end}" for end in ("", "/cancel", "/needs", "/colleague", "/calendar.ics")]
    for address in (*pages_of_it, "/my-place/forged"):
        headers = pages.get(address, status=404 if "forged" in address else 200).response.headers
        wanted = {"X-Robots-Tag": "noindex", "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
        assert {name: headers[name] for name in wanted} == wanted


def test_ma02_a_place_is_given_up_by_the_link_and_goes_to_the_next(pages: Pages, person: Person) -> None:
    booking = booked(person, capacity=1)
    waiting = rules.book(run=booking.run, person=factories.partner(), by=ACADEMY, now=clock.now())
    secret = rules.secret_for(booking)
    page = pages.submit(
        pages.get(f"/my-place/{secret}/cancel"), {"reason": "Ill"}, button="Cancel this place"
    )
    assert page.path == f"/my-place/{secret}"
    assert "The booking is cancelled." in page.html
    db.session.expire_all()
    assert (booking.state, waiting.state) == (BookingState.CANCELLED, BookingState.CONFIRMED)
    move = db.session.scalars(select(BookingMove).order_by(BookingMove.id.desc()).limit(2)).all()[1]
    assert (move.by_name, move.reason, move.by_user_id) == ("Jo Bell", "Ill", None)


def test_ma02_pressing_twice_cancels_once(pages: Pages, person: Person) -> None:
    booking = booked(person)
    path = f"/my-place/{rules.secret_for(booking)}/cancel"
    pages.get(path)
    for _ in range(2):
        pages.post(path, {"reason": ""})
    assert states(booking) == [BookingState.CONFIRMED, BookingState.CANCELLED]
    assert pages.get(path).path == path.removesuffix("/cancel")


def test_ma02_the_diary_entries_of_a_place(pages: Pages, person: Person) -> None:
    booking = booked(person)
    secret = rules.secret_for(booking)
    entries = Calendar.from_ical(pages.get(f"/my-place/{secret}/calendar.ics").response.get_data())
    assert len(entries.walk("VEVENT")) == 1
    rules.cancel(booking=booking, by=ACADEMY, now=clock.now())
    pages.get(f"/my-place/{secret}/calendar.ics", status=404)


@pytest.mark.parametrize(
    ("which", "sentence"),
    [
        ("forged", "This link is not complete or not one of ours"),
        ("cut short", "This link is not complete or not one of ours"),
        ("for something else", "This link is not complete or not one of ours"),
        ("expired", "This link has run out: it worked for 365 days"),
        ("of nothing", "The booking that this link was for is no longer here"),
    ],
)
def test_ma02_a_link_that_does_not_work_says_why_and_changes_nothing(
    pages: Pages, person: Person, travel_to: Callable[..., None], which: str, sentence: str
) -> None:
    travel_to("2026-11-02 09:00")
    booking = booked(person, days=[clock.today().replace(year=2028)])
    secret = str(rules.secret_for(booking))
    if which == "expired":
        travel_to("2027-11-02 09:01")
    else:
        secret = {
            "forged": f"W{secret[2:]}",
            "cut short": secret[:-3],
            "for something else": tokens.make("approval", booking.id),
            "of nothing": tokens.make("place", 4711),
        }[which]
    for path in (f"/my-place/{secret}{end}" for end in ("", "/cancel", "/needs", "/colleague")):
        assert sentence in pages.get(path, status=404).text
    assert sentence in pages.post(f"/my-place/{secret}/cancel", {"reason": ""}, status=404).text
    assert states(booking) == [BookingState.CONFIRMED]


def test_ma02_a_link_opens_no_other_booking(pages: Pages, person: Person) -> None:
    own, other = booked(person), booked(factories.partner(first_name="Kim", last_name="Ash"))
    page = pages.get(f"/my-place/{rules.secret_for(own)}")
    assert "Kim Ash" not in page.text
    assert other.reference not in page.text
    assert pages.get(f"/bookings/{own.id}").h1 == "Sign in"


# --- What they need -----------------------------------------------------------------------------------------


def test_st08_what_is_needed_is_said_changed_and_deleted_by_the_link(pages: Pages, person: Person) -> None:
    booking = booked(person)
    path = f"/my-place/{rules.secret_for(booking)}"
    page = pages.get(pages.get(path).links()["Tell us"])
    assert page.path == f"{path}/needs"
    assert "Only the academy and the trainer of this run see it" in page.text
    assert "Do not enter anything about a child or family." in page.text
    page = pages.submit(page, {"words": "Step-free access"})
    assert page.path == path
    assert "Saved. Only the academy and the trainer of this run see it." in page.text
    assert "Step-free access" in page.text
    page = pages.get(page.links()["Change this"])
    assert page.value("words") == "Step-free access"
    assert pages.submit(page, {"words": "x" * 1001}).errors == [
        "Your answer must be 1000 characters or fewer"
    ]
    page = pages.submit(page, {"words": " "})
    assert "Deleted." in page.text
    assert db.session.scalar(queries.need_of(booking)) is None


def test_st08_once_the_booking_is_over_there_is_nothing_to_say(pages: Pages, person: Person) -> None:
    booking = booked(person)
    path = f"/my-place/{rules.secret_for(booking)}"
    rules.cancel(booking=booking, by=ACADEMY, now=clock.now())
    assert "What we should arrange for you" not in pages.get(path).text
    page = pages.get(f"{path}/needs")
    assert (page.path, "This booking is no longer open" in page.text) == (path, True)
    pages.post(f"{path}/needs", {"words": "Large print"})
    assert db.session.scalar(queries.need_of(booking)) is None


# --- A colleague instead ------------------------------------------------------------------------------------


def test_st07_a_colleague_is_named_by_the_link_and_has_the_place(pages: Pages, person: Person) -> None:
    booking = booked(person)
    factories.partner(first_name="Ade", last_name="Obi", email="ade@riverside.example")
    path = f"/my-place/{rules.secret_for(booking)}"
    assert "Send a colleague instead" in pages.get(f"{path}/cancel").links()
    page = pages.get(pages.get(path).links()["Send a colleague instead"])
    assert page.path == f"{path}/colleague"
    assert "E-mail or full name of somebody in the same organisation." in page.text
    assert states(booking) == [BookingState.CONFIRMED]
    again = pages.submit(page, {"colleague": "Ade Obe"})
    assert again.errors == [
        "We found no colleague with this e-mail or full name. Check it, or ask the academy"
    ]
    for _ in range(2):  # pressed twice, the place is given on once
        page = pages.submit(again, {"colleague": "ade@riverside.example"})
        assert page.path == path
        assert "Ade Obi has the place now." in page.text
    assert "Given to a colleague" in page.text
    assert "Send a colleague instead" not in page.links()
    assert states(booking) == [BookingState.CONFIRMED, BookingState.SUBSTITUTED]
    new = queries.replacement_of(booking)
    assert new is not None
    assert (new.person.name, new.state) == ("Ade Obi", BookingState.CONFIRMED)
    move = db.session.scalars(select(BookingMove).where(BookingMove.booking_id == new.id)).one()
    assert (move.by_name, move.by_user_id) == ("Jo Bell", None)
    page = pages.get(f"{path}/colleague")
    assert (page.path, "Only a confirmed place can be given to a colleague" in page.text) == (path, True)
    for end in ("", "/cancel", "/needs"):  # whoever gave it on has no more to do with it
        assert new.reference not in pages.get(f"{path}{end}").text


def test_st07_by_the_link_nobody_of_another_organisation_is_found(pages: Pages, person: Person) -> None:
    booking = booked(person)
    elsewhere = factories.partner(factories.organisation("Harbour Police", "Police"), last_name="Quill")
    staff = factories.staff(last_name="Thistle")
    page = pages.get(f"/my-place/{rules.secret_for(booking)}/colleague")
    for typed in (elsewhere.email, elsewhere.name, staff.name, person.email):
        assert pages.submit(page, {"colleague": typed}).errors == [
            "We found no colleague with this e-mail or full name. Check it, or ask the academy"
        ]
    assert states(booking) == [BookingState.CONFIRMED]


def test_st07_what_is_asked_of_anybody_is_asked_of_who_is_named_by_the_link(
    pages: Pages, person: Person
) -> None:
    booking = booked(person)
    ade = factories.partner(first_name="Ade", last_name="Obi")
    booked(ade, days=[booking.run.first_session.held_on])
    page = pages.get(f"/my-place/{rules.secret_for(booking)}/colleague")
    page = pages.submit(page, {"colleague": "Ade Obi"})
    assert page.errors[0].endswith("Name somebody else")
    pages.post(page.path, {"colleague": "Ade Obi", "reason": "It is mine to say"})
    assert states(booking) == [BookingState.CONFIRMED]


def test_st07_a_place_that_is_waited_for_is_given_to_nobody_by_the_link(pages: Pages, person: Person) -> None:
    run = factories.run(factories.course(components=1), capacity=1)
    rules.book(run=run, person=factories.partner(), by=ACADEMY, now=clock.now())
    booking = rules.book(run=run, person=person, by=ACADEMY, now=clock.now())
    path = f"/my-place/{rules.secret_for(booking)}"
    for address in (path, f"{path}/cancel"):
        assert "Send a colleague instead" not in pages.get(address).links()
    assert pages.get(f"{path}/colleague").path == path


# --- No address at all --------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [factories.partner, factories.panel_member])
def test_u08_somebody_without_account_or_address_is_booked_and_counted(
    pages: Pages, make: Callable[..., Person]
) -> None:
    nobody = make(email=None)
    run = factories.run(factories.course(components=1))
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/runs/{run.id}/book?person={nobody.id}")
    pages.submit(page, button="Book this place")
    booking = db.session.scalars(select(Booking)).one()
    assert booking.state is BookingState.CONFIRMED
    assert db.session.scalar(select(func.count(Message.id))) == 0
    assert nobody.name in pages.get(f"/runs/{run.id}/places").text
    rules.cancel(booking=booking, by=ACADEMY, now=clock.now())
    assert booking.state is BookingState.CANCELLED_BY_ACADEMY


@pytest.mark.parametrize("has_account", [True, False])
def test_u08_without_an_account_other_dates_are_asked_for_by_an_answer(
    travel_to: Callable[..., None], has_account: bool
) -> None:
    """An invitation, not an account: a page behind a sign-in would lead nowhere."""
    travel_to("2022-03-01 09:00")
    run, person = factories.run(), factories.partner()
    if has_account:
        factories.user(Role.PARTNER, of=person, password="set")
    academy = factories.actor(Role.ACADEMY_MANAGER)
    booking = rules.book(run=run, person=person, by=academy, now=clock.now())
    rules.cancel_run(run=run, by=academy, now=clock.now(), reason="Ill")
    letter = db.session.scalars(
        select(Message).where(Message.key == f"booking:{booking.id}:run_cancelled")
    ).one()
    for words in (letter.text, letter.html):
        assert ("/book" in words) is has_account
        assert ("Answer this e-mail with the dates that suit you, and we book them for you." in words) is (
            not has_account
        )
