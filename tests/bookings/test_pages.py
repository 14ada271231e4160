"""The pages of places: browse, book, cancel, and who is on a run."""

from __future__ import annotations

import pytest
from icalendar import Calendar

from app.bookings import queries, rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from tests import factories


def _practitioner():
    person = factories.staff()
    return person, factories.user(Role.PRACTITIONER, of=person)


def _academy():
    return factories.actor(Role.ACADEMY_MANAGER)


def test_a_practitioner_finds_books_and_gives_up_a_place(pages) -> None:
    run = factories.run(factories.course(title="Signs of Safety 2-day"), capacity=2)
    code = run.code
    _, user = _practitioner()
    pages.sign_in(user)
    page = pages.get("/book")
    assert "2 places left" in page.text
    page = pages.get(f"/runs/{run.id}/book")
    assert page.h1 == "Signs of Safety 2-day"
    assert "Book this place" in page.text
    assert "https://meet.example/room" not in page.html
    page = pages.submit(page, button="Book this place")
    booking = db.session.query(Booking).one()
    assert page.path == f"/bookings/{booking.id}"
    assert booking.reference in page.text
    assert "Confirmed" in page.text
    assert "https://meet.example/room" in page.html
    assert "Confirmed" in pages.get("/book").text
    assert code in pages.get("/bookings").text
    calendar = Calendar.from_ical(pages.get(f"/bookings/{booking.id}/calendar.ics").response.get_data())
    assert [str(event["summary"]) for event in calendar.walk("VEVENT")] == [
        "Signs of Safety 2-day: Day 1",
        "Signs of Safety 2-day: Day 2",
    ]
    page = pages.submit(pages.get(f"/bookings/{booking.id}/cancel"), {"reason": "Court"})
    assert page.path == f"/bookings/{booking.id}"
    assert "Cancelled: Court" in page.text
    assert "Cancelled" in pages.get("/bookings").text
    assert queries.places_left([run.id]) == {run.id: 2}


def test_the_places_page_for_the_academy(pages) -> None:
    run = factories.run(capacity=1)
    people = [factories.staff(last_name=f"Family{n}") for n in ("Adair", "Boswell", "Carrow")]
    for person in people[:2]:
        rules.book(run=run, person=person, by=_academy(), now=clock.now())
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/runs/{run.id}/places")
    assert page.text.index("FamilyAdair") < page.text.index("Waiting list") < page.text.index("FamilyBoswell")
    page = pages.get(f"/runs/{run.id}/places?q=carrow")
    link = next(href for words, href in page.links().items() if words.startswith("Book Given"))
    page = pages.submit(pages.get(link), button="Join the waiting list")
    assert "Number 3" in page.text or "Number 2" in page.text
    page = pages.get(f"/sessions/{run.sessions[0].id}/capacity")
    page = pages.submit(page, {"capacity": "3"})
    assert page.path == f"/runs/{run.id}/places"
    page = pages.get(f"/runs/{run.id}/cancel")
    assert "3 people have a place" in page.text
    page = pages.submit(page, {"reason": ""})
    assert page.errors == ["Enter why the run is cancelled: everybody who has a place will read it"]
    page = pages.submit(page, {"reason": "The trainer is ill"})
    assert "This run was cancelled" in page.text
    states = set(db.session.scalars(db.select(Booking.state)))
    assert states == {BookingState.CANCELLED_BY_ACADEMY}


def test_moving_somebody_to_another_run(pages) -> None:
    course = factories.course()
    first, second = factories.run(course), factories.run(course)
    booking = rules.book(run=first, person=factories.staff(), by=_academy(), now=clock.now())
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/bookings/{booking.id}/move")
    page = pages.submit(page, {"run": str(second.id)})
    assert second.code in page.text
    assert "Confirmed" in page.text


@pytest.mark.parametrize("capacity", [1, 16], ids=["the waiting list", "a place"])
def test_a_booking_costs_at_most_15_statements(pages, capacity: int) -> None:
    """Of a 5-day course, with the look-up of who is signed in; the page that is shown next is not counted."""
    run = factories.run(factories.course(components=5), capacity=capacity)
    rules.book(run=run, person=factories.staff(), by=_academy(), now=clock.now())
    _, user = _practitioner()
    pages.sign_in(user)
    page = pages.submit(pages.get(f"/runs/{run.id}/book"))
    next_page = page.queries.index(page.queries[0], 1)  # both begin with who is signed in
    booking = page.queries[:next_page]
    assert any(query.startswith("INSERT INTO booking ") for query in booking)
    assert len(booking) <= 15, "\n".join(booking)
