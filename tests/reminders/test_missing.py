"""Once a week, who is in the middle of a course is told which day they still need. (U-03)"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.attendance.models import RegisterLink
from app.attendance.queries import outstanding
from app.core import clock
from app.core.db import db
from app.learning.models import MarkStatus
from app.outbox.models import Message
from app.people.models import Person
from app.programmes.models import Course
from app.reminders import jobs, rules
from app.sessions.models import Run
from tests import factories
from tests.attendance.marking import mark, past

MONDAY = date(2022, 3, 21)
DAY_1, DAY_2 = date(2022, 3, 8), date(2022, 3, 15)
NEXT_1, NEXT_2 = date(2022, 4, 5), date(2022, 4, 12)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return clock.london_time(day, time(hour, minute))


@pytest.fixture
def course(database: None) -> Course:
    """A course of two days with a run that is over and one to come."""
    made = factories.course(components=2, title="Signs of Safety", terms={})
    factories.run(made, days=[DAY_1, DAY_2], code="SOS2-07")
    factories.run(made, days=[NEXT_1, NEXT_2], code="SOS2-08")
    return made


def run_of(course: Course, code: str) -> Any:
    return next(run for run in _runs(course) if run.code == code)


def _runs(course: Course) -> list[Run]:
    return list(db.session.scalars(select(Run).where(Run.version_id == course.latest_version.id)))


def half_way(course: Course, **values: Any) -> Person:
    """Somebody who came to day 1 and not to day 2."""
    person = factories.staff(**values)
    run = run_of(course, "SOS2-07")
    factories.booking(run, person)
    mark(run, 1, person)
    mark(run, 2, person, status=MarkStatus.ABSENT_APOLOGIES)
    db.session.commit()
    return person


def needed(person: Person, now: datetime) -> list[int]:
    return [one.number for found in outstanding(now, person_id=person.id) for one in found.components]


def letters() -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.kind == "missing_component")))


def test_u03_a_missed_day_is_written_about_once_a_week_from_monday_at_nine(course: Course) -> None:
    person = half_way(course)
    assert jobs.missing(at(MONDAY, 8, 59)).done == 0
    assert [jobs.missing(at(MONDAY, hour)).done for hour in (9, 10)] == [1, 0]
    assert jobs.missing(at(MONDAY + timedelta(days=4), 12)).done == 0
    assert jobs.missing(at(MONDAY + timedelta(weeks=1), 9)).done == 1
    letter = letters()[0]
    assert (letter.to_address, letter.subject) == (person.email, "Signs of Safety: you still need Day 2")
    assert "Tuesday 12 April 2022, 09:30 to 16:30 (SOS2-08)" in letter.text
    assert "5 April" not in letter.text


def test_u03_a_register_can_be_put_right_until_monday_before_anybody_is_written_to(course: Course) -> None:
    tuesday, person = MONDAY + timedelta(days=1), factories.staff()
    mark(run_of(course, "SOS2-07"), 1, person)
    mark(run_of(course, "SOS2-07"), 2, person, status=MarkStatus.ABSENT_APOLOGIES, at=at(MONDAY, 9, 30))
    db.session.commit()
    assert needed(person, at(MONDAY, 10)) == [2]
    assert [jobs.missing(now).done for now in (at(MONDAY, 10), at(tuesday, 18))] == [0, 0]
    assert jobs.missing(at(MONDAY + timedelta(weeks=1), 9)).done == 1


def test_u03_it_stops_once_the_day_is_booked(course: Course) -> None:
    person = half_way(course)
    now = at(MONDAY, 9)
    jobs.missing(now)
    run = run_of(course, "SOS2-08")
    factories.booking(run, person, session_id=run.sessions[1].id)
    db.session.commit()
    assert jobs.deliver(now).done == 0
    assert needed(person, now) == []


def test_u03_it_stops_once_the_course_is_complete(course: Course) -> None:
    person = half_way(course)
    past(person, course.latest_version, date(2020, 1, 1))
    assert needed(person, at(MONDAY, 9)) == []


def test_u03_who_left_or_has_no_address_is_not_written_to(course: Course) -> None:
    half_way(course, last_day=DAY_2)
    half_way(course, email=None)
    assert outstanding(at(MONDAY, 9)) == []


def test_u03_who_waits_for_the_day_is_not_written_to(course: Course) -> None:
    person = half_way(course)
    factories.booking(run_of(course, "SOS2-08"), person, confirmed_at=None)
    assert needed(person, at(MONDAY, 9)) == []


def test_u03_who_was_left_waiting_for_a_run_that_is_over_is_written_to(course: Course) -> None:
    person = half_way(course)
    factories.booking(
        factories.run(course, days=[date(2022, 3, 16), date(2022, 3, 17)]), person, confirmed_at=None
    )
    assert needed(person, at(MONDAY, 9)) == [2]


def test_u10_u03_a_day_whose_register_is_not_marked_is_not_missing(course: Course) -> None:
    person = factories.staff()
    run = run_of(course, "SOS2-07")
    factories.booking(run, person)
    mark(run, 1, person)
    assert needed(person, at(MONDAY, 9)) == []


def test_u03_who_did_nothing_yet_is_not_written_to(course: Course) -> None:
    person = factories.staff()
    run = run_of(course, "SOS2-07")
    mark(run, 1, person, status=MarkStatus.ABSENT_NO_NOTICE)
    assert needed(person, at(MONDAY, 9)) == []


def test_u03_a_day_before_the_catch_up_window_is_needed_again(database: None) -> None:
    short = factories.course(components=3, catch_up_months=3)
    days = [date(2021, 9, 7), date(2022, 3, 1), date(2022, 3, 8)]
    run = factories.run(short, days=days)
    factories.run(short, days=[NEXT_1, NEXT_2, date(2022, 4, 19)])
    person = factories.staff()
    mark(run, 1, person)
    mark(run, 2, person)
    assert needed(person, at(MONDAY, 9)) == [1, 3]


def test_u03_without_a_session_to_come_nothing_is_written(course: Course) -> None:
    half_way(course)
    assert jobs.missing(at(date(2022, 4, 18), 9)).done == 0


def test_u03_what_can_not_be_booked_any_more_is_not_offered(course: Course) -> None:
    """With the council's terms booking closes one working day before: on Monday, that day’s is closed."""
    person = half_way(course)
    for first, last in ((5, 21), (6, 25), (7, 28), (8, 29)):
        factories.run(course, days=[date(2022, 4, first), date(2022, 3, last)], code=f"SOS2-{last}")
    full = run_of(course, "SOS2-25")
    full.sessions[1].capacity = 1
    factories.booking(full, factories.staff(), session_id=full.sessions[1].id)
    db.session.commit()
    assert jobs.missing(at(MONDAY, 9)).done == 1
    (letter,) = letters()
    assert letter.to_address == person.email
    assert [
        code for code in ("SOS2-21", "SOS2-25", "SOS2-28", "SOS2-29", "SOS2-08") if code in letter.text
    ] == [
        "SOS2-28",
        "SOS2-29",
        "SOS2-08",
    ]


def test_u03_nothing_is_sent_once_the_only_place_is_gone(course: Course) -> None:
    half_way(course)
    assert jobs.missing(at(MONDAY, 9)).done == 1
    session = run_of(course, "SOS2-08").sessions[1]
    session.capacity = 1
    factories.booking(session.run, factories.staff(), session_id=session.id)
    db.session.commit()
    assert jobs.deliver(at(MONDAY, 9)).done == 0


# --- Registers -----------------------------------------------------------------------------------------


def test_u10_whoever_has_a_link_to_the_register_is_reminded_too(course: Course) -> None:
    run = factories.run(course, days=[DAY_1, DAY_2], trainer_id=factories.trainer().id)
    factories.booking(run, factories.staff())
    session = run.sessions[0]
    for name, address, is_revoked in (
        ("Sub", "sub@provider.example", False),
        ("Off", "off@provider.example", True),
        ("Paper", None, False),
    ):
        db.session.add(
            RegisterLink(
                session_id=session.id,
                to_name=name,
                to_email=address,
                made_at=factories.LONG_AGO,
                made_by="Tests",
                revoked_at=factories.LONG_AGO if is_revoked else None,
                revoked_by="Tests" if is_revoked else None,
            )
        )
    db.session.flush()
    assert rules.remind_of_register(session=session, now=session.ends_at + timedelta(hours=1)) == 2
    texts = dict(db.session.execute(select(Message.to_address, Message.text)).tuples().all())
    assert "link that we sent you" in texts.pop("sub@provider.example")
    assert "/register" in "".join(texts.values())
