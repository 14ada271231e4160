"""What people need to take part in the demonstration: how to join, what to read, and who asks for a run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.bookings import queries as bookings_queries
from app.bookings import rules as bookings
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.permissions import Role
from app.people.models import Person
from app.programmes import queries as programmes
from app.programmes.models import Course
from app.sessions import queries as sessions_queries
from app.sessions import rules as sessions

INSTRUCTIONS = (
    "Have the practice guide at hand, and a case in mind of which you can talk without names.\n"
    "Join ten minutes early, so that sound and picture work when we begin."
)
MATERIALS = (
    ("Practice guide", "https://library.demo.example/trauma/guide"),
    ("Slides", "https://library.demo.example/trauma/slides"),
)
NEED = "A paper copy of the slides in large print, please."


def lay_out_joining(courses: Sequence[Course], *, practitioner: Person, by: Actor, now: datetime) -> None:
    """Instructions and materials of each course; one run's own; a need; and somebody who asks for a run."""
    for course in courses:
        sessions.give_instructions(of=course, words=INSTRUCTIONS, by=by, now=now)
        for title, address in MATERIALS:
            sessions.add_material(of=course, title=title, address=address, by=by, now=now)
    for booking in db.session.scalars(bookings_queries.current_bookings_of(practitioner, now=now)).unique():
        bookings.say_need(booking=booking, words=NEED, by=by, now=now)
        sessions.give_instructions(
            of=booking.run, words="Lunch is not included; there is a café next door.", by=by, now=now
        )
    for run in db.session.scalars(sessions_queries.upcoming_runs(now).limit(1)):
        sessions.add_material(
            of=run, title="Reading for the first day", address=MATERIALS[0][1], by=by, now=now
        )
    _ask_for_a_run(practitioner, now)


def _ask_for_a_run(practitioner: Person, now: datetime) -> None:
    """The practitioner asks to be told of the first course without a run that is for them."""
    own = Actor(name=practitioner.name, person_id=practitioner.id, roles=frozenset({Role.PRACTITIONER}))
    for_them = db.session.scalars(programmes.courses_for(practitioner, clock.day_of(now))).all()
    for course in bookings.courses_without_run(for_them, now=now)[:1]:
        bookings.ask_to_be_told(course=course, person=practitioner, by=own, now=now)
