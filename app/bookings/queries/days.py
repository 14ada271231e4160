"""The days that a booking is for, as statements ask of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from app.bookings.models import Booking, BookingMove, Seat
from app.bookings.queries.occupancy import OPEN_STATES
from app.core.days import months_before
from app.core.db import db, live
from app.learning.models import Mark
from app.learning.queries import OUTSTANDING_DAYS, says_something
from app.programmes.models import CourseSettings, CourseVersion
from app.programmes.queries import are_known_settings
from app.sessions.models import Run, SessionDate, TrainingSession


def has_day(*when: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether any day of a booking, as it is dated now, is so: of all of its run, or the one caught up."""
    return (
        select(TrainingSession.id)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .where(
            TrainingSession.run_id == Booking.run_id,
            or_(Booking.session_id.is_(None), Booking.session_id == TrainingSession.id),
            live(SessionDate),
            *when,
        )
        .correlate(Booking)
        .exists()
    )


def may_count(on: date) -> ColumnElement[bool]:
    """Whether a day on which somebody has a place may yet be marked as one that counts, as seen on a date:
    it is to come, or its register is awaited and says nothing of them."""
    is_marked = (
        exists(Mark.id)
        .where(
            Mark.person_id == Booking.person_id,
            Mark.session_id == SessionDate.session_id,
            says_something(),
        )
        .correlate(Booking, SessionDate)
    )
    is_awaited = and_(SessionDate.held_on > on - timedelta(days=OUTSTANDING_DAYS), ~is_marked)
    return or_(SessionDate.held_on > on, is_awaited)


def places_as_marks(person_id: ColumnElement[int], known_at: datetime | None = None) -> Select[Any]:
    """Each seat of each booking as the mark that it may become, by sessions and settings as known.

    Columns: person_id (whose it is), version_id, component, held_on, opens_on (where its window begins).
    """
    return (
        select(
            person_id.label("person_id"),
            Run.version_id,
            TrainingSession.component_number.label("component"),
            SessionDate.held_on,
            months_before(SessionDate.held_on, CourseSettings.catch_up_months).label("opens_on"),
        )
        .select_from(Booking)
        .join(Seat, Seat.booking_id == Booking.id)
        .join(TrainingSession, TrainingSession.id == Seat.session_id)
        .join(Run, Run.id == TrainingSession.run_id)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(CourseSettings, CourseSettings.course_id == CourseVersion.course_id)
        .where(live(SessionDate, known_at), are_known_settings(known_at))
    )


def days_when_ended(booking_ids: Collection[int]) -> dict[int, list[date]]:
    """By booking, of those that ended: the days that it was for at that moment, in their order.

    A place on 15 March that was given up on the 1st was one on 15 March, though the run moved on the 2nd.
    """
    ended_at = select(func.max(BookingMove.at)).where(BookingMove.booking_id == Booking.id).scalar_subquery()
    is_its_day = or_(Booking.session_id.is_(None), Booking.session_id == TrainingSession.id)
    rows = db.session.execute(
        select(Booking.id, SessionDate.held_on)
        .join(TrainingSession, and_(TrainingSession.run_id == Booking.run_id, is_its_day))
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .where(
            Booking.id.in_(booking_ids),
            Booking.state.not_in(OPEN_STATES),
            live(SessionDate, ended_at),
        )
        .order_by(SessionDate.held_on)
    )
    days = defaultdict(list)
    for booking_id, held_on in rows.tuples():
        days[booking_id].append(held_on)
    return dict(days)
