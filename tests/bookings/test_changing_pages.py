"""The pages on which the academy moves, merges, cuts and cancels, and people say that they still come."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select, update

from app.attendance import jobs
from app.bookings import rules
from app.bookings.models import Booking, BookingState, LeavingCause
from app.core import clock, tokens
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.learning.models import MarkStatus
from app.outbox.models import Message
from app.sessions.models import Run
from tests import factories
from tests.attendance.marking import mark
from tests.bookings.desk import academy, booked
from tests.pages import Page, Pages

MARCH_15, MARCH_22, APRIL_26 = date(2022, 3, 15), date(2022, 3, 22), date(2022, 4, 26)


@pytest.fixture
def desk(pages: Pages, travel_to: Callable[..., None]) -> Pages:
    """The academy's pages on Tuesday 1 March 2022."""
    travel_to("2022-03-01 10:00")
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER, name="Ada Desk"))


def two_runs(capacity: int = 16, minimum: int = 1) -> tuple[Run, Run]:
    course = factories.course(components=1, title="Ways")
    first = factories.run(course, days=[MARCH_15], code="SOS2-07", capacity=capacity, minimum_places=minimum)
    return first, factories.run(course, days=[APRIL_26], code="SOS2-08")


def day(when: date) -> dict[str, str]:
    return {f"held_on-{part}": str(getattr(when, part)) for part in ("day", "month", "year")}


def moved(desk: Pages, run: Run, when: date = MARCH_22) -> Page:
    return desk.submit(desk.get(f"/runs/{run.id}/sessions/1/edit"), day(when))


def count_messages() -> int | None:
    return db.session.scalar(select(func.count(Message.id)))


# --- Moving --------------------------------------------------------------------------------------------


def test_u05_the_page_says_whom_a_move_touches_and_then_how_many_were_told(desk: Pages) -> None:
    run, _ = two_runs(capacity=2)
    for _ in range(3):
        booked(run)
    page = desk.get(f"/runs/{run.id}/sessions/1/edit")
    assert "3 people have a place here or wait for one." in page.text
    page = moved(desk, run)
    assert "Day 1 is changed. 3 people are told." in page.text
    assert "Tue 22 Mar 2022" in page.text


def test_u05_a_date_with_something_to_know_is_asked_about_before_anybody_is_told(
    desk: Pages,
) -> None:
    """Typed 2062 for 2022: 3 people were told of it, and only then the run's page said that it is a slip."""
    run, _ = two_runs(capacity=2)
    factories.dated(run.version.course.programme, deadline=APRIL_26)
    for _ in range(3):
        booked(run)
    slip = date(2062, 3, 22)
    page = moved(desk, run, slip)
    assert page.errors == [
        "Nothing is changed yet: look at what to know about the date. Press the button again to change it as "
        "it is"
    ]
    assert "Day 1, Wednesday 22 March 2062, is 14,575 days after the programme’s deadline" in page.text
    assert "3 people have a place here or wait for one. Each is told at once." in page.soup.select_one(
        "form .govuk-inset-text"
    ).get_text(" ", strip=True)
    assert page.value("held_on-year") == "2062"
    db.session.expire_all()
    assert run.sessions[0].held_on == MARCH_15
    assert not db.session.scalar(
        select(func.count(Message.id)).where(Message.kind == "booking_session_changed")
    )
    again = desk.submit(page, day(date(2022, 3, 20)))
    assert "Day 1, Sunday 20 March 2022, is at a weekend." in again.text
    page = desk.submit(again)
    assert "Day 1 is changed. 3 people are told." in page.text


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (date(2062, 3, 22), "Day 1, Wednesday 22 March 2062, is 14,617 days after"),
        (date(2023, 3, 15), "Day 1, Wednesday 15 March 2023, is 365 days after"),
        (date(2022, 9, 15), "Day 1, Thursday 15 September 2022, is 184 days after"),
        (date(2022, 9, 13), None),
    ],
)
def test_u05_a_date_half_a_year_from_the_one_it_has_is_asked_about_without_a_deadline_too(
    desk: Pages, when: date, said: str | None
) -> None:
    run = factories.run(factories.course(components=1), days=[MARCH_15])
    page = moved(desk, run, when)
    assert (run.sessions[0].held_on == when) is (said is None)
    if said:
        assert f"{said} Tuesday 15 March 2022, the date it has now: check the year." in page.text
        assert "a year or more ahead" not in page.text
        assert "Day 1 is changed." in desk.submit(page).text


def test_u05_a_correction_of_what_is_over_by_a_year_is_asked_about_too(
    desk: Pages, travel_to: Callable[..., None]
) -> None:
    run = factories.run(factories.course(components=1), days=[MARCH_15])
    travel_to("2022-04-01 10:00")
    desk.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = desk.get(f"/runs/{run.id}/sessions/1/edit")
    page = desk.submit(page, day(date(2021, 3, 16)) | {"reason": "It was a Tuesday"})
    assert "is 364 days before Tuesday 15 March 2022, the date it has now" in page.text
    assert run.sessions[0].held_on == MARCH_15


def test_u05_a_correction_of_what_is_over_says_that_nobody_is_told(
    desk: Pages, travel_to: Callable[..., None]
) -> None:
    run = factories.run(factories.course(components=1), days=[MARCH_15])
    booked(run)
    before = count_messages()
    travel_to("2022-04-01 10:00")
    desk.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = desk.get(f"/runs/{run.id}/sessions/1/edit")
    page = desk.submit(page, day(date(2022, 3, 20)) | {"reason": "It was a Sunday"})
    assert "Day 1, Sunday 20 March 2022, is at a weekend." in page.text
    assert "This session is over, so nobody is told, unless its new date is still to come." in page.text
    assert "Each is told" not in page.text
    assert not page.soup.select("[name=asks_again]")
    assert "is told" not in desk.submit(page).text
    assert (run.sessions[0].held_on, count_messages()) == (date(2022, 3, 20), before)


def test_u05_what_was_to_be_known_of_the_date_before_is_not_asked_again(desk: Pages) -> None:
    run = factories.run(factories.course(components=1), days=[date(2022, 3, 20)])
    page = desk.submit(desk.get(f"/runs/{run.id}/sessions/1/edit"), {"ends": "15:00"})
    assert "Day 1 is changed." in page.text


def test_am02_another_date_that_puts_the_next_day_before_it_says_so_first(desk: Pages) -> None:
    run = factories.run(days=[MARCH_15, MARCH_22])
    page = moved(desk, run, date(2022, 3, 23))
    assert "Day 2, Tuesday 22 March 2022, is before Day 1, Wednesday 23 March 2022." in page.text
    assert "told at once" not in page.text
    assert "Day 1 is changed." in desk.submit(page).text


def test_u05_of_one_day_those_who_take_it_alone_are_told_too_and_of_the_run_everybody(desk: Pages) -> None:
    run = factories.run(days=[MARCH_15, MARCH_22])
    factories.booking(run, factories.staff())
    factories.booking(run, factories.staff(), session_id=run.sessions[1].id)
    factories.booking(run, factories.staff(), confirmed_at=None, session_id=run.sessions[1].id)
    factories.booking(run, factories.staff(), state=BookingState.CANCELLED)
    for page, said in (
        ("sessions/1/edit", "1 person has a place here or waits for one."),
        ("sessions/2/edit", "3 people have a place here or wait for one."),
        ("cancel", "3 people have a place here or wait for one."),
    ):
        assert said in desk.get(f"/runs/{run.id}/{page}").text


def test_tr03_who_shortens_a_session_below_its_register_is_told_what_to_do(desk: Pages) -> None:
    run = factories.run(factories.course(components=1), days=[date(2022, 2, 28)])
    mark(run, 1, factories.staff(), status=MarkStatus.PARTIAL, minutes=300)
    shorter = {"ends": "12:30"}
    page = desk.submit(desk.get(f"/runs/{run.id}/sessions/1/edit"), shorter)
    assert page.errors == [
        "1 person is marked as there for longer than 180 minutes. Correct the register of Day 1 first, or "
        "enter other times"
    ]
    assert page.value("ends") == "12:30"


def test_tr03_who_came_late_does_not_stand_in_the_way_of_another_end(desk: Pages) -> None:
    """20 of 420 minutes late, which lasted 300: late by 20 still, and not there for longer than it lasted."""
    run = factories.run(factories.course(components=1), days=[date(2022, 2, 28)])
    person = factories.staff()
    mark(run, 1, person, status=MarkStatus.ATTENDED_LATE, minutes=400)
    page = desk.submit(desk.get(f"/runs/{run.id}/sessions/1/edit"), {"ends": "14:30"})
    assert "Day 1 is changed." in page.text
    assert jobs.marks(clock.now() + timedelta(minutes=1)).done == 1
    assert desk.get(f"/sessions/{run.sessions[0].id}/register").value(f"late-{person.id}") == "20"


def test_u09_new_clashes_are_listed_on_the_page_that_follows(desk: Pages) -> None:
    run, _ = two_runs()
    person = factories.staff(first_name="Ann", last_name="Other")
    other = factories.run(factories.course(components=1, title="Other"), days=[MARCH_22], code="OTH-1")
    booked(run, person), booked(other, person)
    page = moved(desk, run)
    assert page.path == f"/runs/{run.id}/places"
    assert "1 person of them now has another place at the same time" in page.text
    assert "Ann Other Day 1 Other (OTH-1): 22 March 2022, 09:30 to 16:30" in page.text


def test_u29_the_second_of_two_editors_is_refused_and_shown_both(desk: Pages) -> None:
    run, _ = two_runs()
    mine, theirs = (desk.get(f"/runs/{run.id}/sessions/1/edit") for _ in range(2))
    desk.submit(theirs, {"starts": "10:00"})
    page = desk.submit(mine, {"starts": "11:00"})
    assert page.errors == [
        "This was changed by Ada Desk on 1 March 2022 at 10:00, after you opened it. "
        "Both versions are below: save yours over it, or leave it as it is now"
    ]
    assert "As it is saved now Date 15 March 2022 Start 10:00" in page.text
    assert page.value("starts") == "11:00"
    assert run.sessions[0].starts_at == clock.london_time(MARCH_15, time(10))
    page = desk.submit(page, button="Save mine over it")
    assert "Day 1 is changed." in page.text
    assert run.sessions[0].starts_at == clock.london_time(MARCH_15, time(11))


def test_u29_of_a_whole_run_too(desk: Pages) -> None:
    run, _ = two_runs()
    mine, theirs = (desk.get(f"/runs/{run.id}/edit") for _ in range(2))
    desk.submit(theirs, {"note": "Bring a laptop"})
    page = desk.submit(mine, {"note": "Bring lunch"})
    assert "changed by Ada Desk on 1 March 2022 at 10:00" in page.errors[0]
    assert "Note Bring a laptop" in page.text
    assert page.value("note") == "Bring lunch"
    desk.submit(page, button="Save mine over it")
    assert run.note == "Bring lunch"


# --- Saying that one still comes -----------------------------------------------------------------------


def link_of(booking: Booking) -> str:
    message = db.session.scalars(
        select(Message).where(Message.about_id == booking.id, Message.kind == "booking_session_changed")
    ).one()
    assert message.secret
    assert message.secret not in message.html
    return f"/reconfirm/{message.secret}"


def test_u05_opening_the_link_does_nothing_and_a_press_keeps_the_place(desk: Pages) -> None:
    run, _ = two_runs()
    booking = booked(run)
    moved(desk, run)
    link, visitor = link_of(booking), Pages(desk.app)
    page = visitor.get(link)
    assert page.h1 == "Do you still come?"
    assert "Please answer by 17:00 Tuesday 8 March." in page.text
    assert booking.reconfirm_by is not None
    page = visitor.submit(page, button="Yes, I still come")
    assert "Thank you. The place stays as it is." in page.text
    assert booking.reconfirm_by is None
    assert "That was said before" in visitor.post(link, {"answer": "yes"}).text
    assert "You have said that you come." in visitor.get(link).text


def test_u05_the_link_gives_the_place_up_too(desk: Pages) -> None:
    run, _ = two_runs()
    booking = booked(run)
    moved(desk, run)
    visitor = Pages(desk.app)
    page = visitor.submit(visitor.get(link_of(booking)), button="No, give up my place", form=1)
    assert booking.state is BookingState.CANCELLED
    assert "Your place is given up. Nothing is charged." in page.text
    assert "no longer there to be kept: cancelled" in page.text
    assert "no longer there to be kept" in visitor.post(page.path, {"answer": "yes"}).text


def _taken_back(booking: Booking) -> None:
    rules.cancel(booking=booking, by=academy(), now=clock.now(), reason="Cover")


def _given_to_a_colleague(booking: Booking) -> None:
    rules.substitute(booking=booking, colleague=factories.staff(), by=academy(), now=clock.now())


def _kept(booking: Booking) -> None:
    """They say that they come; the page on which they give it up stands open until it is late to do so."""
    rules.reconfirm(booking=booking, by=rules.holder_of(booking), now=clock.now())
    db.session.execute(update(LeavingCause).values(is_offered=False))


@pytest.mark.parametrize(
    ("happens", "state", "said"),
    [
        (_taken_back, BookingState.CANCELLED_BY_ACADEMY, "no longer there to be given up: cancelled by the"),
        (_given_to_a_colleague, BookingState.SUBSTITUTED, "no longer there to be given up: given to a"),
        (_kept, BookingState.CANCELLED_LATE, "Your place is given up: cancelled late."),
    ],
)
def test_the_link_says_what_became_of_the_place_and_that_nothing_is_charged_only_where_that_is_so(
    desk: Pages,
    travel_to: Callable[..., None],
    happens: Callable[[Booking], None],
    state: BookingState,
    said: str,
) -> None:
    run, _ = two_runs()
    booking = booked(run)
    moved(desk, run)
    link = link_of(booking)
    happens(booking)
    db.session.commit()
    travel_to("2022-03-21 10:00")
    page = Pages(desk.app).post(link, {"answer": "no"})
    assert booking.state is state
    assert said in page.text
    assert "Nothing is charged" not in page.text


@pytest.mark.parametrize("answer", [{}, {"answer": ""}, {"answer": "zzz"}])
def test_bad_input_without_one_of_the_two_answers_nothing_is_answered(
    desk: Pages, answer: dict[str, str]
) -> None:
    run, _ = two_runs()
    booking = booked(run)
    moved(desk, run)
    page = Pages(desk.app).post(link_of(booking), answer)
    assert "Choose an answer" in page.text
    assert page.h1 == "Do you still come?"
    assert (booking.state, booking.reconfirm_by is None) == (BookingState.CONFIRMED, False)


def test_bad_input_a_link_that_is_forged_or_has_run_out(desk: Pages, travel_to: Callable[..., None]) -> None:
    booking = booked(two_runs()[0])
    token = tokens.make("reconfirm", booking.id, to=booking.person.email)
    other = tokens.make("approval", booking.id)
    visitor = Pages(desk.app)
    for forged in (f"{token}x", other, "nonsense", tokens.make("reconfirm", 999)):
        assert visitor.get(f"/reconfirm/{forged}", status=404).h1 == "This link does not work"
        visitor.post(f"/reconfirm/{forged}", {"answer": "no"}, status=404)
    travel_to("2022-04-01 10:00")
    assert "it worked for 30 days" in visitor.get(f"/reconfirm/{token}", status=404).text
    assert booking.state is BookingState.CONFIRMED


def test_u05_the_page_of_the_booking_asks_and_its_button_answers(desk: Pages) -> None:
    run, _ = two_runs()
    booking = booked(run)
    moved(desk, run)
    user = factories.user(Role.PRACTITIONER, of=booking.person)
    other = factories.user(Role.PRACTITIONER, of=factories.staff())
    Pages(desk.app).sign_in(other).post(f"/bookings/{booking.id}/reconfirm", status=403)
    own = Pages(desk.app).sign_in(user)
    page = own.get(f"/bookings/{booking.id}")
    assert "The dates have changed. Say by 17:00 Tuesday 8 March that you still come." in page.text
    page = own.submit(page, button="I still come")
    assert "Thank you." in page.text
    assert "The dates have changed" not in page.text


# --- Cancelling and merging ----------------------------------------------------------------------------


def test_u05_the_provider_cancels_and_the_next_run_is_offered(desk: Pages) -> None:
    run, second = two_runs()
    booking = booked(run)
    page = desk.get(f"/runs/{run.id}/cancel")
    assert page.value("run") == str(second.id)
    page = desk.submit(page, {"reason": "Nobody can come", "who": "provider"})
    assert "SOS2-07 is cancelled. 1 person has a place on SOS2-08." in page.text
    assert booking.state is BookingState.CANCELLED_BY_PROVIDER
    assert db.session.scalars(select(Booking.run_id).where(Booking.replaces_id == booking.id)).all() == [
        second.id
    ]
    third = booked(second)
    desk.submit(desk.get(f"/runs/{second.id}/cancel"), {"reason": "Nor then"})
    assert third.state is BookingState.CANCELLED_BY_ACADEMY


@pytest.mark.parametrize("how", ["cancel", "merge", "cut"])
def test_u09_who_is_booked_twice_by_it_is_listed_on_the_page_that_follows(desk: Pages, how: str) -> None:
    run, second = two_runs(minimum=1 if how == "cut" else 6)
    person = factories.staff(first_name="Ann", last_name="Other")
    other = factories.run(factories.course(components=1, title="Other"), days=[APRIL_26], code="OTH-1")
    booking = booked(run, person)
    booked(run), booked(other, person)
    to = {"run": str(second.id)}
    if how == "cancel":
        page = desk.submit(desk.get(f"/runs/{run.id}/cancel"), {"reason": "Snow", **to})
    elif how == "merge":
        page = desk.submit(desk.get(f"/runs/{run.id}/too-few"), {"choice": "merge", **to})
        assert "Has a place on SOS2-08, at the same time as another place of theirs" in page.text
        page = desk.submit(page, button="Merge these runs")
    else:
        page = desk.submit(desk.get(f"/sessions/{run.sessions[0].id}/capacity"), {"capacity": "1"})
        page = desk.submit(page, {"moving": [str(booking.id)], **to})
    assert page.path == f"/runs/{second.id}/places"
    assert "1 person of them now has another place at the same time: see below." in page.text
    assert "Ann Other Day 1 Other (OTH-1): 26 April 2022, 09:30 to 16:30" in page.text


def test_u09_clashes_are_looked_up_once_however_many_are_moved(desk: Pages) -> None:
    run, second = two_runs()
    for _ in range(4):
        booked(run)
    page = desk.submit(desk.get(f"/runs/{run.id}/cancel"), {"reason": "Snow", "run": str(second.id)})
    looked_up = [
        one for one in page.queries if "other_seat.released_at IS NULL" in one and "last_name" in one
    ]
    assert len(looked_up) == 2  # by the rule, and by the page that follows


def test_am18_the_first_page_leads_to_the_three_choices_and_running_it_anyway_ends_it(desk: Pages) -> None:
    run, _ = two_runs(minimum=6)
    for _ in range(4):
        booked(run)
    words = "SOS2-07 has 4 booked of at least 6"
    page = desk.get(desk.get("/").links()[words])
    assert page.h1 == "SOS2-07: 4 booked of at least 6"
    page = desk.submit(page)
    assert page.errors == ["Choose what becomes of the run"]
    page = desk.submit(page, {"choice": "go_ahead", "reason": "The team needs it"})
    assert "It was decided on 1 March 2022 at 10:00 that it goes ahead." in page.text
    assert words not in desk.get("/").text
    assert "The team needs it" in desk.get(f"/runs/{run.id}/history").text


def test_am18_merging_from_the_runs_page_of_places(desk: Pages) -> None:
    run, second = two_runs(minimum=6)
    for _ in range(4):
        booked(run)
    booked(second)
    page = desk.get(f"/runs/{run.id}/places")
    page = desk.get(page.links()["Run it anyway, merge or cancel it"])
    page = desk.submit(page, {"choice": "merge", "run": str(second.id)})
    page = desk.submit(page, button="Merge these runs")
    assert (
        "SOS2-07 is merged into SOS2-08. 4 people have a place on SOS2-08. 1 person on SOS2-08 is told."
        in page.text
    )
    confirmed = select(func.count(Booking.id)).where(
        Booking.run_id == second.id, Booking.state == BookingState.CONFIRMED
    )
    assert db.session.scalar(confirmed) == 5
    assert desk.get(f"/runs/{run.id}/too-few").path == f"/runs/{run.id}/places"


def test_am18_a_merge_says_first_who_has_a_place_who_waits_and_who_is_not_moved(desk: Pages) -> None:
    run, _ = two_runs(minimum=6)
    second = factories.run(run.version.course, days=[APRIL_26], code="SOS2-09", capacity=3)
    both, waits = (factories.staff(first_name=name, last_name="Other") for name in ("Bo", "Wes"))
    leaves = factories.staff(first_name="Lou", last_name="Other", last_day=APRIL_26 - timedelta(days=1))
    booked(second, both), booked(second)
    for person in (leaves, both, factories.staff(first_name="Pat", last_name="Other"), waits):
        booked(run, person)
    db.session.commit()
    written = count_messages()
    typed = {"choice": "merge", "run": str(second.id), "reason": "Too few came"}
    page = desk.submit(desk.get(f"/runs/{run.id}/too-few"), typed)
    assert page.h1 == "Merge SOS2-07 into SOS2-09"
    for told in (
        "Bo Other Keeps the booking on SOS2-09",
        "Pat Other Has a place on SOS2-09",
        "Wes Other Waits for a place on SOS2-09",
        "Lou Other Is not moved, as they will have left or need none of its days.",
    ):
        assert told in page.text
    assert not run.is_cancelled
    assert count_messages() == written
    booked(second)
    again = desk.submit(page, button="Merge these runs")
    assert again.errors == ["Somebody was booked or left in the meantime, so nothing was merged: look again"]
    assert "Pat Other Waits for a place on SOS2-09" in again.text
    assert not run.is_cancelled
    page = desk.submit(again, button="Merge these runs")
    assert "SOS2-07 is merged into SOS2-09. 1 person has a place on SOS2-09, 2 people wait" in page.text
    assert "Too few came" in desk.get(f"/runs/{run.id}/history").text


def test_am18_a_merge_that_nobody_looked_at_is_shown_first(desk: Pages) -> None:
    run, second = two_runs(minimum=6)
    booking = booked(run)
    page = desk.post(f"/runs/{run.id}/merge/{second.id}", {"reason": "Too few came"})
    assert page.errors == ["Somebody was booked or left in the meantime, so nothing was merged: look again"]
    assert page.value("reason") == "Too few came"
    assert booking.state is BookingState.CONFIRMED


@pytest.mark.parametrize("meanwhile", ["enough", "cancelled", "joined run cancelled"])
def test_am18_what_happened_since_a_merge_was_looked_at_is_said(desk: Pages, meanwhile: str) -> None:
    run, second = two_runs(minimum=2)
    booking = booked(run)
    typed = {"choice": "merge", "run": str(second.id)}
    page = desk.submit(desk.get(f"/runs/{run.id}/too-few"), typed)
    if meanwhile == "enough":
        booked(run)
    else:
        ended = run if meanwhile == "cancelled" else second
        rules.cancel_run(run=ended, by=academy(), now=clock.now(), reason="Snow")
    db.session.commit()
    page = desk.submit(page, button="Merge these runs")
    if meanwhile == "enough":
        assert "Enough people have booked. There is nothing to decide." in page.text
    else:
        assert page.path == f"/runs/{run.id}/places"
        assert ("SOS2-08 was cancelled" in page.text) is (meanwhile == "joined run cancelled")
    assert booking.state.is_open is (meanwhile != "cancelled")


def test_u05_a_run_entered_for_a_day_long_over_by_mistake_is_cancelled(desk: Pages) -> None:
    course = factories.course(components=2)
    run = factories.run(course, days=[date(2021, 3, 15), date(2021, 3, 16)], code="SLIP-1")
    assert desk.get(f"/runs/{run.id}").links()["Entered by mistake"] == f"/runs/{run.id}/cancel"
    page = desk.get(f"/runs/{run.id}/places")
    assert "Nobody had a place. Whoever came is added in the register." in page.text
    assert page.links()["Open the register"] == f"/runs/{run.id}/register"
    page = desk.get(page.links()["It was entered by mistake"])
    assert "This run is over, and nobody ever had a place or a mark on it." in page.text
    assert page.h1 == "Was SLIP-1 entered by mistake?"
    assert "Day 1 Monday 15 March 2021, 09:30 to 16:30" in page.text
    assert "joining link" not in page.text
    assert not page.soup.select("[name=who]")
    assert "cancel" not in page.soup.select_one("main").get_text().lower()
    page = desk.submit(page)
    assert page.errors == ["Enter what the mistake is"]
    page = desk.submit(page, {"reason": "Entered with last year’s date"})
    assert "SLIP-1 was entered by mistake: none of it counts as held." in page.text
    assert "Nobody ever had a place on it, so nobody is told." in page.text
    assert "Whoever had a place" not in page.text
    assert db.session.get_one(Run, run.id).is_cancelled
    page = desk.get(f"/runs/{run.id}")
    assert "Entered by mistake" not in page.links()
    assert "State Entered by mistake" in page.text
    for session in db.session.get_one(Run, run.id).sessions:
        assert session.is_cancelled
        assert "so it has no register" in desk.get(f"/sessions/{session.id}/register").text


@pytest.mark.parametrize("what", ["a place", "a place given up", "a mark"])
def test_u05_a_run_that_was_held_is_not_cancelled_afterwards(desk: Pages, what: str) -> None:
    run = factories.run(factories.course(components=1), days=[date(2022, 2, 15)])
    person = factories.staff()
    if what == "a mark":
        mark(run, 1, person)
    else:
        booking = factories.booking(run, person)
        if what == "a place given up":
            booking.state = BookingState.CANCELLED_LATE
        db.session.commit()
    for address in (f"/runs/{run.id}", f"/runs/{run.id}/places"):
        assert f"/runs/{run.id}/cancel" not in desk.get(address).links().values()
    sentence = f"{run.code} is over, and people had places or marks on it, so it can’t be cancelled."
    page = desk.get(f"/runs/{run.id}/cancel")
    assert (page.path, sentence in page.text) == (f"/runs/{run.id}/places", True)
    page = desk.post(f"/runs/{run.id}/cancel", {"reason": "A slip", "who": "academy"})
    assert sentence in page.text


@pytest.mark.parametrize("how", ["cancel", "merge"])
@pytest.mark.parametrize("now", ["2022-03-15 08:00", "2022-03-15 11:00", "2022-03-15 16:29"])
def test_u05_a_day_that_people_are_marked_at_is_not_cancelled_before_it_is_over(
    desk: Pages, travel_to: Callable[..., None], how: str, now: str
) -> None:
    run, second = two_runs(minimum=6)
    people = [booked(run).person for _ in range(3)]
    travel_to(now)
    mark(run, 1, *people[:2], at=clock.now())
    mark(run, 1, people[2], status=MarkStatus.ABSENT_APOLOGIES, at=clock.now())

    def ends() -> None:
        if how == "cancel":
            rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Snow")
        else:
            rules.merge_runs(run=run, into=second, by=academy(), now=clock.now())

    with pytest.raises(
        RuleBroken, match=r"^2 people are marked as there on Day 1, 15 March 2022, which is not"
    ):
        ends()
    mark(run, 1, *people, status=MarkStatus.NOT_RECORDED, at=clock.now())
    ends()
    assert run.is_cancelled


def test_u05_the_page_that_cancels_says_who_is_marked_and_what_to_do(
    desk: Pages, travel_to: Callable[..., None]
) -> None:
    run, _ = two_runs()
    person = booked(run).person
    travel_to("2022-03-15 11:00")
    desk.sign_in(factories.user(Role.ACADEMY_MANAGER))
    opened = desk.get(f"/runs/{run.id}/cancel")
    mark(run, 1, person, at=clock.now())
    sentence = (
        "1 person is marked as there on Day 1, 15 March 2022, which is not over. If it is not held, take "
        "their marks back in its register first. If it was held in part, note that it was broken off once it "
        "has ended"
    )
    page = desk.submit(opened, {"reason": "The boiler broke", "who": "provider"})
    assert page.errors == [sentence]
    assert sentence in desk.get(f"/runs/{run.id}/cancel").text, "and nothing is asked that would be refused"
    assert (page.value("reason"), page.value("who")) == ("The boiler broke", "provider")
    assert not run.is_cancelled


def test_u05_a_day_that_is_over_keeps_its_register_when_the_rest_is_cancelled(
    desk: Pages, travel_to: Callable[..., None]
) -> None:
    run = factories.run(factories.course(components=2), days=[MARCH_15, MARCH_22])
    person = booked(run).person
    travel_to("2022-03-15 16:30")
    mark(run, 1, person, at=clock.now())
    desk.sign_in(factories.user(Role.ACADEMY_MANAGER))
    desk.submit(desk.get(f"/runs/{run.id}/cancel"), {"reason": "The trainer is ill"})
    assert db.session.get_one(Run, run.id).is_cancelled
    held, gone = (desk.get(f"/sessions/{one.id}/register") for one in run.sessions)
    assert held.value(f"mark-{person.id}") == "attended"
    assert "This session had begun by then, so it keeps its register." in held.text
    assert ("so it has no register" in held.text, "so it has no register" in gone.text) == (False, True)
    assert ("Save the register" in held.text, "Save the register" in gone.text) == (True, False)
    listed = desk.get(f"/runs/{run.id}/register")
    assert "This run was cancelled on 15 March 2022 at 16:30." in listed.text
    assert [one.get_text(strip=True) for one in listed.soup.select("td .govuk-tag")] == [
        "Complete",
        "Cancelled",
    ]


def test_u05_whoever_cancels_twice_is_told_that_it_was_cancelled_already(desk: Pages) -> None:
    run, _ = two_runs()
    booking = booked(run)
    page = desk.get(f"/runs/{run.id}/cancel")
    desk.submit(page, {"reason": "Snow"})
    page = desk.submit(page, {"reason": "Snow"})
    assert "SOS2-07 was cancelled already: nothing changed." in page.text
    assert "0 people" not in page.text
    assert [move.to_state for move in booking.moves].count(BookingState.CANCELLED_BY_ACADEMY) == 1


def test_u05_of_a_cancelled_run_no_page_of_changes_is_opened(desk: Pages) -> None:
    run, _ = two_runs()
    typed = desk.get(f"/runs/{run.id}/edit")
    rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Snow")
    db.session.commit()
    said = "SOS2-07 was cancelled, so it can’t be changed."
    for path in ("edit", "sessions/1/edit"):
        page = desk.get(f"/runs/{run.id}/{path}")
        assert (page.path, said in page.text) == (f"/runs/{run.id}", True)
    page = desk.get(f"/sessions/{run.sessions[0].id}/capacity")
    assert (page.path, said in page.text) == (f"/runs/{run.id}/places", True)
    assert said in desk.submit(typed, {"note": "Late"}).text
    assert run.note == ""


def test_am18_cancelling_leads_to_the_page_that_asks_why(desk: Pages) -> None:
    run, _ = two_runs(minimum=6)
    page = desk.submit(desk.get(f"/runs/{run.id}/too-few"), {"choice": "cancel"})
    assert page.path == f"/runs/{run.id}/cancel"


# --- Cutting -------------------------------------------------------------------------------------------


def test_u21_the_page_suggests_who_booked_last_and_moves_them_where_i_say(desk: Pages) -> None:
    run, second = two_runs()
    bookings = [booked(run) for _ in range(15)]
    page = desk.submit(desk.get(f"/sessions/{run.sessions[0].id}/capacity"), {"capacity": "12"})
    assert page.errors == ["15 people have a place in Day 1. Choose 3 of them to move, or enter 15 or more"]
    ticked = [str(one["value"]) for one in page.soup.select("[name=moving][checked]")]
    assert sorted(ticked) == sorted(str(one.id) for one in bookings[12:])
    page = desk.submit(page, {"moving": ticked[:2]})
    assert page.errors == ["Choose 3 people to move: 2 are chosen"]
    assert len(page.soup.select("[name=moving][checked]")) == 2
    page = desk.submit(page, {"moving": ticked, "run": str(second.id)})
    assert page.path == f"/runs/{run.id}/places"
    assert "12 12" in re.sub(r"\s+", " ", page.text)
    where = select(Booking.run_id).where(Booking.replaces_id.in_([one.id for one in bookings[12:]]))
    assert db.session.scalars(where).all() == [second.id] * 3


# --- One person ----------------------------------------------------------------------------------------


def test_u09_moving_somebody_into_a_clash_asks_for_a_reason(desk: Pages) -> None:
    run, second = two_runs()
    booking = booked(run)
    booked(factories.run(factories.course(components=1, title="Other"), days=[APRIL_26]), booking.person)
    page = desk.submit(desk.get(f"/bookings/{booking.id}/move"), {"run": str(second.id)})
    assert "has a place on Other" in page.errors[0]
    page = desk.submit(page, {"reason": "Half a day of it"})
    assert "Moved. We have told them by e-mail." in page.text
    assert "SOS2-08" in page.text
