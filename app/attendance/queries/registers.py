"""What registers hold, and which of their marks are out of date."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from app.bookings.models import Booking, BookingState, Seat
from app.core.db import db, live
from app.learning.models import Mark, MarkStatus
from app.people.models import Person
from app.programmes.models import CourseTerms, CourseVersion
from app.sessions.models import SessionDate, TrainingSession


def marks_of(session: TrainingSession) -> Select[tuple[Mark]]:
    """What the register of a session holds now, by name, and how each mark came there."""
    return (
        select(Mark)
        .join(Mark.person)
        .options(contains_eager(Mark.person), joinedload(Mark.submission))
        .where(Mark.session_id == session.id, live(Mark))
        .order_by(Person.last_name, Person.first_name, Person.id)
    )


def people_placed_in(session: TrainingSession) -> Select[tuple[Person]]:
    """Who has a confirmed place in a session, by name."""
    return (
        select(Person)
        .join(Booking, Booking.person_id == Person.id)
        .join(Seat, Seat.booking_id == Booking.id)
        .where(
            Seat.session_id == session.id,
            Seat.released_at.is_(None),
            Booking.state == BookingState.CONFIRMED,
        )
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


def sessions_with_marks_out_of_date() -> Select[tuple[int]]:
    """The sessions whose live marks may no longer say what they were fixed from.

    The session was given another date, or a length that minutes are measured against; or the course
    has another catch-up window since. Each half begins at what changed, of which there is little.
    """
    another = aliased(SessionDate)
    moved = (
        select(Mark.session_id)
        .join(SessionDate, SessionDate.session_id == Mark.session_id)
        .where(
            Mark.session_id.in_(select(another.session_id).where(another.superseded_at.is_not(None))),
            live(Mark),
            live(SessionDate),
            or_(
                SessionDate.held_on != Mark.held_on,
                and_(Mark.minutes.is_not(None), SessionDate.entered_at > Mark.entered_at),
            ),
        )
    )
    before = aliased(CourseTerms)
    changed = (
        select(Mark.session_id)
        .join(CourseVersion, CourseVersion.id == Mark.version_id)
        .join(CourseTerms, CourseTerms.course_id == CourseVersion.course_id)
        .where(
            CourseVersion.course_id.in_(select(before.course_id).where(before.superseded_at.is_not(None))),
            live(Mark),
            live(CourseTerms),
            CourseTerms.entered_at > Mark.entered_at,
        )
    )
    found = moved.union(changed).subquery()
    return select(found.c.session_id).order_by(found.c.session_id)
