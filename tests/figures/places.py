"""Places in past sessions, as rates and forecasts count them: what became of each booking and its mark."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.bookings.models import Booking, BookingMove, BookingState
from app.core.db import db, record
from app.learning.models import Mark, MarkStatus
from app.people.models import Person, PersonKind
from app.programmes.models import Course
from app.sessions.models import Run
from tests import factories
from tests.factories import LONG_AGO

Case = tuple[BookingState, MarkStatus | None]
CAME: Case = (BookingState.CONFIRMED, MarkStatus.ATTENDED)
NO_SHOW: Case = (BookingState.CONFIRMED, MarkStatus.ABSENT_NO_NOTICE)
APOLOGIES: Case = (BookingState.CONFIRMED, MarkStatus.ABSENT_APOLOGIES)
UNMARKED: Case = (BookingState.CONFIRMED, None)
LATE: Case = (BookingState.CANCELLED_LATE, None)
IN_TIME: Case = (BookingState.CANCELLED, None)
LATE_AND_CAME: Case = (BookingState.CANCELLED_LATE, MarkStatus.ATTENDED)
GIVEN_ON: Case = (BookingState.SUBSTITUTED, None)
NOT_HELD: Case = (BookingState.CONFIRMED, MarkStatus.NOT_HELD)


def one_day(*cases: tuple[Case, int], on: date, **values: Any) -> tuple[Course, Run]:
    """A run of one day with so many places of each case."""
    course = factories.course(components=1)
    run = factories.run(course, days=[on], **({"capacity": 500} | values))
    places(run, *cases)
    return course, run


def places(run: Run, *cases: tuple[Case, int], ended_at: datetime = LONG_AGO) -> list[Booking]:
    """So many places of each case on a run, each of somebody else, who has a mark in each session or none."""
    wanted = [case for case, count in cases for _ in range(count)]
    people = strangers(len(wanted))
    made = [_booked(run, who, state) for who, (state, _) in zip(people, wanted, strict=True)]
    db.session.add_all(made)
    for who, (_, status) in zip(people, wanted, strict=True):
        if status is not None:
            mark(run, who, status)
    db.session.flush()
    db.session.add_all(_ended(one, ended_at) for one in made if one.state is not BookingState.CONFIRMED)
    db.session.flush()
    return made


def strangers(count: int) -> list[Person]:
    """People of whom nothing is known but that they are: quick to make many of."""
    made = [
        Person(kind=PersonKind.STAFF, first_name="Given", last_name="Family", created_at=LONG_AGO)
        for _ in range(count)
    ]
    db.session.add_all(made)
    db.session.flush()
    return made


def _booked(run: Run, of: Person, state: BookingState) -> Booking:
    return Booking(
        reference=f"P{of.id:07d}{run.id:04d}",
        run_id=run.id,
        person_id=of.id,
        state=state,
        queued_at=LONG_AGO,
        created_at=LONG_AGO,
        confirmed_at=LONG_AGO,
    )


def _ended(booking: Booking, at: datetime) -> BookingMove:
    return BookingMove(
        booking_id=booking.id,
        from_state=BookingState.CONFIRMED,
        to_state=booking.state,
        at=at,
        by_name="Tests",
    )


def mark(run: Run, of: Person, status: MarkStatus) -> None:
    """A mark in each session of a run, whether or not the person had a place."""
    for session in run.sessions:
        made = Mark(
            person_id=of.id,
            session_id=session.id,
            version_id=run.version_id,
            component=session.component_number,
            status=status,
            counts=status in {MarkStatus.ATTENDED, MarkStatus.ATTENDED_LATE},
            minutes=60 if status is MarkStatus.PARTIAL else None,
            held_on=session.held_on,
            opens_on=None,
        )
        record(made, by="Tests", now=LONG_AGO)


def a_mark_of(run: Run) -> Mark:
    """The first mark of a run."""
    ids = [session.id for session in run.sessions]
    found = select(Mark).where(Mark.session_id.in_(ids)).order_by(Mark.id).limit(1)
    return db.session.scalars(found).one()
