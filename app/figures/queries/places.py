"""Sessions that were held, and the places in them: what attendance rates and forecasts read (4.9, 4.11)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.bookings.models import Booking, BookingMove, BookingState
from app.core.db import live
from app.learning.models import Mark, MarkStatus
from app.people.models import Person
from app.programmes.models import Course, CourseVersion
from app.sessions.models import Run, RunState, SessionDate, TrainingSession

CAME = (MarkStatus.ATTENDED, MarkStatus.ATTENDED_LATE, MarkStatus.PARTIAL)


def sessions_of_runs(known_at: datetime | None = None) -> Select[Any]:
    """Every session of a run that was not cancelled, with its date, course, programme and capacity."""
    return (
        select(
            TrainingSession.id.label("session_id"),
            TrainingSession.run_id,
            TrainingSession.capacity,
            SessionDate.held_on,
            CourseVersion.course_id,
            Course.programme_id,
        )
        .join(SessionDate, and_(SessionDate.session_id == TrainingSession.id, live(SessionDate, known_at)))
        .join(Run, Run.id == TrainingSession.run_id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(~_is_cancelled(known_at))
    )


def held_sessions(*, last: date, first: date | None = None, known_at: datetime | None = None) -> Select[Any]:
    """The sessions held from `first` to `last`: their day is over, and no register says "not held"."""
    not_held = exists().where(
        Mark.session_id == TrainingSession.id, live(Mark, known_at), Mark.status == MarkStatus.NOT_HELD
    )
    statement = sessions_of_runs(known_at).where(SessionDate.held_on <= last, ~not_held)
    return statement.where(SessionDate.held_on >= first) if first else statement


def _is_cancelled(known_at: datetime | None) -> ColumnElement[bool]:
    """Whether a run was cancelled; of one that was brought in as cancelled it was known from the start."""
    cancelled = Run.state == RunState.CANCELLED
    if known_at is None:
        return cancelled
    return and_(cancelled, or_(Run.cancelled_at.is_(None), Run.cancelled_at <= known_at))


def places_in(sessions: FromClause, known_at: datetime | None = None) -> Select[Any]:
    """Every place that was ever confirmed in one of these sessions, with its booking's state.

    A confirmed booking ends once, by the move that ends it: before, as was known then, it stood. A place
    that was given to a colleague is one place, and is the colleague's.
    """
    of_session = or_(Booking.session_id.is_(None), Booking.session_id == sessions.c.session_id)
    joined = and_(Booking.run_id == sessions.c.run_id, of_session)
    columns = (
        sessions.c.session_id,
        sessions.c.held_on,
        sessions.c.programme_id,
        sessions.c.course_id,
        Booking.id.label("booking_id"),
        Booking.person_id,
    )
    if known_at is None:
        state: Any = Booking.state
        return (
            select(*columns, state.label("state"))
            .select_from(sessions)
            .join(Booking, joined)
            .where(Booking.confirmed_at.is_not(None), state != BookingState.SUBSTITUTED)
        )
    ended = aliased(BookingMove)
    has_ended = and_(
        ended.booking_id == Booking.id,
        ended.from_state == BookingState.CONFIRMED,
        ended.at <= known_at,
    )
    state = func.coalesce(ended.to_state, literal(BookingState.CONFIRMED, ended.to_state.type))
    return (
        select(*columns, state.label("state"))
        .select_from(sessions)
        .join(Booking, joined)
        .outerjoin(ended, has_ended)
        .where(Booking.confirmed_at <= known_at, state != BookingState.SUBSTITUTED)
    )


def marked(places: Subquery, known_at: datetime | None = None) -> Select[Any]:
    """Each of these places with the status of its mark (None when there is none).

    What is asked as known before two records were merged finds the mark under the record that it was of,
    while the booking has gone to the one that stays (U-07).
    """
    of_session = and_(Mark.session_id == places.c.session_id, live(Mark, known_at))
    statement = select(*places.c, Mark.status.label("status")).select_from(places)
    if known_at is None:
        return statement.outerjoin(Mark, and_(of_session, Mark.person_id == places.c.person_id))
    own = select(Person.id).where(
        or_(Person.id == places.c.person_id, Person.merged_into_id == places.c.person_id)
    )
    return statement.outerjoin(Mark, and_(of_session, Mark.person_id.in_(own)))


def how_many(condition: Any) -> Any:
    """How many rows fit a condition, as a column; 0 of no rows."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
