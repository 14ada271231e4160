"""Once a week: which day of a course somebody still needs, and where it can be had. (U-03)"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from app.accounts import queries as accounts
from app.attendance import queries as attendance
from app.attendance.queries import StillNeeded
from app.bookings import queries as bookings
from app.bookings.rules import days_to_catch_up
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.outbox import queries as outbox
from app.outbox.models import Message
from app.outbox.rules import enqueue
from app.people.models import Person
from app.programmes.models import Component
from app.reminders import emails
from app.sessions.models import TrainingSession

WRITTEN_AT = time(9, 0)
FOR_A_DAY = timedelta(hours=24)
MOST_SESSIONS = 3
KIND = "missing_component"


def monday_now(now: datetime) -> date:
    """The Monday of this week in London."""
    return clock.monday_of(clock.day_of(now))


def outstanding_to_write(now: datetime) -> list[StillNeeded]:
    """To whom it is time to write: on Monday from 09:00, for a day, each person and course once in a week.

    By what was marked until then: a register that is saved on Tuesday can be put right until the next
    Monday, before anybody is told that a day is missing. (U-03)
    """
    written_at = clock.london_time(monday_now(now), WRITTEN_AT)
    if not written_at <= now < written_at + FOR_A_DAY:
        return []
    fresh = attendance.marked_since(written_at)
    due = [one for one in attendance.outstanding(now) if (one.person_id, one.version_id) not in fresh]
    found = {_key(one, now): one for one in due}
    written = outbox.keys_written(found)
    return [one for key, one in found.items() if key not in written]


def tell_of_missing(*, found: StillNeeded, now: datetime) -> int:
    """Write to somebody which days they still need and where; nothing while none can be had."""
    person = db.session.get_one(Person, found.person_id)
    days = _days(person, found, now)
    if not days or not person.email:
        return 0
    return int(
        enqueue(
            key=_key(found, now),
            kind=KIND,
            to_address=person.email,
            to_name=person.name,
            email=emails.missing_components(person, days, has_account=accounts.has_account(person.id)),
            now=now,
            about=person,
            useful_until=clock.start_of_day(monday_now(now) + timedelta(weeks=1)),
        )
    )


def _days(person: Person, found: StillNeeded, now: datetime) -> list[tuple[Component, list[TrainingSession]]]:
    """The days that somebody needs and could book now, each with the next few sessions that have a place."""
    days = [(one, _sessions(person, one, now)) for one in found.components]
    return [(component, sessions) for component, sessions in days if sessions]


def _sessions(person: Person, component: Component, now: datetime) -> list[TrainingSession]:
    """The next few sessions of a day that the page offers them and that have a place for them."""
    themselves = Actor(name=person.name, person_id=person.id)
    open_ones = days_to_catch_up(component, by=themselves, now=now)
    left = bookings.seats_left_for(person, open_ones, on=clock.day_of(now))
    return [one for one in open_ones if left[one.id]][:MOST_SESSIONS]


def _key(one: StillNeeded, now: datetime) -> str:
    return f"{_of(one)}{monday_now(now):%Y-%m-%d}"


def _of(one: StillNeeded) -> str:
    return f"missing:person:{one.person_id}:version:{one.version_id}:"


def missing_is_still_right(message: Message, now: datetime) -> bool:
    """Whether the day was not booked, done or given up since the letter was written, and can still be had."""
    still = attendance.outstanding(now, person_id=message.about_id)
    return any(
        message.key.startswith(_of(one)) and _days(db.session.get_one(Person, one.person_id), one, now)
        for one in still
    )
