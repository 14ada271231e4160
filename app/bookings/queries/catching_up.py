"""Catching up a single day: who may, and where the day can be had. (U-03, ST-09)"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.bookings.models import Booking, Seat
from app.core.db import db, live
from app.learning.models import Mark
from app.learning.queries import says_something
from app.programmes.models import Component, Course, CourseVersion
from app.sessions.models import Run, RunState, SessionDate, TrainingSession


@dataclass(frozen=True)
class DaysTaken:
    """How somebody stands with a version: the components done, and those with a session yet to come."""

    has_begun: bool
    done: frozenset[int]
    booked: dict[int, SessionDate]


def days_taken(person_id: int, version_id: int, *, now: datetime) -> DaysTaken:
    """What somebody has done, and has a seat for, of a course version. Who has been marked, or has had a
    place on a day that is over, has begun it."""
    marks = db.session.execute(
        select(Mark.component, Mark.counts).where(
            Mark.person_id == person_id,
            Mark.version_id == version_id,
            says_something(),
        )
    ).all()
    seats = db.session.execute(
        select(TrainingSession.component_number, SessionDate)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .join(Seat, Seat.session_id == TrainingSession.id)
        .join(Booking, Booking.id == Seat.booking_id)
        .join(Run, Run.id == TrainingSession.run_id)
        .where(
            Booking.person_id == person_id,
            Run.version_id == version_id,
            Seat.released_at.is_(None),
            live(SessionDate),
        )
    ).all()
    return DaysTaken(
        has_begun=bool(marks) or any(dated.ends_at <= now for _, dated in seats),
        done=frozenset(component for component, counts in marks if counts),
        booked={component: dated for component, dated in seats if dated.starts_at > now},
    )


def last_done(person_id: int, component: Component) -> date | None:
    """When somebody last did a day of a course, by a mark that counts."""
    return db.session.scalar(
        select(func.max(Mark.held_on)).where(
            Mark.person_id == person_id,
            Mark.version_id == component.version_id,
            Mark.component == component.number,
            Mark.counts,
            live(Mark),
        )
    )


def catch_up_sessions(component: Component, *, now: datetime) -> Select[tuple[TrainingSession]]:
    """The sessions of a component that are still to come, in any run of its version, soonest first."""
    return _sessions_to_come(now).where(TrainingSession.component_id == component.id)


def sessions_in_time(
    days: Collection[tuple[int, int]], *, until: date, now: datetime
) -> Select[tuple[TrainingSession]]:
    """The same of several components, each told by its version and number, up to a day."""
    is_one_of_them = [
        (Run.version_id == version_id) & (TrainingSession.component_number == number)
        for version_id, number in sorted(days)
    ]
    return _sessions_to_come(now).where(or_(false(), *is_one_of_them), SessionDate.held_on <= until)


def _sessions_to_come(now: datetime) -> Select[tuple[TrainingSession]]:
    return (
        select(TrainingSession)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .join(TrainingSession.run)
        .options(
            contains_eager(TrainingSession.run)
            .joinedload(Run.version)
            .joinedload(CourseVersion.course)
            .joinedload(Course.terms_that_apply)
        )
        .where(Run.state == RunState.SCHEDULED, live(SessionDate), SessionDate.starts_at > now)
        .order_by(SessionDate.starts_at, TrainingSession.id)
    )


def component_in_full(component_id: int) -> Select[tuple[Component]]:
    """A component with its version and course."""
    return (
        select(Component)
        .where(Component.id == component_id)
        .options(joinedload(Component.version).joinedload(CourseVersion.course))
    )
