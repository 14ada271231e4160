"""Registers of the demonstration as they really come: somebody late, somebody gone at noon, somebody at the
door, and a day that was broken off."""

from __future__ import annotations

from datetime import timedelta

from app.accounts.models import User
from app.attendance import queries as attendance
from app.attendance import rules
from app.attendance.rules import NewMark, WalkIn
from app.core.actors import Actor
from app.core.db import db
from app.core.permissions import Role
from app.demonstration.rules.desk import run_named
from app.learning.models import MarkStatus
from app.sessions.models import TrainingSession

MINUTES_LATE = 40
UNTIL_NOON = 150
WALK_IN = WalkIn("Robin", "Fairweather", "Marches Childminding Network")


def fill(*, trainer: User, by: Actor) -> None:
    """Day 2 of a run last week, marked by its trainer; day 1 of another, of which the academy decides."""
    hers = Actor(name=trainer.name, user_id=trainer.id, roles=frozenset({Role.TRAINER}))
    _correct(_session("TRAUMA-2DAY-03", 2), by=hers)
    broken_off = _session("TRAUMA-LEAD-02", 1)
    rules.note_partly_held(
        session=broken_off,
        minutes=UNTIL_NOON,
        reason="A water leak closed the building at noon.",
        by=by,
        now=broken_off.ends_at + timedelta(hours=2),
    )


def _correct(session: TrainingSession, *, by: Actor) -> None:
    """Somebody came late; two left at noon, of whom one shall count; somebody came without a place."""
    at = session.ends_at + timedelta(hours=1)
    marks = db.session.scalars(attendance.marks_of(session)).all()
    late = next(one for one in marks if one.status is MarkStatus.ATTENDED_LATE)
    left, left_too = [one for one in marks if one.status is MarkStatus.ATTENDED][:2]
    there = rules.minutes_of(session) - MINUTES_LATE
    changes = {
        late.person_id: NewMark(MarkStatus.ATTENDED_LATE, there),
        left.person_id: NewMark(MarkStatus.PARTIAL, UNTIL_NOON),
        left_too.person_id: NewMark(MarkStatus.PARTIAL, UNTIL_NOON),
    }
    person_id = left.person_id
    rules.record_marks(session=session, marks=changes, by=by, now=at)
    part = next(one for one in db.session.scalars(attendance.marks_of(session)) if one.person_id == person_id)
    rules.ask_to_count(mark=part, reason="Called to an urgent hearing at noon.", by=by, now=at)
    rules.mark_at_the_door(session=session, who=WALK_IN, by=by, now=at)


def _session(code: str, component: int) -> TrainingSession:
    return next(one for one in run_named(code).sessions if one.component_number == component)
