"""Two records of one person become one, and two again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.audit.models import AuditEntry
from app.bookings import queries as bookings_queries
from app.bookings import rules as bookings
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, live
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.figures.queries import figure
from app.learning.models import Mark
from app.learning.queries import completions
from app.merging import rules
from app.merging.models import Merge
from app.outbox.models import Message
from app.people.models import Person, Spell
from app.people.queries import directory
from tests import factories
from tests.attendance.marking import mark, past
from tests.figures import scenes

CONFIRMED, WAITLISTED = BookingState.CONFIRMED, BookingState.WAITLISTED


@pytest.fixture(autouse=True)
def _on_the_first_of_march(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01 10:00")


def academy() -> Actor:
    return factories.actor(Role.ACADEMY_MANAGER)


def joys() -> tuple[Person, Person]:
    """ "Joy Okafor" (HR 10231), and "J Okafor", who walked in."""
    joy = factories.staff(first_name="Joy", last_name="Okafor", employee_number="10231")
    walked_in = factories.staff(first_name="J", last_name="Okafor", employee_number=None, email=None)
    return joy, walked_in


def merge(survivor: Person, merged: Person, *, after: timedelta = timedelta(0), **values: Any) -> Merge:
    row = rules.merge(survivor=survivor, merged=merged, by=academy(), now=clock.now() + after, **values)
    db.session.commit()
    return row


def undo(row: Merge, after: timedelta = timedelta(days=1)) -> None:
    rules.undo(merge=row, by=academy(), now=clock.now() + after)
    db.session.commit()


def booked(run: Any, person: Person) -> Booking:
    return bookings.book(run=run, person=person, by=academy(), now=clock.now())


def completed(course: Any, known_at: datetime | None = None) -> list[int]:
    rows = db.session.execute(completions([course.id], as_at=clock.today(), known_at=known_at))
    return sorted(row.person_id for row in rows)


def known() -> set[tuple]:
    """What is known now of everybody: facts, details, places, accounts."""
    found: set[tuple] = set()
    for model, columns in (
        (Spell, ("person_id", "first_day", "last_day", "employed_from", "team_id", "manager_id")),
        (Mark, ("person_id", "session_id", "status", "counts")),
    ):
        rows = db.session.execute(select(*(getattr(model, one) for one in columns)).where(live(model)))
        found |= {(model.__tablename__, *row) for row in rows}
    people = select(Person.id, Person.first_name, Person.email, Person.employee_number, Person.merged_into_id)
    places = select(Booking.run_id, Booking.person_id, Booking.state, Booking.queued_at)
    open_ones = places.where(Booking.state.in_(bookings_queries.OPEN_STATES))
    accounts = select(User.id, User.person_id, User.active)
    return found | {tuple(row) for one in (people, open_ones, accounts) for row in db.session.execute(one)}


# --- Learning and figures ------------------------------------------------------------------------------


def test_u07_two_records_with_a_day_each_are_one_person_with_both() -> None:
    joy, walked_in = joys()
    run = factories.run(days=[date(2022, 2, 1), date(2022, 2, 8)])
    mark(run, 1, joy)
    mark(run, 2, walked_in)
    course = run.version.course
    assert completed(course) == []
    row = merge(joy, walked_in)
    assert completed(course) == [joy.id]
    assert completed(course, known_at=row.merged_at - timedelta(seconds=1)) == []
    undo(row)
    assert completed(course) == []


def test_u07_a_person_complete_on_both_records_is_one_more_and_not_two() -> None:
    joy, walked_in = joys()
    course = factories.course(components=1)
    for person, day in ((joy, date(2022, 2, 1)), (walked_in, date(2022, 2, 8))):
        mark(factories.run(course, days=[day]), 1, person)
    before = clock.now()
    assert completed(course) == [joy.id, walked_in.id]
    merge(joy, walked_in, after=timedelta(hours=1))
    assert completed(course) == [joy.id]
    assert completed(course, known_at=before) == [joy.id, walked_in.id]


@pytest.mark.parametrize(
    ("own", "other", "stays"),
    [
        ("absent_no_notice", "attended", "attended"),
        ("attended", "absent_no_notice", "attended"),
        ("not_recorded", "absent_apologies", "absent_apologies"),
        ("attended_late", "attended", "attended_late"),
    ],
)
def test_u07_of_two_marks_of_one_session_the_one_that_says_more_stays(
    own: str, other: str, stays: str
) -> None:
    joy, walked_in = joys()
    run = factories.run(factories.course(components=1), days=[date(2022, 2, 1)])
    for person, status in ((joy, own), (walked_in, other)):
        values = {"counts": status.startswith("attended"), "held_on": date(2022, 2, 1), "component": 1}
        row = Mark(
            person_id=person.id, session_id=run.sessions[0].id, version_id=run.version_id, status=status, **values
        )
        from app.core.db import record

        record(row, by="Tests", now=clock.now() - timedelta(days=1))
    merge(joy, walked_in)
    marks = db.session.scalars(select(Mark).where(live(Mark))).all()
    assert [(one.person_id, str(one.status)) for one in marks] == [(joy.id, stays)]
