"""Booking a single day that was missed, in another run of the same course version. (U-03, ST-09)"""

from __future__ import annotations

from datetime import datetime

from app.bookings import queries
from app.bookings.rules.eligibility import Objection, books_anyone, can_be_booked
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.filters import day
from app.people.models import Person
from app.programmes.models import Component
from app.sessions.models import TrainingSession

MOST_DAYS = 50


def days_to_catch_up(component: Component, *, by: Actor, now: datetime) -> list[TrainingSession]:
    """Where one day of a course can still be booked by whoever asks, soonest first, full ones too."""
    found = queries.catch_up_sessions(component, now=now).limit(MOST_DAYS)
    return [
        one for one in db.session.scalars(found).unique() if can_be_booked(one.run, [one], by=by, now=now)
    ]


def check_can_catch_up(person: Person, session: TrainingSession, *, by: Actor, now: datetime) -> None:
    """A day alone is for who has begun the course and lacks that day; the academy books it for anybody.

    Days 1, 2, 4 and 5 of SOS5-03 attended: day 3 of SOS5-04 takes one seat, of that session only (U-03).
    """
    if books_anyone(by):
        return
    against = against_catching_up(person, session, is_own=by.person_id == person.id, now=now)
    if against is not None:
        raise RuleBroken(f"{against.sentence}{against.remedy}")


def against_catching_up(
    person: Person, session: TrainingSession, *, is_own: bool, now: datetime
) -> Objection | None:
    """What speaks against giving somebody a day alone; whoever takes a colleague's over is asked the same."""
    course, title = session.run.version.course, session.component.title
    if not course.terms.has_catch_up:
        return Objection(
            f"The days of {course.title} can’t be booked one by one.",
            " Book a whole run, or ask the academy.",
        )
    who = "You have" if is_own else f"{person.name} has"
    taken = queries.days_taken(person.id, session.run.version_id, now=now)
    if session.component_number in taken.done:
        return Objection(f"{who} done {title} of {course.title} already.")
    if not taken.has_begun:
        return Objection(f"{who} not begun {course.title} yet.", " Book a whole run.")
    booked = taken.booked.get(session.component_number)
    if booked is None or booked.session_id == session.id:
        return None
    return Objection(f"{who} a place for {title} already, on {day(booked.held_on)}.", " Give it up first.")
