"""The booking desk of today: a late cancellation and the offer it makes, kept places, invitations."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.bookings import queries as bookings_queries
from app.bookings import rules as bookings
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.permissions import Role
from app.demonstration import queries
from app.people.models import Person
from app.sessions.models import Run
from app.sessions.queries import run_coded

KEPT = 4
INVITED = 5


def fill(*, by: Actor, now: datetime, practitioner: Person) -> None:
    """Let somebody stand in every state of the desk, so that no page of it is empty."""
    yesterday = now - timedelta(days=1)
    asked = run_named("TRAUMA-WORKSHOP-03")
    bookings.book(run=asked, person=practitioner, by=_own(practitioner), now=yesterday)
    _give_up_late(run_named("TRAUMA-2DAY-05"), practitioner, now)
    kept = run_named("TRAUMA-2DAY-09")
    until = kept.first_session.held_on - timedelta(weeks=4)
    bookings.keep_places(run=kept, sector_id=None, places=KEPT, kept_until=until, by=by, now=yesterday)
    _invite(asked, by, yesterday)


def run_named(code: str) -> Run:
    """The demonstration’s run of this code."""
    run = run_coded(code)
    assert run is not None, code
    return run


def _own(person: Person) -> Actor:
    return Actor(name=person.name, person_id=person.id, roles=frozenset({Role.PRACTITIONER}))


def _give_up_late(run: Run, practitioner: Person, now: datetime) -> None:
    """Somebody on a full run gives their place up too late: it is offered to the first in the queue."""
    held = db.session.scalars(bookings_queries.places_on(run.id)).all()
    leaving = next(one for one in held if one.person_id != practitioner.id)
    cause = db.session.scalars(bookings_queries.leaving_causes()).first()
    bookings.cancel(booking=leaving, by=_own(leaving.person), now=now, cause=cause, reason="Flu")


def _invite(run: Run, by: Actor, now: datetime) -> None:
    """Partners who have not booked are written to, each alone."""
    course = run.version.course
    free = bookings_queries.not_booked(course, on=clock.day_of(now))
    partners = {person.id for person in db.session.scalars(queries.partners())}
    chosen = [person for person, _ in db.session.execute(free) if person.id in partners and person.email]
    bookings.invite(course=course, runs=[run], people=chosen[:INVITED], batch="demonstration", by=by, now=now)
