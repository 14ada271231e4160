"""What was learnt without a register here: prior learning, a stand-in, a refresher, training declared."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.attendance import rules as attendance
from app.attendance.rules import Evidence
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.permissions import Role
from app.learning.models import PastKind
from app.learning.queries import completions
from app.people.models import Person
from app.programmes import rules as programmes
from app.programmes.models import Course
from app.programmes.queries import course_coded

VALID_FOR = 24
EXPIRES_IN = timedelta(days=60)


def fill(*, practitioner: Person, colleague: Person, by: Actor, now: datetime) -> None:
    """Give the settings of completion something to show: on My learning, and on the academy’s list."""
    today = clock.day_of(now)
    workshop, two_day, leadership = (_course(f"TRAUMA-{code}") for code in ("WORKSHOP", "2DAY", "LEAD"))
    programmes.change_settings(
        course=workshop, validity_months=VALID_FOR, reason="Agreed by the board", by=by, now=now
    )
    programmes.change_settings(
        course=leadership, is_in_order=True, reason="Each day builds on the one before", by=by, now=now
    )
    _add_coaching(leadership, by, now)
    programmes.let_stand_in(
        course=workshop, satisfied_by=two_day, reason="The two days hold all of the afternoon", by=by, now=now
    )
    attendance.add_past(
        person=practitioner,
        course=workshop,
        kind=PastKind.PRIOR_LEARNING,
        evidence=Evidence(
            completed_on=clock.months_before(today + EXPIRES_IN, VALID_FOR),
            source="Certificate of another council",
            note="Seen by the academy",
        ),
        by=by,
        now=now,
    )
    attendance.declare_training(
        person=colleague,
        course=two_day,
        evidence=Evidence(
            completed_on=today - timedelta(days=200),
            source="Eastmere University",
            note="Certificate 4711; my manager has a copy.",
        ),
        by=Actor(name=colleague.name, person_id=colleague.id, roles=frozenset({Role.PRACTITIONER})),
        now=now,
    )
    _add_doubtful(leadership, by, now)


def _add_doubtful(course: Course, by: Actor, now: datetime) -> None:
    """Somebody who has done the course is said to have done it before they came, too: of a list of eight, one
    record in doubt is more than a tenth, and the figure says "check data"."""
    done = completions([course.id], as_at=clock.day_of(now)).subquery()
    lead = db.session.scalars(
        select(Person).where(Person.id.in_(select(done.c.person_id))).order_by(Person.id).limit(1)
    ).one()
    attendance.add_past(
        person=lead,
        course=course,
        kind=PastKind.LEGACY,
        evidence=Evidence(
            completed_on=min(spell.first_day for spell in lead.spells) - timedelta(days=30),
            source="Spreadsheet of the former training team",
        ),
        by=by,
        now=now,
    )


def _add_coaching(course: Course, by: Actor, now: datetime) -> None:
    """The course gets another part; what was done of it before counts."""
    before = [component.title for component in course.latest_version.components]
    programmes.add_version(
        course=course,
        components=[*before, "Coaching"],
        counts={number: number for number in range(1, len(before) + 1)},
        reason="The days stay as they are; an afternoon of coaching is new",
        by=by,
        now=now,
    )


def _course(code: str) -> Course:
    course = course_coded(code)
    assert course is not None, code
    return course
