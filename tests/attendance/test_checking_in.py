"""Checking in by the code in the room: who, when, with which code, and what the register says then."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from app.attendance import jobs, rules
from app.attendance.rules import NewMark
from app.bookings import rules as bookings
from app.bookings.models import Booking
from app.core import clock, tokens
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.learning.models import Mark, MarkStatus, MarkWay, Submission
from app.people.models import Person
from app.sessions.models import TrainingSession
from app.sessions.rules import change_session
from app.sessions.rules.planning import planned_again
from tests import factories
from tests.attendance.rooms import Room, room_on
from tests.pages import Pages
from tests.races import at_once

ACADEMY = factories.actor(Role.ACADEMY_MANAGER)


@pytest.fixture
def room(travel_to: Callable[..., None]) -> Room:
    travel_to("2022-03-01")
    made = room_on()
    travel_to("2022-03-15 09:25")
    return made


def code(room: Room) -> str:
    return rules.code_shown(room.session, clock.now())


def marks() -> list[Mark]:
    return list(db.session.scalars(select(Mark).order_by(Mark.id)))


def check_in(room: Room, person: Person) -> Mark:
    by = Actor(name=person.name, person_id=person.id)
    return rules.check_in(session=room.session, person=person, by=by, now=clock.now())


# --- The code ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opened", "sentence"),
    [
        ("2022-03-15 09:25:59", None),
        ("2022-03-15 09:26:59", None),
        ("2022-03-15 09:27:00", "This code has run out: it changes every minute."),
        ("2022-03-15 12:00:00", "This code has run out: it changes every minute."),
        ("2022-03-15 16:30:00", "ended with the session, at 16:30 on 15 March 2022."),
        ("2022-03-16 09:25:00", "ended with the session, at 16:30 on 15 March 2022."),
        ("2022-03-15 09:24:00", "This code is not the one that is shown."),  # not shown yet
    ],
)
def test_a_code_is_good_for_its_minute_and_the_next(
    room: Room, travel_to: Callable[..., None], opened: str, sentence: str | None
) -> None:
    travel_to("2022-03-15 09:25:10")
    shown = code(room)
    travel_to(opened)
    if sentence is None:
        rules.check_code(room.session, shown, clock.now())
        assert rules.session_showing(shown.lower(), clock.now()) == room.session
    else:
        with pytest.raises(RuleBroken, match=re.escape(sentence)):
            rules.check_code(room.session, shown, clock.now())


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2022-03-15 08:59:59", False),
        ("2022-03-15 09:00:00", True),
        ("2022-03-15 16:29:59", True),
        ("2022-03-15 16:30:00", False),
    ],
)
def test_people_check_in_from_30_minutes_before_until_the_end(
    room: Room, travel_to: Callable[..., None], moment: str, is_open: bool
) -> None:
    travel_to(moment)
    if is_open:
        rules.check_code(room.session, code(room), clock.now())
        assert check_in(room, room.people[0]).counts is (moment < "2022-03-15 12")
    else:
        with pytest.raises(RuleBroken, match="Checking in to Day 1"):
            rules.check_code(room.session, code(room), clock.now())
        with pytest.raises(RuleBroken, match="Checking in to Day 1"):
            check_in(room, room.people[0])


def test_each_session_and_each_minute_has_a_code_of_its_own(room: Room) -> None:
    other = room_on(date(2022, 3, 16))
    shown = {
        rules.code_shown(one.session, clock.now() + timedelta(minutes=minute))
        for one in (room, other)
        for minute in range(300)
    }
    assert len(shown) == 600
    assert all(re.fullmatch(r"[A-HJ-NP-Z2-9]{6}", one) for one in shown)


# --- What the register says then ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "status", "minutes", "counts"),
    [
        ("2022-03-15 09:00", MarkStatus.ATTENDED, None, True),
        ("2022-03-15 09:45", MarkStatus.ATTENDED, None, True),  # within the grace of 15 minutes
        ("2022-03-15 09:46", MarkStatus.ATTENDED_LATE, 404, True),
        ("2022-03-15 10:54", MarkStatus.ATTENDED_LATE, 336, True),  # 80% of 420
        ("2022-03-15 10:55", MarkStatus.PARTIAL, 335, False),
    ],
)
def test_tr03_who_checks_in_late_is_late_or_there_in_part(
    room: Room,
    travel_to: Callable[..., None],
    moment: str,
    status: MarkStatus,
    minutes: int | None,
    counts: bool,
) -> None:
    travel_to(moment)
    mark = check_in(room, room.people[0])
    assert (mark.status, mark.minutes, mark.counts) == (status, minutes, counts)
    submission = db.session.scalars(select(Submission)).one()
    assert (submission.way, submission.by_name) == (MarkWay.CHECK_IN, room.people[0].name)


def begins(room: Room, at: time) -> None:
    """The start of the session is corrected the next morning, and the service has had its turn."""
    planned = replace(planned_again(room.session), starts=at)
    change_session(session=room.session, planned=planned, by=ACADEMY, now=clock.now())
    db.session.commit()
    jobs.marks(clock.now())
    db.session.expire_all()


def test_tr03_who_checked_in_is_measured_anew_when_the_start_is_corrected(
    room: Room, travel_to: Callable[..., None]
) -> None:
    """Ann checked in at 09:50, and the trainer put Ben, late without a code, 20 minutes late."""
    ann, ben = room.people
    travel_to("2022-03-15 09:50")
    check_in(room, ann)
    late = NewMark(MarkStatus.ATTENDED_LATE, 400)
    rules.record_marks(session=room.session, marks={ben.id: late}, by=ACADEMY, now=clock.now())
    said = []
    for morning, at in ((16, time(10)), (17, time(9, 30)), (18, time(9, 15))):
        travel_to(f"2022-03-{morning} 09:00")
        begins(room, at)
        said.append({one.person_id: (one.status, one.minutes) for one in marks() if not one.superseded_at})
    attended, came_late = MarkStatus.ATTENDED, MarkStatus.ATTENDED_LATE
    assert said == [
        {ann.id: (attended, None), ben.id: (came_late, 370)},
        {ann.id: (came_late, 400), ben.id: (came_late, 400)},
        {ann.id: (came_late, 400), ben.id: (came_late, 415)},
    ]
    assert marks()[-1].reason == "Date, times or window changed"
    count = len(marks())
    jobs.marks(clock.now())
    assert len(marks()) == count, "what is up to date stays"


def test_tr03_who_checked_in_and_was_marked_otherwise_since_stays_as_marked(
    room: Room, travel_to: Callable[..., None]
) -> None:
    person = room.people[0]
    travel_to("2022-03-15 09:50")
    check_in(room, person)
    attended = NewMark(MarkStatus.ATTENDED)
    rules.record_marks(session=room.session, marks={person.id: attended}, by=ACADEMY, now=clock.now())
    travel_to("2022-03-16 09:00")
    begins(room, time(8, 30))
    assert [one.status for one in marks()] == [MarkStatus.ATTENDED_LATE, MarkStatus.ATTENDED]


def test_tr03_a_check_in_says_nothing_of_when_somebody_came_on_another_day(
    room: Room, travel_to: Callable[..., None]
) -> None:
    """It was held the day before, by what was put right: nobody was a day late."""
    travel_to("2022-03-15 09:50")
    check_in(room, room.people[0])
    travel_to("2022-03-16 09:00")
    planned = replace(planned_again(room.session), held_on=date(2022, 3, 14), starts=time(9))
    change_session(session=room.session, planned=planned, by=ACADEMY, now=clock.now(), reason="A slip")
    db.session.commit()
    jobs.marks(clock.now())
    kept = marks()[-1]
    assert (kept.status, kept.minutes, kept.held_on) == (MarkStatus.ATTENDED_LATE, 430, date(2022, 3, 14))


def test_what_stands_in_the_register_stays(room: Room) -> None:
    absent, here = room.people
    rules.record_marks(
        session=room.session,
        marks={absent.id: NewMark(MarkStatus.ABSENT_APOLOGIES)},
        by=ACADEMY,
        now=clock.now(),
    )
    assert check_in(room, absent).status is MarkStatus.ABSENT_APOLOGIES
    first = check_in(room, here)
    assert check_in(room, here).id == first.id
    assert len(marks()) == 2


def test_only_somebody_with_a_place_and_each_for_themselves(room: Room) -> None:
    other = factories.staff()
    with pytest.raises(RuleBroken, match="has no place in Day 1"):
        check_in(room, other)
    cancelled = room.people[1]
    booking = next(one for one in db.session.scalars(select(Booking)) if one.person_id == cancelled.id)
    bookings.cancel(booking=booking, by=ACADEMY, now=clock.now(), reason="Ill")
    with pytest.raises(RuleBroken, match="has no place in Day 1"):
        check_in(room, cancelled)
    with pytest.raises(NotAllowed):
        rules.check_in(
            session=room.session,
            person=room.people[0],
            by=Actor(name=other.name, person_id=other.id),
            now=clock.now(),
        )
    assert marks() == []


# --- The pages ----------------------------------------------------------------------------------------------


def test_the_room_sees_the_code_of_the_minute_and_how_many_came(
    pages: Pages, room: Room, travel_to: Callable[..., None]
) -> None:
    check_in(room, room.people[0])
    travel_to("2022-03-15 09:25:20")
    page = pages.sign_in(room.trainer).get(f"/sessions/{room.session.id}/check-in")
    assert code(room) in page.text
    assert "1 of 2 has checked in." in page.text
    assert page.soup.select_one("[role=img] svg") is not None
    assert page.response.headers["Refresh"] == "41"
    assert all(person.name not in page.html for person in (*room.people, room.trainer))
    travel_to("2022-03-15 08:00")
    page = pages.sign_in(room.trainer).get(f"/sessions/{room.session.id}/check-in")
    assert "Checking in to Day 1 opens on 15 March 2022 at 09:00." in page.text
    assert page.soup.select_one("[role=img]") is None


def test_the_screen_goes_on_when_whoever_put_it_up_is_signed_out_for_being_idle(
    pages: Pages, room: Room, travel_to: Callable[..., None]
) -> None:
    wall = pages.sign_in(room.trainer).get(f"/sessions/{room.session.id}/check-in").path
    for minutes in range(26, 58):  # 31 minutes, in each of which it fetches itself anew
        travel_to(f"2022-03-15 09:{minutes}:01")
        assert code(room) in pages.get(wall).text
    assert pages.get(f"/sessions/{room.session.id}/register").path == "/sign-in"
    assert code(room) in pages.get(wall).text
    travel_to("2022-03-15 16:30")
    assert "Refresh" not in pages.get(wall).response.headers


def test_the_address_of_the_screen_opens_it_in_no_other_browser(app: Flask, pages: Pages, room: Room) -> None:
    """Everybody in the room reads the address: it holds neither the code nor the secret of a link."""
    _, secret = rules.make_link(session=room.session, to_name="Pat Lowe", by=ACADEMY, now=clock.now())
    wall = pages.get(f"/register-links/{secret}/check-in").path
    assert wall == f"/check-in-screen/{room.session.id}"
    assert Pages(app).get(wall).path == "/sign-in"
    other = room_on(date(2022, 3, 16))
    pages.browser.set_cookie(
        "takeup-screen", rules.ticket_for_screen(room.session), path=f"/check-in-screen/{other.session.id}"
    )
    assert pages.get(f"/check-in-screen/{other.session.id}").path == "/sign-in"


def test_the_screen_is_for_the_academy_and_the_runs_own_trainer(pages: Pages, room: Room) -> None:
    path = f"/sessions/{room.session.id}/check-in"
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get(path)
    pages.sign_in(factories.user(Role.TRAINER)).get(path, status=403)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=room.people[0])).get(path, status=403)


def test_a_trainer_with_a_link_shows_it_too(app: Flask, pages: Pages, room: Room) -> None:
    _, secret = rules.make_link(session=room.session, to_name="Pat Lowe", by=ACADEMY, now=clock.now())
    page = pages.get(f"/register-links/{secret}")
    assert code(room) in pages.get(page.links()["Check-in code (new tab)"]).text


def test_signed_in_one_press_marks(pages: Pages, room: Room) -> None:
    pages.sign_in(factories.user(Role.PRACTITIONER, of=room.people[0]))
    page = pages.get(f"/check-in/{room.session.id}/{code(room)}")
    assert marks() == []
    page = pages.submit(page, button=f"I am here: {room.people[0].name}")
    assert page.h1 == "You are checked in"
    assert "Attended" in page.text
    page = pages.get(f"/check-in/{room.session.id}/{code(room)}")
    assert page.h1 == "You are checked in"
    assert [mark.person_id for mark in marks()] == [room.people[0].id]


def test_signing_in_does_not_lose_the_code_that_was_scanned(
    app: Flask, pages: Pages, room: Room, travel_to: Callable[..., None]
) -> None:
    page = pages.get(f"/check-in/{room.session.id}/{code(room)}")
    sign_in = page.links()["Sign in"]
    assert page.path in sign_in.replace("%2F", "/")
    travel_to("2022-03-15 09:39")
    again = pages.sign_in(factories.user(Role.PRACTITIONER, of=room.people[0])).get(page.path)
    pages.submit(again, button=f"I am here: {room.people[0].name}")
    assert len(marks()) == 1
    travel_to("2022-03-15 09:41")
    late = Pages(app).get(page.path, status=404)
    assert "open for more than 15 minutes" in late.text


def test_without_an_account_the_reference_and_the_address_check_in(pages: Pages, room: Room) -> None:
    partner = room.people[1]
    reference = db.session.scalars(select(Booking.reference).where(Booking.person_id == partner.id)).one()
    page = pages.get(f"/check-in/{room.session.id}/{code(room)}")
    for typed in (
        {"reference": reference, "email": "somebody@else.example"},
        {"reference": "AAAA-AAAA", "email": partner.email},
    ):
        wrong = pages.submit(page, typed, button="I am here")
        assert wrong.errors[0].startswith("No place in this session has this reference")
    typed = {"reference": f" {reference.lower()} ", "email": str(partner.email).upper()}
    page = pages.submit(page, typed, button="I am here")
    assert (page.h1, marks()[0].recorded_by) == ("You are checked in", partner.name)
    assert str(partner.email) not in page.html


def test_a_code_is_typed_where_there_is_no_camera(pages: Pages, room: Room) -> None:
    shown = code(room)
    page = pages.submit(
        pages.get("/check-in"), {"code": f"{shown[:3]} {shown[3:].lower()}"}, button="Continue"
    )
    assert page.h1 == "Check in to Day 1"
    page = pages.submit(pages.get("/check-in"), {"code": "AAAAAA"}, button="Continue")
    assert page.errors == ["This code is not the one that is shown. Scan or type the one that is shown now."]


def test_forged_and_foreign_codes_write_nothing(pages: Pages, room: Room) -> None:
    other = room_on(date(2022, 3, 16))
    person = room.people[0]
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    forged = [
        (f"/check-in/{room.session.id}/AAAAAA", "This code is not the one that is shown."),
        (f"/check-in/{other.session.id}/{code(room)}", "Checking in to Day 1 opens on 16 March 2022"),
        (f"/check-in/{tokens.make('register', room.session.id)}", "its address is not complete"),
        ("/check-in/forged", "its address is not complete"),
    ]
    for path, sentence in forged:
        assert sentence in pages.get(path, status=404).text
        if path.count("/") == 2:
            pages.post(path, status=404)
    assert marks() == []


def test_the_code_of_a_session_at_the_same_time_lets_nobody_else_in(pages: Pages, room: Room) -> None:
    person = factories.staff()
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get(f"/check-in/{room.session.id}/{code(room)}", status=404)
    assert f"{person.name} has no place in Day 1 of {room.run.code}." in page.text
    path = urlsplit(f"/check-in/{rules.ticket_for(room.session)}").path
    pages.post(path, status=404)
    assert marks() == []


def test_a_cancelled_run_lets_nobody_check_in(
    pages: Pages, room: Room, travel_to: Callable[..., None]
) -> None:
    travel_to("2022-03-10")
    bookings.cancel_run(run=room.run, by=ACADEMY, now=clock.now(), reason="Too few")
    travel_to("2022-03-15 09:25")
    page = pages.get(f"/check-in/{room.session.id}/{code(room)}", status=404)
    assert f"{room.run.code} was cancelled, so nobody can check in." in page.text


def test_pressing_six_times_at_one_moment_is_one_mark(app: Flask, room: Room) -> None:
    session_id, person_id = room.session.id, room.people[0].id

    def press(_number: int) -> None:
        rules.check_in(
            session=db.session.get_one(TrainingSession, session_id),
            person=db.session.get_one(Person, person_id),
            by=Actor(name="Themselves", person_id=person_id),
            now=clock.now(),
        )

    assert at_once(app, press) == ["done"] * 6
    assert len(marks()) == 1
