"""What registers hold, and which of their marks are out of date."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from app.bookings.models import Booking, BookingState, Seat
from app.core.db import another, db, live
from app.learning.models import Mark, MarkStatus, MarkWay, Submission
from app.learning.queries import says_something
from app.people.models import BY_NAME, Person
from app.programmes.models import CourseSettings, CourseVersion
from app.sessions.models import SessionDate, TrainingSession


def marks_of(session: TrainingSession) -> Select[tuple[Mark]]:
    """What the register of a session holds now, by name."""
    return select(Mark).join(Mark.person).where(Mark.session_id == session.id, live(Mark)).order_by(*BY_NAME)


def dates_of(session: TrainingSession) -> Select[tuple[SessionDate]]:
    """Every date that a session ever had, in the order in which they were entered."""
    return (
        select(SessionDate)
        .where(SessionDate.session_id == session.id)
        .order_by(SessionDate.entered_at, SessionDate.id)
    )


def shown_marks_of(session: TrainingSession) -> Select[Any]:
    """What `marks_of` says, in the few columns that a register of hundreds shows, and how each came there.

    Columns: id, person_id, status, minutes, counts, recorded_by, accepted_by, way (None without submission).
    """
    return (
        select(
            Mark.id, Mark.person_id, Mark.status, Mark.minutes, Mark.counts, Mark.recorded_by,
            Mark.accepted_by, Submission.way,
        )
        .outerjoin(Mark.submission)
        .where(Mark.session_id == session.id, live(Mark))
    )  # fmt: skip


def places_on_registers() -> Select[tuple[int, int]]:
    """Whose names stand on the registers of all sessions; columns: session_id, person_id.

    Who has a confirmed place, and who had one when the session began and gave it up since: a run that is
    cancelled after day 1, or a move to another run, empties no register of what has been held.
    """
    stands = and_(Seat.released_at.is_(None), Booking.state == BookingState.CONFIRMED)
    stood = and_(
        Seat.taken_at <= SessionDate.starts_at,
        Seat.released_at > SessionDate.starts_at,
        Booking.confirmed_at.is_not(None),
        Booking.state != BookingState.SUBSTITUTED,
    )
    return (
        select(Seat.session_id, Booking.person_id)
        .join(Booking, Booking.id == Seat.booking_id)
        .join(SessionDate, and_(SessionDate.session_id == Seat.session_id, live(SessionDate)))
        .where(or_(stands, stood))
    )


def people_on(session: TrainingSession) -> Select[tuple[Person]]:
    """Who is on the register of a session, by name: those who had a place when it began, and those marked."""
    placed = places_on_registers().where(Seat.session_id == session.id).with_only_columns(Booking.person_id)
    marked = select(Mark.person_id).where(Mark.session_id == session.id, live(Mark))
    return select(Person).where(Person.id.in_(placed.union(marked))).order_by(*BY_NAME)


def is_on_run(run_id: int, person_id: int) -> bool:
    """Whether somebody is on any register of a run."""
    placed = places_on_registers().where(Booking.run_id == run_id, Booking.person_id == person_id)
    marked = exists().where(
        Mark.session_id == TrainingSession.id,
        TrainingSession.run_id == run_id,
        Mark.person_id == person_id,
        live(Mark),
    )
    return db.session.scalar(select(or_(placed.exists(), marked))) or False


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
    booked = places_on_registers().where(Seat.session_id.in_(session_ids))
    marked = select(Mark.session_id, Mark.person_id).where(Mark.session_id.in_(session_ids), says_something())
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


def sessions_moved_since_marked() -> Select[tuple[int]]:
    """The sessions that were given another date since they were marked, or times that a mark is measured
    against: one with minutes, or one that somebody made by checking in. It begins at what changed, of which
    there is little."""
    moved = another(SessionDate, "moved_date")
    return (
        select(Mark.session_id)
        .join(SessionDate, SessionDate.session_id == Mark.session_id)
        .outerjoin(Mark.submission)
        .where(
            Mark.session_id.in_(select(moved.session_id).where(moved.superseded_at.is_not(None))),
            live(Mark),
            live(SessionDate),
            or_(
                SessionDate.held_on != Mark.held_on,
                and_(
                    or_(Mark.minutes.is_not(None), Submission.way == MarkWay.CHECK_IN),
                    SessionDate.entered_at > Mark.entered_at,
                ),
            ),
        )
        .distinct()
    )


def windows_of_marks_before() -> Select[tuple[int, date, date | None, int | None]]:
    """What marks say of their window that were recorded before their course had its settings, where another
    window was ever in force: session, day, since when, and the course's window in months now."""
    return (
        _recorded_before(CourseSettings.catch_up_months)
        .with_only_columns(Mark.session_id, Mark.held_on, Mark.opens_on, CourseSettings.catch_up_months)
        .distinct()
    )


def parts_measured_before() -> Select[tuple[Mark, int]]:
    """The marks "in part" that were recorded before their course had its settings, where another minimum was
    ever in force, each with the minimum now. What somebody accepted is measured no more."""
    return (
        _recorded_before(CourseSettings.minimum_percent)
        .with_only_columns(Mark, CourseSettings.minimum_percent)
        .options(joinedload(Mark.session))
        .where(Mark.status == MarkStatus.PARTIAL, Mark.accepted_by.is_(None))
    )


def _recorded_before(setting: InstrumentedAttribute[Any]) -> Select[Any]:
    before = another(CourseSettings, "terms_before")
    was_another = getattr(before, setting.key).is_distinct_from(setting)
    return (
        select(Mark)
        .join(CourseVersion, CourseVersion.id == Mark.version_id)
        .join(CourseSettings, CourseSettings.course_id == CourseVersion.course_id)
        .where(
            live(Mark),
            live(CourseSettings),
            CourseSettings.entered_at > Mark.entered_at,
            exists().where(before.course_id == CourseSettings.course_id, was_another),
        )
    )
