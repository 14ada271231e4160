"""Requests that wait for the demonstration's line manager, and a deputy who is named for their leave."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.bookings import rules as bookings
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.permissions import Role
from app.demonstration import queries
from app.demonstration.rules.current import MANAGERS, PRACTITIONERS
from app.people import rules as people
from app.people.models import Person

MOST_REQUESTS = 3
LEAVE_IN, LEAVE_LASTS = timedelta(weeks=3), timedelta(days=11)


def fill(*, manager: Person, by: Actor, now: datetime) -> None:
    """Some of the manager's own people ask for places on the run that is furthest ahead."""
    today = clock.day_of(now)
    run = db.session.scalars(queries.latest_run("TRAUMA-2DAY")).one()
    team = [
        person
        for person in db.session.scalars(queries.staff_in_role_groups(PRACTITIONERS, today))
        if (spell := person.spell_on(today)) is not None and spell.manager_id == manager.id
    ]
    for person in team[:MOST_REQUESTS]:
        asks = Actor(name=person.name, person_id=person.id, roles=frozenset({Role.PRACTITIONER}))
        bookings.book(run=run, person=person, by=asks, now=now)
    deputy = next(
        person
        for person in db.session.scalars(queries.staff_in_role_groups(MANAGERS, today))
        if person.id != manager.id
    )
    begins = today + LEAVE_IN
    people.name_deputy(
        manager=manager, deputy=deputy, first_day=begins, last_day=begins + LEAVE_LASTS, by=by, now=now
    )
