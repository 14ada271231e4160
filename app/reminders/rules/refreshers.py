"""Reminding people that a completion runs out: 90 and 30 days before. (4.3)"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.accounts import queries as accounts
from app.core import clock
from app.core.db import db
from app.learning.queries import earliest_valid, valid_until
from app.outbox.models import Message
from app.outbox.rules import enqueue
from app.people.models import Person
from app.programmes.models import Course
from app.reminders import emails, queries

DAYS_BEFORE = (90, 30)
MORNING = time(8, 0)


@dataclass(frozen=True)
class Refresher:
    """Somebody's completion of a course that runs out after a day."""

    person_id: int
    course_id: int
    until: date

    def key(self, days: int) -> str:
        return f"refresher:person:{self.person_id}:course:{self.course_id}:{self.until:%Y-%m-%d}:{days}d"


def refresher_occasion(until: date, *, now: datetime) -> int | None:
    """Which reminder is due: of 90 and 30 days before, at 08:00, the newest that has come; None when neither
    has, or when the completion has run out already.

    Valid until 15 March 2024: from 16 December 2023, 08:00, the one of 90 days, from 14 February the other.
    """
    if clock.day_of(now) > until:
        return None
    come = [days for days in DAYS_BEFORE if clock.london_time(until - timedelta(days=days), MORNING) <= now]
    return min(come, default=None)


def refreshers_due(*, now: datetime, person_id: int | None = None) -> list[Refresher]:
    """Whose completion of which course runs out within 90 days, and of which no place is booked yet; of
    everybody, or of one person."""
    today = clock.day_of(now)
    found = []
    for course_id, months in db.session.execute(queries.courses_with_validity()):
        assert months is not None
        lasting = earliest_valid(today + timedelta(days=max(DAYS_BEFORE) + 1), months)
        expiring = queries.expiring(course_id, as_at=today, last_before=lasting, person_id=person_id)
        found += [
            Refresher(person_id, course_id, valid_until(last_on, months))
            for person_id, last_on in db.session.execute(expiring)
        ]
    return [one for one in found if refresher_occasion(one.until, now=now) is not None]


def remind_of_refresher(*, refresher: Refresher, now: datetime) -> int:
    """Write the reminder that is due to one person of one course; how many were written."""
    days = refresher_occasion(refresher.until, now=now)
    person = db.session.get_one(Person, refresher.person_id)
    if days is None or not person.email:
        return 0
    is_new = enqueue(
        key=refresher.key(days),
        kind="refresher",
        to_address=person.email,
        to_name=person.name,
        email=emails.refresher_due(
            person,
            db.session.get_one(Course, refresher.course_id),
            refresher.until,
            has_account=accounts.has_account(person.id),
        ),
        now=now,
        about=person,
        useful_until=clock.end_of_day(refresher.until),
    )
    return 1 if is_new else 0


def refresher_is_still_right(message: Message, now: datetime) -> bool:
    """Whether the completion still runs out on the day that the message names, and nothing is booked."""
    own = refreshers_due(now=now, person_id=message.about_id)
    return any(message.key == one.key(days) for one in own for days in DAYS_BEFORE)
