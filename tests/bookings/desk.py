"""Small words for tests of the booking desk: who acts, who books, what they were told."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.bookings import queries, rules
from app.bookings.models import Booking, BookingState, ChargeRate, Quota
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.permissions import Role
from app.outbox.models import Message
from app.people.models import Person, Sector
from app.sessions.models import Run, SessionDate, TrainingSession
from tests import factories


def own(person: Person) -> Actor:
    return factories.actor(Role.PRACTITIONER, of=person)


def academy() -> Actor:
    return factories.actor(Role.ACADEMY_MANAGER)


def booked(run: Run, person: Person | None = None, **values: Any) -> Booking:
    """The academy books somebody, now."""
    return rules.book(run=run, person=person or factories.staff(), by=academy(), now=clock.now(), **values)


def books(run: Run, person: Person | None = None, **values: Any) -> Booking:
    """Somebody books for themselves, now."""
    person = person or factories.staff()
    return rules.book(run=run, person=person, by=own(person), now=clock.now(), **values)


def leaves(booking: Booking) -> list[Booking]:
    """The person gives a place or a wait up, now; who got the place."""
    cause = db.session.scalars(queries.leaving_causes()).first()
    return rules.cancel(booking=booking, by=own(booking.person), now=clock.now(), cause=cause)


def rate(half_day: str = "50", full_day: str = "90", **scope: Any) -> ChargeRate:
    """What a missed day costs from 1 January 2022: every partner, unless the scope says otherwise."""
    scope = {"course": None, "is_for_staff": False, "sector": None, "from_day": date(2022, 1, 1)} | scope
    return rules.set_rate(
        half_day=Decimal(half_day), full_day=Decimal(full_day), by=academy(), now=clock.now(), **scope
    )


def states(*bookings: Booking) -> list[BookingState]:
    return [one.state for one in bookings]


def told(booking: Booking) -> list[str]:
    """What the person was written about a booking, in order."""
    keys = select(Message.key).where(Message.key.startswith(f"booking:{booking.id}:"))
    return [":".join(key.split(":")[2:]) for key in db.session.scalars(keys.order_by(Message.id))]


def message(booking: Booking, what: str) -> Message:
    return db.session.scalars(select(Message).where(Message.key == f"booking:{booking.id}:{what}")).one()


def sector(name: str) -> Sector:
    return factories.named(Sector, name)


def partner_of(name: str, **values: Any) -> Person:
    """A partner whose organisation is in a sector."""
    return factories.partner(factories.organisation(f"{name} trust", name), **values)


def keeps(run: Run, places: int, until: Any, for_sector: str | None = None) -> list[Booking]:
    """The academy keeps places, now; who got one that it left free."""
    return rules.keep_places(
        run=run,
        sector_id=sector(for_sector).id if for_sector else None,
        places=places,
        kept_until=until,
        by=academy(),
        now=clock.now(),
    )


def quotas(run: Run) -> list[tuple[str, int]]:
    rows = db.session.scalars(select(Quota).where(Quota.run_id == run.id).order_by(Quota.id))
    return [(one.for_whom, one.places) for one in rows]


def moves_unseen(session: TrainingSession, to: date) -> None:
    """Somebody else gives a session another date, of which what is loaded here knows nothing yet."""
    now, was = clock.now(), session.dated
    dates, ident = SessionDate.__table__, was.id
    db.session.execute(
        dates.update().where(dates.c.id == ident).values(superseded_at=now, superseded_by="Somebody else")
    )
    db.session.execute(
        dates.insert().values(
            session_id=was.session_id,
            held_on=to,
            starts_at=clock.london_time(to, time(9, 30)),
            ends_at=clock.london_time(to, time(16, 30)),
            entered_at=now,
            recorded_at=now,
            recorded_by="Somebody else",
        )
    )
