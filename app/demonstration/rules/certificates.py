"""The certificates of what was completed, and what one practitioner wrote for themselves about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.attendance import queries as attendance
from app.attendance import rules
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.people.models import Person
from app.programmes.models import Course

REFLECTED_ON = "TRAUMA-WORKSHOP"


def fill(*, practitioner: Person, now: datetime) -> None:
    """Issue what is due, and let the practitioner reflect on the workshop."""
    settle(now=now)
    rules.write_reflection(
        course=db.session.scalars(select(Course).where(Course.code == REFLECTED_ON)).one(),
        learnt="To ask what happened to somebody, before I ask what they did.",
        changes="I will begin each visit with what is going well.",
        by=Actor(name=practitioner.name, person_id=practitioner.id),
        now=now,
    )


def settle(*, now: datetime) -> None:
    """Issue and withdraw what is due, as the timetable would."""
    today = clock.day_of(now)
    due = attendance.unsettled(as_at=today, marked_before=rules.marked_before(now))
    for person_id, course_ids in sorted(due.items()):
        rules.settle_certificates(
            person=db.session.get_one(Person, person_id), course_ids=course_ids, now=now
        )
