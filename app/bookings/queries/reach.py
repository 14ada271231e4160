"""Whom no e-mail reaches, and which of them the academy tells of their place itself. (U-08, U-18)"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true
from sqlalchemy.orm import selectinload

from app.bookings.models import Booking, BookingState
from app.core.db import another, db
from app.outbox import queries as outbox
from app.outbox.models import Message, MessageState
from app.people.models import BY_NAME, Person
from app.sessions.models import Run, RunState
from app.sessions.queries import spans

_TAKEN_BACK = (BookingState.CANCELLED_BY_ACADEMY, BookingState.CANCELLED_BY_PROVIDER)


def is_unreached() -> ColumnElement[bool]:
    """Whether no e-mail reaches a person: they have no address, or what is sent to it comes back."""
    came_back = another(Message, "came_back")
    bounces = exists().where(
        came_back.to_address == Person.email,
        came_back.state == MessageState.BOUNCED,
        ~outbox.arrived_since(came_back),
    )
    return or_(Person.email.is_(None), bounces)


def unreached(people: Iterable[Person]) -> list[Person]:
    """Those of these people whom no e-mail reaches, by name; in one statement."""
    ids = {one.id for one in people}
    found = select(Person).where(Person.id.in_(ids), is_unreached()).order_by(*BY_NAME)
    return list(db.session.scalars(found)) if ids else []


def to_be_told(now: datetime, *, run_id: int | None = None) -> Select[tuple[Booking]]:
    """The bookings of people whom the academy must tell itself: of a place that is theirs until they say
    otherwise, and of a run that is cancelled and was to begin, unless they are on another instead. All, or
    those of one run; the soonest first."""
    instead, starts = another(Booking, "instead"), spans()
    is_on_another = exists().where(instead.replaces_id == Booking.id)
    return (
        select(Booking)
        .join(Booking.person)
        .join(Run, Run.id == Booking.run_id)
        .join(starts, starts.c.run_id == Run.id)
        .options(selectinload(Booking.person), selectinload(Booking.run))
        .where(
            is_unreached(),
            Run.id == run_id if run_id is not None else true(),
            or_(
                Booking.reconfirm_by > now,
                and_(
                    Run.state == RunState.CANCELLED,
                    Booking.state.in_(_TAKEN_BACK),
                    starts.c.starts_at > now,
                    ~is_on_another,
                ),
            ),
        )
        .order_by(starts.c.starts_at, *BY_NAME, Booking.id)
    )
