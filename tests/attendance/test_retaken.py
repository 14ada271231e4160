"""Certificates of courses that are taken again, of people who came late, and after corrections. (ST-10)"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, time

import pytest
from flask import Flask
from sqlalchemy import select

from app.attendance import jobs, queries, rules
from app.attendance.models import Certificate
from app.attendance.rules import NewMark
from app.core import clock
from app.core.actors import COMMAND_LINE
from app.core.db import db
from app.core.permissions import Role
from app.learning.models import MarkStatus, MarkWay
from app.merging import rules as merging
from app.outbox.models import Message
from app.people.models import Person
from app.programmes import rules as programmes
from app.programmes.models import Course
from app.sessions.models import Run
from tests import factories
from tests.attendance.marking import mark, past
from tests.pages import Page, Pages

ACADEMY = factories.actor(Role.ACADEMY_MANAGER)
FIRST = (date(2022, 3, 28), date(2022, 3, 29))
AGAIN = (date(2026, 11, 2), date(2026, 11, 3))
LATE = MarkStatus.ATTENDED_LATE


@pytest.fixture(autouse=True)
def _no_checks_before(app: Flask) -> None:
    """The limit on checks counts what other tests did."""
    for limiter in app.extensions["limiter"]:
        limiter.reset()


def at(day: date, hour: int = 12) -> datetime:
    return clock.london_time(day, time(hour))


def valid_for(months: int | None, course: Course, now: datetime = factories.LONG_AGO) -> None:
    programmes.change_settings(course=course, validity_months=months, by=ACADEMY, now=now)


def a_course(months: int | None = 24) -> Course:
    course = factories.course(components=2, title="Signs of Safety 2-day")
    valid_for(months, course)
    return course


def takes(course: Course, person: Person, days: tuple[date, date]) -> Run:
    """Both days of a run, marked on their evenings."""
    run = factories.run(course, days=list(days))
    for component in (1, 2):
        mark(run, component, person)
    return run


def run_job(now: datetime) -> int:
    db.session.commit()
    tally = jobs.certificates(now)
    assert tally.failed == 0
    return tally.done


def standing(person: Person) -> list[Certificate]:
    rows = queries.standing_certificates_of(person.id).order_by(None).order_by(Certificate.completed_on)
    return list(db.session.scalars(rows))


def days_of(person: Person) -> list[date]:
    return [certificate.completed_on for certificate in standing(person)]


def mails() -> list[str]:
    return list(db.session.scalars(select(Message.kind).order_by(Message.id)))


# --- Taken again -----------------------------------------------------------------------------------------


def test_4_3_who_takes_a_course_again_has_a_certificate_of_that_completion_too() -> None:
    person, course = factories.staff(), a_course()
    takes(course, person, FIRST)
    assert run_job(at(date(2022, 4, 1))) == 1
    takes(course, person, AGAIN)
    assert run_job(at(date(2026, 12, 9))) == 1
    assert days_of(person) == [FIRST[1], AGAIN[1]]
    assert [day["date"] for day in standing(person)[1].days] == ["2026-11-02", "2026-11-03"]
    assert mails() == ["certificate_issued", "certificate_issued"]
    assert run_job(at(date(2026, 12, 10))) == 0
    assert queries.unsettled(as_at=date(2026, 12, 10), marked_before=at(date(2026, 12, 10))) == {}


def test_4_3_a_completion_that_is_valid_for_ever_is_certified_once() -> None:
    person, course = factories.staff(), a_course(None)
    takes(course, person, FIRST)
    run_job(at(date(2022, 4, 1)))
    takes(course, person, AGAIN)
    assert run_job(at(date(2026, 12, 9))) == 0
    assert days_of(person) == [FIRST[1]]


def test_4_3_each_certificate_is_withdrawn_for_its_own_days_alone() -> None:
    person, course = factories.staff(), a_course()
    first, again = takes(course, person, FIRST), takes(course, person, AGAIN)
    run_job(at(date(2022, 4, 1)))
    run_job(at(date(2026, 12, 9)))
    assert days_of(person) == [FIRST[1], AGAIN[1]]
    mark(again, 2, person, status=MarkStatus.ABSENT_NO_NOTICE, at=at(date(2026, 12, 10)))
    assert run_job(at(date(2026, 12, 10), 13)) == 1
    assert days_of(person) == [FIRST[1]]
    mark(again, 2, person, at=at(date(2026, 12, 10), 14))
    run_job(at(date(2026, 12, 14)))
    mark(first, 2, person, status=MarkStatus.ABSENT_NO_NOTICE, at=at(date(2026, 12, 15)))
    assert run_job(at(date(2026, 12, 16))) == 1
    assert days_of(person) == [AGAIN[1]]


def test_4_3_prior_learning_renews_a_completion_without_a_certificate() -> None:
    person, course = factories.staff(), a_course()
    takes(course, person, FIRST)
    run_job(at(date(2022, 4, 1)))
    past(person, course.latest_version, date(2024, 1, 10))
    assert run_job(at(date(2024, 2, 1))) == 0
    assert days_of(person) == [FIRST[1]]


def test_no_certificate_is_withdrawn_because_a_course_is_valid_for_ever_from_now_on() -> None:
    person, course = factories.staff(), a_course()
    takes(course, person, FIRST)
    run_job(at(date(2022, 4, 1)))
    takes(course, person, AGAIN)
    run_job(at(date(2026, 12, 9)))
    valid_for(None, course, now=at(date(2026, 12, 10)))
    assert run_job(at(date(2026, 12, 10), 13)) == 0
    assert days_of(person) == [FIRST[1], AGAIN[1]]


@pytest.mark.parametrize(("months", "left"), [(24, [FIRST[1], AGAIN[1]]), (None, [FIRST[1]])])
def test_u07_two_records_of_one_person_keep_a_certificate_for_each_completion_that_is_renewed(
    months: int | None, left: list[date]
) -> None:
    joy, other, course = factories.staff(), factories.staff(), a_course(months)
    takes(course, joy, FIRST)
    takes(course, other, AGAIN)
    run_job(at(date(2026, 12, 9)))
    merging.merge(survivor=joy, merged=other, by=ACADEMY, now=at(date(2026, 12, 9)))
    assert run_job(at(date(2026, 12, 14))) == 0
    assert days_of(joy) == left
    assert "certificate_withdrawn" not in mails()


def test_st10_the_latest_certificate_is_led_to_and_each_completion_is_one_row_of_the_file(
    pages: Pages, travel_to: Callable[..., None]
) -> None:
    travel_to("2026-12-09 12:00")
    person, course = factories.staff(), a_course()
    takes(course, person, FIRST)
    run_job(at(date(2022, 4, 1)))
    takes(course, person, AGAIN)
    run_job(clock.now())
    first, latest = standing(person)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    links = pages.get("/my-learning").links().values()
    assert f"/certificate/{latest.id}" in links
    assert f"/certificate/{first.id}" not in links
    assert f"/certificate/{first.id}" in pages.get("/my-learning/record").links().values()
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    text = pages.get("/people/completions.csv").response.data.decode("utf-8-sig")
    assert [row["certificate"] for row in csv.DictReader(io.StringIO(text))] == [latest.code]


# --- How long it is valid --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "words"),
    [
        ("2024-03-29", "A certificate with this code stands."),
        ("2024-03-30", "A certificate with this code was issued, and is not valid any more."),
    ],
)
def test_st10_whoever_checks_a_code_learns_that_its_validity_is_over_and_not_when(
    pages: Pages, travel_to: Callable[..., None], today: str, words: str
) -> None:
    person, course = factories.staff(), a_course()
    takes(course, person, FIRST)
    run_job(at(date(2022, 4, 1)))
    (certificate,) = standing(person)
    travel_to(f"{today} 12:00")
    page = pages.submit(pages.get("/certificates"), {"code": certificate.code})
    assert words in page.text
    assert "2022" not in page.text
    assert "2024" not in page.text


@pytest.mark.parametrize(
    ("months", "words"), [(24, ", valid until 29 March 2024. Code"), (None, "12:00. Code")]
)
def test_st10_a_certificate_says_until_when_it_is_valid(pages: Pages, months: int | None, words: str) -> None:
    person, course = factories.staff(), a_course(months)
    takes(course, person, FIRST)
    run_job(at(date(2022, 4, 1)))
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/certificate/{standing(person)[0].id}")
    assert words in page.text
    assert "valid until 29 March 2024" in page.text or months is None


# --- Hours -----------------------------------------------------------------------------------------------


def comes_late(person: Person) -> Run:
    """80 minutes late on both days: there for 340 of 420 minutes, twice."""
    run = factories.run(a_course(None), days=list(FIRST), code="SOS2-08")
    for component in (1, 2):
        mark(run, component, person, status=LATE, minutes=340)
    return run


def test_st11_who_came_late_has_the_hours_that_they_were_there(pages: Pages) -> None:
    person = factories.staff()
    comes_late(person)
    run_job(at(date(2022, 4, 1)))
    (certificate,) = standing(person)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get(f"/certificate/{certificate.id}")
    assert "11 hours 20 minutes of training, on 2 days" in page.text
    assert "Day 1 28 March 2022 5 hours 40 minutes SOS2-08" in page.text
    assert "11 hours 20 minutes of training here" in pages.get("/my-learning/record").text
    assert _hours(pages.get("/my-learning/record.csv")) == ["5.67", "5.67"]


def test_st11_who_came_late_nobody_knows_how_much_has_the_whole_session(pages: Pages) -> None:
    person = factories.staff()
    run = factories.run(a_course(None), days=list(FIRST))
    mark(run, 1, person, status=LATE)
    db.session.commit()
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    assert _hours(pages.get("/my-learning/record.csv")) == ["7.00"]


def _hours(answer: Page) -> list[str]:
    text = answer.response.data.decode("utf-8-sig")
    return [row["hours"] for row in csv.DictReader(io.StringIO(text))]


def test_nobody_is_sent_another_certificate_because_lateness_is_taken_off_now() -> None:
    """A certificate of before says 7 hours of both days. A mark that is corrected afterwards is followed."""
    person = factories.staff()
    run = comes_late(person)
    run_job(at(date(2022, 4, 1)))
    (certificate,) = standing(person)
    certificate.days = [day | {"minutes": 420} for day in certificate.days]
    db.session.commit()
    course_ids = {run.version.course_id}
    now = at(date(2022, 4, 4))
    assert rules.settle_certificates(person=person, course_ids=course_ids, now=now) == 0
    mark(run, 2, person, status=LATE, minutes=360, at=at(date(2022, 4, 5)))
    assert run_job(at(date(2022, 4, 8))) == 2
    assert [day["minutes"] for day in standing(person)[0].days] == [340, 360]


# --- Corrections -----------------------------------------------------------------------------------------


def test_am12_minutes_that_are_brought_in_as_known_long_ago_are_followed() -> None:
    """What was superseded in April 2022 was superseded before the certificate; it was entered after it."""
    person = factories.staff()
    run = takes(a_course(None), person, FIRST)
    run_job(at(date(2022, 12, 5)))
    now = at(date(2022, 12, 6))
    rules.record_marks(
        session=run.sessions[1],
        marks={person.id: NewMark(MarkStatus.PARTIAL, 345)},
        by=COMMAND_LINE,
        now=now,
        way=MarkWay.IMPORT,
        recorded_at=at(date(2022, 4, 20)),
        reason="From the paper register",
    )
    assert run_job(at(date(2022, 12, 9))) == 2
    (certificate,) = standing(person)
    assert [day["minutes"] for day in certificate.days] == [420, 345]
