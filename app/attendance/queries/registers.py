"""What registers hold, and which of their marks are out of date."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.attendance.models import Mark, MarkStatus
from app.bookings.models import Booking, BookingState, Seat
from app.core.db import db, live
from app.people.models import Person
from app.programmes.models import CourseTerms, CourseVersion
from app.sessions.models import SessionDate, TrainingSession


def marks_of(session: TrainingSession) -> Select[tuple[Mark]]:
    """What the register of a session holds now, by name."""
    return (
        select(Mark)
        .join(Mark.person)
        .options(contains_eager(Mark.person))
        .where(Mark.session_id == session.id, live(Mark))
        .order_by(Person.last_name, Person.first_name, Person.id)
    )


def superseded_marks_of(session: TrainingSession) -> Select[tuple[Mark]]:
    """What the register held before it was corrected, latest correction first."""
    return (
        select(Mark)
        .options(joinedload(Mark.person))
        .where(Mark.session_id == session.id, Mark.superseded_at.is_not(None))
        .order_by(Mark.superseded_at.desc(), Mark.id)
    )


def register_counts(session_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """For each session, how many are on its register (a place or a mark) and how many of them are marked."""
    booked = (
        select(Seat.session_id, Booking.person_id)
        .join(Booking, Booking.id == Seat.booking_id)
        .where(
            Seat.session_id.in_(session_ids),
            Seat.released_at.is_(None),
            Booking.state == BookingState.CONFIRMED,
        )
    )
    marked = select(Mark.session_id, Mark.person_id).where(
        Mark.session_id.in_(session_ids), live(Mark), Mark.status != MarkStatus.NOT_RECORDED
    )
    listed, done = booked.union(marked).subquery(), marked.subquery()
    rows = db.session.execute(
        select(listed.c.session_id, func.count(), func.count(done.c.person_id))
        .outerjoin(
            done, (done.c.session_id == listed.c.session_id) & (done.c.person_id == listed.c.person_id)
        )
        .group_by(listed.c.session_id)
    )
    counts = {session_id: (listed_count, marked_count) for session_id, listed_count, marked_count in rows}
    return dict.fromkeys(session_ids, (0, 0)) | counts


def marks_out_of_date() -> Select[tuple[Mark]]:
    """Live marks that may no longer say when they were held, or how far back the window reaches.

    Their session has another date now, or the course's terms were recorded after them.
    """
    terms_changed = exists().where(
        CourseVersion.id == Mark.version_id,
        CourseTerms.course_id == CourseVersion.course_id,
        live(CourseTerms),
        CourseTerms.recorded_at > Mark.recorded_at,
    )
    return (
        select(Mark)
        .join(SessionDate, SessionDate.session_id == Mark.session_id)
        .where(live(Mark), live(SessionDate), or_(SessionDate.held_on != Mark.held_on, terms_changed))
        .order_by(Mark.id)
    )
