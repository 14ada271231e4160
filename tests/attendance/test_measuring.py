"""What minutes make of a mark: full, late or in part, by the course's share and its grace (TR-03)."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from app.attendance import rules
from app.attendance.rules import NewMark
from app.learning.models import MarkStatus
from app.programmes.models import CourseSettings
from app.sessions.models import TrainingSession
from tests import factories

ATTENDED, LATE, PARTIAL = MarkStatus.ATTENDED, MarkStatus.ATTENDED_LATE, MarkStatus.PARTIAL


def a_session() -> TrainingSession:
    """From 09:30 to 15:30: 360 minutes."""
    course = factories.course(components=1)
    run = factories.run(course, days=[date(2022, 3, 15)], start=time(9, 30), end=time(15, 30))
    return run.sessions[0]


def terms(**values: Any) -> CourseSettings:
    return CourseSettings(**({"minimum_percent": 80, "lateness_minutes": 15} | values))


@pytest.mark.parametrize(
    ("minutes", "late_by", "expected"),
    [
        (None, None, NewMark(ATTENDED)),
        (None, 0, NewMark(ATTENDED)),
        (None, -20, NewMark(ATTENDED)),
        (None, 15, NewMark(ATTENDED)),
        (None, 16, NewMark(LATE, 344)),
        (None, 40, NewMark(LATE, 320)),
        (None, 72, NewMark(LATE, 288)),
        (None, 73, NewMark(PARTIAL, 287)),
        (None, 500, NewMark(PARTIAL, 0)),
        (360, None, NewMark(ATTENDED)),
        (400, None, NewMark(ATTENDED)),
        (345, None, NewMark(ATTENDED)),
        (344, None, NewMark(PARTIAL, 344)),
        (320, None, NewMark(PARTIAL, 320)),
        (150, None, NewMark(PARTIAL, 150)),
        (-5, None, NewMark(PARTIAL, 0)),
        (320, 40, NewMark(LATE, 320)),
        (355, 40, NewMark(LATE, 320)),
        (300, 10, NewMark(PARTIAL, 300)),
        (260, 40, NewMark(PARTIAL, 260)),
    ],
)
def test_tr03_minutes_and_arrival_say_what_the_mark_is(
    minutes: int | None, late_by: int | None, expected: NewMark
) -> None:
    session = a_session()
    arrived_at = None if late_by is None else session.starts_at + timedelta(minutes=late_by, seconds=30)
    assert rules.status_for(minutes, session, terms(), arrived_at) == expected


def test_tr03_320_of_360_minutes_count_and_150_do_not() -> None:
    session = a_session()
    late = rules.status_for(None, session, terms(), session.starts_at + timedelta(minutes=40))
    until_noon = rules.status_for(150, session, terms())
    assert (late.status, rules.counts(late, session, 80)) == (LATE, True)
    assert (until_noon.status, rules.counts(until_noon, session, 80)) == (PARTIAL, False)


def test_a_course_has_its_own_share_and_its_own_grace() -> None:
    session = a_session()
    arrived_at = session.starts_at + timedelta(minutes=40)
    assert rules.status_for(None, session, terms(lateness_minutes=60), arrived_at) == NewMark(ATTENDED)
    assert rules.status_for(None, session, terms(minimum_percent=90), arrived_at) == NewMark(PARTIAL, 320)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (NewMark(LATE), NewMark(LATE)),
        (NewMark(LATE, 350), NewMark(ATTENDED)),
        (NewMark(LATE, 320), NewMark(LATE, 320)),
        (NewMark(LATE, 160), NewMark(PARTIAL, 160)),
        (NewMark(PARTIAL, 355), NewMark(PARTIAL, 355)),
        (NewMark(ATTENDED), NewMark(ATTENDED)),
    ],
)
def test_what_is_said_of_somebody_late_is_held_to_the_same_rule(said: NewMark, kept: NewMark) -> None:
    assert rules.as_measured(said, a_session(), terms()) == kept
