"""Who on a run has another place at the same time, once a date was moved. (U-09)"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, select

from app.bookings.models import Booking, Seat
from app.core.db import another, db, live
from app.core.filters import clock_time, day
from app.people.models import BY_NAME, Person
from app.programmes.models import Component, Course, CourseVersion
from app.sessions.models import Run, SessionDate, TrainingSession


@dataclass(frozen=True)
class DoublyBooked:
    """Somebody on a run whose seat in a session overlaps a seat of theirs on another run."""

    booking_id: int
    person_id: int
    first_name: str
    last_name: str
    component: str
    other_booking_id: int
    other_title: str
    other_code: str
    held_on: date
    starts_at: datetime
    ends_at: datetime

    @property
    def person(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def other(self) -> str:
        """ "Signs of Safety 2-day (SOS2-07): 22 March 2022, 09:30 to 12:30"."""
        return (
            f"{self.other_title} ({self.other_code}): {day(self.held_on)}, {clock_time(self.starts_at)} to "
            f"{clock_time(self.ends_at)}"
        )


def doubly_booked(run_id: int) -> list[DoublyBooked]:
    """Who holds a seat on a run and another at the same time, by name; a shared minute is enough."""
    seat, when = another(Seat, "own_seat"), another(SessionDate, "own_date")
    other, other_seat = another(Booking, "other_booking"), another(Seat, "other_seat")
    other_when = another(SessionDate, "other_date")
    statement = (
        select(
            Booking.id,
            Person.id,
            Person.first_name,
            Person.last_name,
            Component.title,
            other.id,
            Course.title,
            Run.code,
            other_when.held_on,
            other_when.starts_at,
            other_when.ends_at,
        )
        .join(Person, Person.id == Booking.person_id)
        .join(seat, and_(seat.booking_id == Booking.id, seat.released_at.is_(None)))
        .join(when, and_(when.session_id == seat.session_id, live(when)))
        .join(TrainingSession, TrainingSession.id == seat.session_id)
        .join(Component, Component.id == TrainingSession.component_id)
        .join(other, and_(other.person_id == Booking.person_id, other.id != Booking.id))
        .join(other_seat, and_(other_seat.booking_id == other.id, other_seat.released_at.is_(None)))
        .join(other_when, and_(other_when.session_id == other_seat.session_id, live(other_when)))
        .join(Run, Run.id == other.run_id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(
            Booking.run_id == run_id,
            other_when.starts_at < when.ends_at,
            other_when.ends_at > when.starts_at,
        )
        .order_by(*BY_NAME, other_when.starts_at)
    )
    return [DoublyBooked(*row) for row in db.session.execute(statement)]
