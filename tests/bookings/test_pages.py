"""The pages of places: browse, book, cancel, and who is on a run."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from icalendar import Calendar

from app.bookings import queries, rules
from app.bookings.models import Booking, BookingState, Seat
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.sessions.models import Mode, RunState
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
    assert str(calendar["method"]) == "PUBLISH"
    assert [str(event["summary"]) for event in calendar.walk("VEVENT")] == [
        "Signs of Safety 2-day: Day 1",
        "Signs of Safety 2-day: Day 2",
    ]
    page = pages.submit(pages.get(f"/bookings/{booking.id}/cancel"), {"reason": "Court"})
    assert page.path == f"/bookings/{booking.id}"
    assert "Cancelled: Court" in page.text
    assert "Cancelled" in pages.get("/bookings").text
    assert queries.places_left_for(factories.staff(), [run], on=clock.today()) == {run.id: 2}


def test_the_academy_books_from_the_page_of_a_person_who_is_here(pages) -> None:
    here, gone = factories.staff(), factories.staff(last_day=clock.today().replace(year=2020))
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    link = pages.get(f"/people/{here.id}").links()["Book a place for them"]
    assert link == f"/book?person={here.id}"
    assert "Book a place for them" not in pages.get(f"/people/{gone.id}").links()


def test_the_places_page_for_the_academy(pages) -> None:
    run = factories.run(capacity=1)
    people = [factories.staff(last_name=f"Family{n}") for n in ("Adair", "Boswell", "Carrow")]
    for person in people[:2]:
        rules.book(run=run, person=person, by=_academy(), now=clock.now())
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/runs/{run.id}/places")
    assert page.links()["Book somebody"] == "#book"
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
    assert page.errors == ["Enter why the run is cancelled"]
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


# --- Who sees what -------------------------------------------------------------------------------------


def test_a_booking_is_seen_by_the_person_the_manager_and_the_academy_alone(pages) -> None:
    manager = factories.staff()
    person = factories.staff(manager_id=manager.id)
    booking = rules.book(run=factories.run(), person=person, by=_academy(), now=clock.now())
    path, reads = f"/bookings/{booking.id}", 200
    for user, status, may_cancel in [
        (factories.user(Role.PRACTITIONER, of=person), reads, reads),
        (factories.user(Role.ACADEMY_MANAGER), reads, reads),
        (factories.user(Role.LINE_MANAGER, of=manager), reads, 403),
        (factories.user(Role.LINE_MANAGER, of=factories.staff()), 403, 403),
        (factories.user(Role.PRACTITIONER, of=factories.staff()), 403, 403),
        (factories.user(Role.PARTNER, of=factories.partner()), 403, 403),
        (factories.user(Role.TRAINER), 403, 403),
        (factories.user(Role.BOARD_MEMBER), 403, 403),
        (factories.user(Role.DFE_ADVISER), 403, 403),
        (factories.user(Role.ADMINISTRATOR), 403, 403),
    ]:
        pages.sign_in(user)
        page = pages.get(path, status=status)
        assert ("Cancel this place" in page.text) is (may_cancel == reads)
        pages.get(f"{path}/calendar.ics", status=status)
        pages.get(f"{path}/cancel", status=may_cancel)
        if may_cancel != reads:
            pages.post(f"{path}/cancel", status=403)
    assert booking.state is BookingState.CONFIRMED


def test_a_trainer_sees_names_on_own_runs_and_can_change_nothing(pages) -> None:
    user = factories.user(Role.TRAINER)
    own = factories.run(trainer_id=factories.trainer(user).id)
    person = factories.staff(first_name="Zephyrine", last_name="Quillfeather")
    for run in (own, other := factories.run()):
        rules.book(run=run, person=person, by=_academy(), now=clock.now(), reason="At both")
    pages.sign_in(user)
    page = pages.get(f"/runs/{own.id}/places?q=Quill")
    assert "Zephyrine Quillfeather" in page.text
    assert "Book somebody" not in page.text
    assert "Change places" not in page.text
    assert "Quillfeather" not in pages.get(f"/runs/{other.id}/places", status=403).html
    for path in (
        f"/runs/{own.id}/cancel",
        f"/runs/{own.id}/book",
        f"/sessions/{own.sessions[0].id}/capacity",
    ):
        pages.get(path, status=403)
    pages.post(f"/runs/{own.id}/places/fill", status=403)


@pytest.mark.parametrize("path", ["/book", "/bookings"])
def test_an_account_without_a_person_is_told_so(pages, path: str) -> None:
    pages.sign_in(factories.user(Role.PRACTITIONER))
    assert "not linked with one of them" in pages.get(path).text


@pytest.mark.parametrize(
    "path",
    [
        "/bookings/999999",
        "/bookings/99999999999999999999",
        "/runs/99999999999999999999/book",
        "/runs/99999999999999999999/places",
        "/runs/0/cancel",
        "/sessions/99999999999999999999/capacity",
        "/book?person=99999999999999999999",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(pages, path: str) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert pages.get(path, status=404).h1


def test_a_line_manager_books_for_the_own_team_and_for_nobody_else(pages) -> None:
    manager = factories.staff()
    report = factories.staff(manager_id=manager.id)
    stranger = factories.staff(team_id=factories.team("Fostering").id)
    run = factories.run()
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=manager))
    page = pages.get(f"/book?person={report.id}")
    assert page.h1 == f"Book a place for {report.name}"
    link = next(href for words, href in page.links().items() if words.endswith(": book"))
    assert f"person={report.id}" in link
    page = pages.submit(pages.get(link))
    assert report.name in page.text
    pages.get(f"/book?person={stranger.id}", status=403)
    pages.post(f"/runs/{run.id}/book", {"person": str(stranger.id)}, status=403)
    assert db.session.scalars(db.select(Booking.person_id)).all() == [report.id]


def test_what_is_over_or_was_given_up_cannot_be_cancelled_and_says_why(pages, travel_to) -> None:
    """As somebody finds out who kept the page, or its address, for too long."""
    run = factories.run(days=[clock.today() + timedelta(days=1), clock.today() + timedelta(days=2)])
    person, user = _practitioner()
    booking = rules.book(run=run, person=person, by=_academy(), now=clock.now())
    db.session.commit()
    travel_to(clock.now() + timedelta(days=7))
    pages.sign_in(user)
    page = pages.get(f"/bookings/{booking.id}/cancel")
    assert page.path == f"/bookings/{booking.id}"
    assert "This training is over, so the place can’t be cancelled or moved." in page.text
    page = pages.post(f"/bookings/{booking.id}/cancel")
    assert "This training is over, so the place can’t be cancelled or moved." in page.text
    assert db.session.get(Booking, booking.id).state is BookingState.CONFIRMED


# --- Refusals on the page ------------------------------------------------------------------------------


def test_a_page_says_why_a_run_cannot_be_booked(pages, travel_to) -> None:
    travel_to("2022-03-01")
    course = factories.course(title="Core Skills")
    run = factories.run(course, code="CSM-01", capacity=1)
    course.role_groups = [factories.role_group("Team Manager")]
    _, user = _practitioner()
    pages.sign_in(user)
    assert "None of the academy’s courses is meant for your role" in pages.get("/book").text
    page = pages.get(f"/runs/{run.id}/book")
    assert "Core Skills is not for your role or organisation" in page.text
    page = pages.post(f"/runs/{run.id}/book")
    assert page.errors == [
        "Core Skills is not for your role or organisation. Ask the academy if you think it should be."
    ]
    assert db.session.query(Booking).count() == 0


def test_the_page_of_a_run_offers_booking_until_it_closes_and_then_says_so(pages, travel_to) -> None:
    travel_to("2022-03-01 10:00")
    course = factories.course(terms={"closes_days": 2})
    run = factories.run(course, days=[date(2022, 3, 15), date(2022, 3, 16)])
    manager = factories.staff()
    factories.staff(manager_id=manager.id)
    user = factories.user(Role.LINE_MANAGER, of=manager)
    offered = {f"/runs/{run.id}/book", f"/runs/{run.id}/book-team"}
    page = pages.sign_in(user).get(f"/runs/{run.id}")
    assert offered <= set(page.links().values())
    travel_to("2022-03-14 10:00")
    page = pages.sign_in(user).get(f"/runs/{run.id}")
    assert not offered & set(page.links().values())
    closed = f"Booking for {run.code} closed at the end of Friday 11 March 2022."
    assert closed in page.text
    assert closed in pages.get(f"/runs/{run.id}/book").text
    travel_to("2022-03-15 14:00")
    page = pages.sign_in(user).get(f"/runs/{run.id}")
    assert not offered & set(page.links().values())
    assert f"{run.code} began on 15 March 2022." in page.text


def test_the_page_of_a_run_offers_no_place_to_who_has_one_or_for_whom_it_is_not(pages) -> None:
    course = factories.course()
    run, person = factories.run(course), factories.staff()
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    booking = rules.book(run=run, person=person, by=_academy(), now=clock.now())
    offer = f"/runs/{run.id}/book"
    links = pages.get(f"/runs/{run.id}").links()
    assert (links["Your place"], offer in links.values()) == (f"/bookings/{booking.id}", False)
    manager = factories.staff()
    report = factories.staff(manager_id=manager.id)
    course.role_groups = [report.spells[0].role_group]
    manager.spells[0].role_group = factories.role_group("Director")
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=manager))
    page = pages.get(f"/runs/{run.id}")
    assert "is not for your role or organisation" in page.text
    assert (offer in page.links().values(), "Book for your team" in page.links()) == (False, True)


def test_who_may_give_a_reason_is_offered_a_place_that_the_course_is_not_meant_for(pages) -> None:
    run, person = factories.run(), factories.staff()
    run.version.course.role_groups = [factories.role_group("Director")]
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER, Role.PRACTITIONER, of=person))
    offer = f"/runs/{run.id}/book"
    assert offer in pages.get(f"/runs/{run.id}").links().values()
    pages.submit(pages.get(offer), {"reason": "Asked by the director"})
    assert db.session.query(Booking).one().person == person


def test_a_team_is_not_asked_for_where_nobody_can_be_booked(pages) -> None:
    run, manager = factories.run(), factories.staff()
    factories.staff(manager_id=manager.id)
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=manager))
    page = pages.get(f"/runs/{run.id}/book-team")
    rules.cancel_run(run=run, reason="Snow", by=_academy(), now=clock.now())
    for answer in (pages.get(f"/runs/{run.id}/book-team"), pages.submit(page)):
        assert answer.path == f"/runs/{run.id}"
        assert f"{run.code} was cancelled. Choose another run." in answer.text


def test_the_academy_gives_a_reason_for_somebody_the_course_is_not_meant_for(pages) -> None:
    course = factories.course()
    course.role_groups = [factories.role_group("Team Manager")]
    run, person = factories.run(course), factories.staff()
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.submit(pages.get(f"/runs/{run.id}/book?person={person.id}"))
    assert page.errors == [
        f"{course.title} is not for {person.name}’s role or organisation. Give a reason to book it anyway"
    ]
    page = pages.submit(page, {"reason": "Acting up"})
    assert "Confirmed: Acting up" in page.text


def test_one_press_asks_the_academy_for_a_reason_whatever_else_is_wrong(pages) -> None:
    course = factories.course()
    course.role_groups = [factories.role_group("Team Manager")]
    run, person = factories.run(course), factories.staff()
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/runs/{run.id}/book?person={person.id}")
    page = pages.post(page.path, {"person": str(person.id), "needs": "x" * 1001})
    reason, needs = page.errors
    assert reason.endswith("role or organisation. Give a reason to book it anyway")
    assert needs.endswith("must be 1000 characters or fewer")


def test_the_waiting_list_shows_a_position_and_no_names(pages) -> None:
    run = factories.run(capacity=1)
    for name in ("Quillfeather", "Thistlewood"):
        person = factories.staff(first_name="Zephyrine", last_name=name)
        rules.book(run=run, person=person, by=_academy(), now=clock.now())
    person, user = _practitioner()
    pages.sign_in(user)
    page = pages.get("/book")
    assert "Full: waiting list of 1" in page.text
    page = pages.submit(pages.get(f"/runs/{run.id}/book"), button="Join the waiting list")
    assert "Number 2 in the queue" in page.text
    lists = [pages.get(path).text for path in ("/bookings", "/book")]
    assert "Waiting for a place" in lists[0]
    place = db.session.scalars(db.select(Booking).where(Booking.person_id != person.id)).first()
    rules.cancel(booking=place, by=_academy(), now=clock.now())
    for text in [*lists, page.text, pages.get("/bookings").text, pages.get("/book").text]:
        assert "Zephyrine" not in text


def test_runs_are_narrowed_by_course_mode_and_places(pages) -> None:
    online, here = factories.course(title="Online"), factories.course(title="Here")
    factories.run(online)
    full = factories.run(here, mode=Mode.IN_PERSON, venue_id=factories.venue().id, capacity=1)
    rules.book(run=full, person=factories.staff(), by=_academy(), now=clock.now())
    _, user = _practitioner()
    pages.sign_in(user)

    def listed(query: str) -> list[str]:
        page = pages.get(f"/book?{query}")
        return [row.find("a").contents[0] for row in page.soup.select("tbody tr")]

    assert sorted(listed("")) == ["Here", "Online"]
    assert listed(f"course={here.id}") == ["Here"]
    assert listed("mode=virtual") == ["Online"]
    assert listed("mode=in_person") == ["Here"]
    assert listed("places=1") == ["Online"]
    assert pages.get(f"/book?course={online.id}&mode=in_person").links()["Show all runs"] == "/book"
    assert listed("course=nonsense&mode=nonsense&page=nonsense") == listed("")


def test_places_that_stand_empty_are_given_to_those_who_wait(pages) -> None:
    run = factories.run(capacity=1)
    for _ in range(2):
        rules.book(run=run, person=factories.staff(), by=_academy(), now=clock.now())
    for session in run.sessions:
        session.capacity = 2
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.submit(pages.get(f"/runs/{run.id}/places"), button="Give free seats to those who wait")
    assert "Of those who waited, 1 person has a place now." in page.text
    assert "Waiting list" not in page.text


# --- The command ---------------------------------------------------------------------------------------


def test_the_check_finds_nothing_and_then_what_was_broken_behind_the_rules(run_command) -> None:
    run = factories.run(code="SOS2-07", capacity=2)
    booking = rules.book(run=run, person=factories.staff(), by=_academy(), now=clock.now())
    assert run_command("check", "bookings").exit_code == 0
    assert json.loads(run_command("check", "bookings", "--json").output) == []
    first, second = run.sessions
    now = clock.now()
    for session, number in ((first, 2), (first, 3)):
        other = Booking(
            reference=f"GONE-000{number}",
            run_id=run.id,
            person_id=factories.staff().id,
            state=BookingState.CANCELLED,
            queued_at=now,
            created_at=now,
        )
        db.session.add(other)
        db.session.flush()
        db.session.add(Seat(booking_id=other.id, session_id=session.id, number=number, taken_at=now))
    db.session.execute(db.delete(Seat).where(Seat.booking_id == booking.id, Seat.session_id == second.id))
    found = run_command("check", "bookings")
    assert found.exit_code == 1
    assert found.output.splitlines() == [
        "SOS2-07: session 1 has 3 seats taken, up to number 3, of 2",
        "SOS2-07: booking GONE-0002 (cancelled) holds a seat that is not its own",
        "SOS2-07: booking GONE-0003 (cancelled) holds a seat that is not its own",
        f"SOS2-07: booking {booking.reference} is confirmed and has no seat in session 2",
    ]
    answer = run_command("check", "bookings", "--json")
    assert (answer.exit_code, len(json.loads(answer.output))) == (1, 4)
    run.state = RunState.CANCELLED
    assert "is confirmed although the run is cancelled" in run_command("check", "bookings").output


@pytest.mark.parametrize(
    ("email", "told"),
    [
        ("sam@council.example", "Everything is on this page and in an e-mail."),
        (None, "Everything is on this page. They have no e-mail address, so tell them yourself."),
    ],
)
def test_whoever_books_somebody_is_told_when_nothing_can_be_sent_to_them(
    pages, email: str | None, told: str
) -> None:
    person, run = factories.staff(email=email), factories.run(factories.course())
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.submit(pages.get(f"/runs/{run.id}/book?person={person.id}"))
    assert f"The place is confirmed. {told}" in page.text


def test_whoever_has_no_address_is_not_told_to_wait_for_an_e_mail(pages) -> None:
    pages.sign_in(factories.user(Role.PRACTITIONER, of=factories.staff(email=None)))
    page = pages.submit(pages.get(f"/runs/{factories.run(factories.course()).id}/book"))
    assert "you have no e-mail address in the directory, so none is sent." in page.text
