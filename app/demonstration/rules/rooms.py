"""Where the demonstration's runs are held: in one room, and before that in another, which was given up."""

from __future__ import annotations

from datetime import date, datetime

from app.core import workdays
from app.core.actors import Actor
from app.sessions import rules as sessions
from app.sessions.models import Venue

GAVE_UP_BEFORE = 10  # working days


def rooms(today: date, *, by: Actor, now: datetime) -> list[Venue]:
    """The room that was used until two weeks ago, and the one since then."""
    room = sessions.add_venue(
        name="Larkfield Centre, Room 2",
        address="Larkfield Centre, Mill Lane",
        access="Step-free from the car park; ring at reception.",
        by=by,
        now=now,
    )
    former = sessions.add_venue(
        name="Old Library, Reading Room", address="Old Library, Bridge Street", by=by, now=now
    )
    last_day = workdays.working_days_before(today, GAVE_UP_BEFORE)
    sessions.record_last_day(thing=former, last_day=last_day, by=by, now=now)
    return [former, room]
