"""Until when a venue or a trainer is used."""

from __future__ import annotations

from datetime import date, datetime

from app.core.actors import Actor
from app.core.db import db, lock_row
from app.core.errors import RuleBroken
from app.core.filters import day, plural
from app.people import rules as people
from app.sessions import queries
from app.sessions.models import Trainer, Venue


def record_last_day(*, thing: Venue | Trainer, last_day: date, by: Actor, now: datetime) -> None:
    """A venue or a trainer is closed: no session after the last day is there, or theirs.

    One that is dated later stands in the way, until it is somewhere else or somebody else’s: of a room that
    is given up with 31 March 2022 the session of 5 May. What was held there stays named so.
    """
    lock_row(type(thing), thing.id)
    count, last = db.session.execute(queries.count_after(thing, last_day)).one()
    if count:
        raise RuleBroken(_in_use(thing, last_day, count, last), field="last_day")
    people.keep_last_day(thing, last_day, by=by, now=now)


def _in_use(thing: Venue | Trainer, last_day: date, count: int, last: date) -> str:
    at = "at" if isinstance(thing, Venue) else "with"
    are, them, the_last = ("is", "it", "") if count == 1 else ("are", "them", "the last ")
    return (
        f"{plural(count, 'session')} {at} {thing.name} {are} dated after {day(last_day)}, {the_last}on "
        f"{day(last)}. Give {them} another {thing.__tablename__} first, or choose a later day"
    )
