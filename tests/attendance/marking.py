"""Marks as tests make them: by the rule that registers use, on the evening of the session."""

from __future__ import annotations

from datetime import date, datetime, time

from app.attendance import rules
from app.attendance.rules import NewMark
from app.core import clock
from app.core.actors import COMMAND_LINE
from app.core.db import db, record
from app.learning.models import DatePrecision, MarkStatus, MarkWay, PastCompletion
from app.people.models import Person
from app.programmes.models import CourseVersion
from app.sessions.models import Run
from tests import factories

EVENING = time(17, 5)


def evening(day: date) -> datetime:
    return clock.london_time(day, EVENING)


def mark(
    run: Run,
    component: int,
    *people: Person,
    status: MarkStatus = MarkStatus.ATTENDED,
    minutes: int | None = None,
    at: datetime | None = None,
    way: MarkWay = MarkWay.REGISTER,
) -> None:
    """Mark these people at one session of a run, at `at` or on the evening of the session."""
    session = next(one for one in run.sessions if one.component_number == component)
    rules.record_marks(
        session=session,
        marks={person.id: NewMark(status, minutes) for person in people},
        by=COMMAND_LINE,
        now=at or evening(session.held_on),
        way=way,
    )


def past(
    person: Person,
    version: CourseVersion,
    on: date,
    *,
    at: datetime = factories.LONG_AGO,
    precision: DatePrecision = DatePrecision.EXACT,
) -> PastCompletion:
    row = PastCompletion(
        person_id=person.id, version_id=version.id, completed_on=on, precision=precision, source="Spreadsheet"
    )
    record(row, by="Tests", now=at)
    db.session.flush()
    return row
