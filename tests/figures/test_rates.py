"""The four named attendance rates, why people did not come, and bookings by week (4.9)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.attendance.models import AbsenceAnswer
from app.bookings.models import LeavingCause
from app.core import clock
from app.core.db import db, supersede
from app.core.permissions import Role
from app.figures.queries import Part
from app.figures.queries.places import places_by_week
from app.figures.queries.rates import attendance_rates, in_all
from app.figures.queries.rates_told import rates_told
from app.figures.queries.reasons import absence_reasons, with_few_together
from app.learning.models import MarkStatus
from app.sessions.models import RunState
from tests import factories
from tests.factories import LONG_AGO
from tests.figures.places import (
    APOLOGIES,
    CAME,
    GIVEN_ON,
    IN_TIME,
    LATE,
    LATE_AND_CAME,
    NO_SHOW,
    NOT_HELD,
    UNMARKED,
    Case,
    a_mark_of,
    mark,
    one_day,
    places,
    strangers,
)
from tests.pages import Pages
from tests.statements import statements

DAY = date(2022, 3, 1)
BEFORE = datetime(2022, 2, 21, 17, tzinfo=clock.LONDON)


def rates(*cases: tuple[Case, int], walk_ins: int = 0, capacity: int = 500) -> list[str]:
    """The four rates of one day, each as shown and in words."""
    _, run = one_day(*cases, on=DAY, capacity=capacity)
    for who in strangers(walk_ins):
        mark(run, who, MarkStatus.ATTENDED)
    db.session.flush()
    (found,) = attendance_rates(DAY, DAY)
    attendance = found.attendance
    return [f"{one.name}: {one.shown}, {one.words}" for one in attendance.rates]


def test_4_9_the_quarter_that_was_reported_as_96_and_as_77_percent() -> None:
    found = rates((CAME, 269), (NO_SHOW, 20), (IN_TIME, 20), (LATE, 9), walk_ins=35, capacity=393)
    assert found == [
        "Places filled: 77%, 304 of 393 places",
        "Booked people who came: 93%, 269 of 289 booked places not cancelled",
        "Booked people who came, of all who booked: 85%, 269 of 318 booked places",
        "Non-attendance: 7%, 20 of 289 booked places not cancelled",
    ]


@pytest.mark.parametrize(
    ("cases", "walk_ins", "shown"),
    [
        ([(CAME, 8), (UNMARKED, 2)], 0, ["80%", "80%", "80%", "0%"]),
        ([(CAME, 8), (APOLOGIES, 2)], 0, ["80%", "80%", "80%", "0%"]),
        ([(CAME, 8), (GIVEN_ON, 2)], 0, ["80%", "100%", "100%", "0%"]),
        # Who gave the place up and came all the same is a walk-in.
        ([(CAME, 8), (LATE_AND_CAME, 2)], 0, ["100%", "100%", "80%", "0%"]),
        ([], 3, ["30%", "none yet", "none yet", "none yet"]),
        ([(CAME, 10)], 2, ["120%", "100%", "100%", "0%"]),
    ],
)
def test_4_9_what_is_neither_and_who_had_no_place(
    cases: list[tuple[Case, int]], walk_ins: int, shown: list[str]
) -> None:
    assert [
        one.split(": ")[1].split(",")[0] for one in rates(*cases, walk_ins=walk_ins, capacity=10)
    ] == shown


def test_4_9_marks_outstanding_are_said_and_are_neither() -> None:
    one_day((CAME, 8), (UNMARKED, 1), ((UNMARKED[0], MarkStatus.NOT_RECORDED), 1), (APOLOGIES, 1), on=DAY)
    attendance = in_all(attendance_rates(DAY, DAY)).attendance
    assert (attendance.outstanding_marks, attendance.no_shows, attendance.came) == (2, 0, 8)
    assert [note.words for note in attendance.notes] == [
        "2 marks not recorded yet: neither attended nor absent, so the rates may still change.",
        "1 booked place absent with apologies: neither came nor non-attendance.",
    ]


def test_4_9_counted_by_place_in_a_session_held_in_the_period() -> None:
    course = factories.course(components=3)
    run = factories.run(course, days=[DAY, DAY + timedelta(days=7), DAY + timedelta(days=14)], capacity=10)
    places(run, (CAME, 4), (NO_SHOW, 1))
    one_day((NOT_HELD, 3), on=DAY)
    _, cancelled = one_day((IN_TIME, 3), on=DAY)
    cancelled.state = RunState.CANCELLED
    db.session.flush()
    for last, sessions in ((DAY, 1), (DAY + timedelta(days=13), 2), (DAY + timedelta(days=14), 3)):
        found = in_all(attendance_rates(DAY, last)).attendance
        assert (found.sessions, found.capacity, found.bookings) == (sessions, 10 * sessions, 5 * sessions)
        assert (found.came, found.no_shows, found.walk_ins) == (4 * sessions, sessions, 0)
    assert attendance_rates(DAY - timedelta(days=9), DAY - timedelta(days=1)) == []


def test_4_4_rates_as_known_before_a_correction_and_a_cancellation() -> None:
    _, run = one_day((CAME, 4), on=DAY)
    places(run, (IN_TIME, 1), ended_at=BEFORE)
    supersede(a_mark_of(run), by="Tests", now=BEFORE)
    before, after = (
        in_all(attendance_rates(DAY, DAY, known_at=known_at)).attendance
        for known_at in (BEFORE - timedelta(minutes=1), BEFORE)
    )
    assert (before.came, before.cancellations, before.outstanding_marks) == (4, 0, 1)
    assert (after.came, after.cancellations, after.outstanding_marks) == (3, 1, 1)
    assert in_all(attendance_rates(DAY, DAY)).attendance == after
    assert attendance_rates(DAY, DAY, known_at=LONG_AGO - timedelta(days=1)) == []


def test_4_9_who_gives_a_place_up_after_day_1_was_booked_on_day_1() -> None:
    """And whoever came on day 1 is no walk-in, however their booking ended."""
    week_later = DAY + timedelta(days=7)
    run = factories.run(factories.course(components=2), days=[DAY, week_later], capacity=10)
    gone = places(run, (IN_TIME, 2), (LATE, 1), ended_at=datetime(2022, 3, 3, 12, tzinfo=clock.LONDON))
    mark(run, gone[0].person, MarkStatus.ATTENDED)

    (mistaken,) = places(run, (IN_TIME, 1), ended_at=datetime(2022, 3, 4, 12, tzinfo=clock.LONDON))
    mistaken.confirmed_at = datetime(2022, 3, 3, 12, tzinfo=clock.LONDON)
    db.session.flush()

    first, second = (in_all(attendance_rates(day, day)).attendance for day in (DAY, week_later))

    assert (first.bookings, first.cancellations, first.came, first.walk_ins) == (4, 1, 1, 0)
    assert (second.bookings, second.cancellations, second.came, second.walk_ins) == (4, 4, 0, 1)


def test_4_9_programmes_by_their_titles_in_one_statement() -> None:
    for title in ("Restorative practice", "Court skills"):
        _, run = one_day((CAME, 3), on=DAY)
        run.version.course.programme.title = title
    db.session.flush()
    with statements() as asked:
        found = attendance_rates(DAY, DAY)
    assert len(asked) == 1
    assert [one.title for one in found] == ["Court skills", "Restorative practice"]


def test_4_9_each_programme_leads_to_its_own_places(pages: Pages) -> None:
    """Their places are neither added up nor listed together: 3 of one, and 2 of the other."""
    for title, came in (("Court skills", 3), ("Court skills 2", 2)):
        _, run = one_day((CAME, came), on=DAY)
        run.version.course.programme.title = title
    db.session.flush()
    found = attendance_rates(DAY, DAY)
    assert [(one.title, one.attendance.came) for one in found] == [("Court skills", 3), ("Court skills 2", 2)]
    assert in_all(found).attendance.came == 5
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/attendance-rates?as_at={DAY}")
    for one in found:
        asked = f"as_at={DAY}&programme={one.programme_id}"
        people = pages.get(f"/attendance-rates/places/came?{asked}")
        assert f"{one.attendance.came} places" in people.text
        assert one.title in people.text
        assert "1 session" in pages.get(f"/attendance-rates/sessions?{asked}").text
        assert f"programme={one.programme_id}" in page.html
    for wrong in ("0", "none", "9" * 20, "9" * 5000):
        pages.get(f"/attendance-rates/sessions?as_at={DAY}&programme={wrong}", status=404)


def test_reasons_are_counted_by_place() -> None:
    sick, busy = (factories.named(LeavingCause, name, is_charged=False) for name in ("Unwell", "Busy"))
    _, run = one_day((NO_SHOW, 3), (APOLOGIES, 2), on=DAY)
    given_up = places(run, (LATE, 2), (IN_TIME, 1))
    db.session.flush()
    for one in given_up[:2]:
        one.moves[0].cause_id = busy.id
    first = a_mark_of(run)
    answer = AbsenceAnswer(
        person_id=first.person_id,
        session_id=first.session_id,
        cause_id=sick.id,
        answered_at=BEFORE,
        answered_by="Tests",
    )
    db.session.add(answer)
    db.session.flush()
    assert [(one.name, one.of) for one in absence_reasons(DAY, DAY)] == [
        ("Apologies, no reason given", 2),
        ("Busy", 2),
        ("Not answered yet", 2),
        ("Unwell", 1),
    ]
    before = absence_reasons(DAY, DAY, known_at=BEFORE - timedelta(minutes=1))
    assert ("Not answered yet", 3) in [(one.name, one.of) for one in before]


def test_4_9_of_a_session_that_was_not_held_no_reason_is_counted() -> None:
    busy = factories.named(LeavingCause, "Busy", is_charged=False)
    _, run = one_day((NOT_HELD, 3), on=DAY)
    (given_up,) = places(run, (LATE, 1))
    given_up.moves[0].cause_id = busy.id
    db.session.flush()
    assert absence_reasons(DAY, DAY) == []


def test_4_9_who_had_no_place_gave_none_up() -> None:
    _, run = one_day((NO_SHOW, 2), on=DAY)
    for who in strangers(3):
        mark(run, who, MarkStatus.ABSENT_NO_NOTICE)
    db.session.flush()
    (found,) = attendance_rates(DAY, DAY)
    attendance = found.attendance
    assert [one.of for one in absence_reasons(DAY, DAY)] == [attendance.no_shows] == [2]


@pytest.mark.parametrize(
    ("counted", "shown"),
    [
        ({"Sickness": 12, "Workload": 5}, ["Sickness: 12", "Workload: 5"]),
        ({"Sickness": 12, "Caring": 3, "Bereavement": 1}, ["Sickness: 12", "Other reasons: fewer than 5"]),
        ({"Sickness": 12, "Caring": 4, "Bereavement": 1}, ["Sickness: 12", "Other reasons: 5"]),
        ({"Bereavement": 1}, ["Other reasons: fewer than 5"]),
        ({}, []),
    ],
)
def test_bm05_a_reason_that_few_gave_is_not_named(counted: dict[str, int], shown: list[str]) -> None:
    found = with_few_together([Part(name, 0, count) for name, count in counted.items()])
    assert [f"{one.name}: {one.hiding.label or one.of}" for one in found] == shown


def test_bm05_programmes_of_few_people_stand_with_another() -> None:
    """Three people in two days are six places, and still three people."""
    two_days = factories.course(components=2)
    run = factories.run(two_days, days=[DAY, DAY + timedelta(days=1)], capacity=10)
    places(run, (CAME, 2), (NO_SHOW, 1))
    last = DAY + timedelta(days=1)
    assert [one.title for one in rates_told(DAY, last, sees_names=True)] == [two_days.programme.title]
    assert rates_told(DAY, last, sees_names=False) == []
    one_day((CAME, 6), on=DAY)
    [alone] = rates_told(DAY, last, sees_names=False)
    assert (alone.title, alone.attendance.expected) == ("All programmes", 12)
    [*_, most], _ = [one_day((CAME, 20), on=DAY)], one_day(on=DAY)
    found = rates_told(DAY, last, sees_names=False)
    told = {one.title: one.attendance.expected for one in found}
    assert told[most[0].programme.title] == 20
    assert (told["Other programmes"], told["All programmes"], len(told)) == (12, 32, 4)


@pytest.mark.parametrize(
    ("cases", "walk_ins", "is_told"),
    [
        ([(CAME, 3), (LATE, 2)], 0, False),  # who gave a place up had none
        ([(CAME, 4)], 1, False),
        ([(CAME, 5)], 0, True),
        ([], 4, False),
        ([], 5, True),
        ([], 0, True),
    ],
)
def test_bm05_of_whom_attendance_is(cases: list[tuple[Case, int]], walk_ins: int, is_told: bool) -> None:
    rates(*cases, walk_ins=walk_ins)
    assert bool(rates_told(DAY, DAY, sees_names=False)) is is_told


def test_bm05_a_board_reads_why_no_attendance_is_shown(pages: Pages) -> None:
    rates((CAME, 2), (NO_SHOW, 1))
    for role, is_told in ((Role.BOARD_MEMBER, False), (Role.ACADEMY_MANAGER, True)):
        page = pages.sign_in(factories.user(role)).get(f"/attendance-rates?as_at={DAY}")
        assert ("Non-attendance" in page.text) is is_told
        assert ("or too few people had a place in them to show." in page.text) is not is_told
        assert ("33%" in pages.get(f"/board?as_at={DAY}").text) is is_told


def test_bookings_against_capacity_by_week() -> None:
    monday = date(2022, 2, 28)
    course = factories.course(components=2)
    run = factories.run(course, days=[DAY, DAY + timedelta(days=14)], capacity=10)
    places(run, (CAME, 4), (UNMARKED, 2), (IN_TIME, 1))
    found = places_by_week(DAY, DAY + timedelta(days=14), as_at=clock.today())
    assert [(one.monday, one.sessions, one.words) for one in found] == [
        (monday, 1, "6 of 10"),
        (monday + timedelta(days=7), 0, "0 of 0"),
        (monday + timedelta(days=14), 1, "6 of 10"),
    ]


def test_bookings_by_week_as_they_stood_on_a_day() -> None:
    _, run = one_day((UNMARKED, 2), on=DAY)
    places(run, (IN_TIME, 3), ended_at=BEFORE)
    for as_at, booked in ((BEFORE.date() - timedelta(days=1), 5), (BEFORE.date(), 2)):
        (week,) = places_by_week(DAY, DAY, as_at=as_at)
        assert week.booked == booked
