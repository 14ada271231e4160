"""Booking, the waiting list and cancelling, as rules."""

from __future__ import annotations

from sqlalchemy import select

from app.bookings import queries, rules
from app.bookings.models import BookingState
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.outbox.models import Message
from tests import factories


def _own(person):
    return factories.actor(Role.PRACTITIONER, of=person)


def test_u04_last_place_is_never_sold_twice() -> None:
    run = factories.run(capacity=1)
    first, second = factories.staff(), factories.staff()
    now = clock.now()
    won = rules.book(run=run, person=first, by=_own(first), now=now)
    waits = rules.book(run=run, person=second, by=_own(second), now=now)
    assert (won.state, waits.state) == (BookingState.CONFIRMED, BookingState.WAITLISTED)
    assert queries.queue_position(waits) == 1
    assert rules.book(run=run, person=second, by=_own(second), now=now) is waits
    promoted = rules.cancel(booking=won, by=_own(first), now=now)
    assert promoted == [waits]
    for message in db.session.scalars(select(Message)):
        print(message.key, message.subject, message.text, message.calendar)
    assert not queries.capacity_breaches()
