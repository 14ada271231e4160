"""What somebody may have to be reminded of: read afresh at each run, so that no future is stored."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.attendance.models import RegisterLink
from app.attendance.queries import places_on_registers
from app.bookings.models import Booking, BookingState
from app.bookings.queries import confirmed_count, is_booked
from app.core.db import live
from app.learning.models import Mark
from app.learning.queries import says_something, standings
from app.people.models import Person, Spell
from app.people.queries import spells_on
from app.programmes.models import Course, CourseSettings, CourseVersion
from app.sessions.models import Run, RunState, SessionDate, TrainingSession
from app.sessions.queries import spans


def runs_with_sessions_between(start: datetime, end: datetime) -> Select[tuple[Run]]:
    """Scheduled runs that have a session starting between two instants, with all their sessions."""
    near = (
        select(TrainingSession.run_id)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .where(live(SessionDate), SessionDate.starts_at > start, SessionDate.starts_at <= end)
    )
    return (
        select(Run)
        .where(Run.state == RunState.SCHEDULED, Run.id.in_(near))
        .options(selectinload(Run.sessions), joinedload(Run.version))
        .order_by(Run.id)
    )


def confirmed_bookings(run: Run, *, confirmed_before: datetime) -> Select[tuple[Booking]]:
    """The run's bookings that were confirmed before an instant, with the person and the seats held."""
    return (
        select(Booking)
        .join(Booking.person)
        .options(contains_eager(Booking.person), selectinload(Booking.seats))
        .where(
            Booking.run_id == run.id,
            Booking.state == BookingState.CONFIRMED,
            Booking.confirmed_at < confirmed_before,
        )
        .order_by(Booking.id)
    )


def sessions_without_all_marks(
    *, ended_before: datetime, ended_after: datetime | None = None
) -> Select[tuple[TrainingSession]]:
    """Sessions that have ended with somebody on their register who has no mark, or only "not recorded"."""
    listed = places_on_registers().subquery()
    marked = exists().where(
        Mark.session_id == listed.c.session_id,
        Mark.person_id == listed.c.person_id,
        says_something(),
    )
    unmarked = exists().where(listed.c.session_id == TrainingSession.id, ~marked)
    statement = (
        select(TrainingSession)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .join(TrainingSession.run)
        .options(contains_eager(TrainingSession.run).joinedload(Run.version))
        .where(
            live(SessionDate),
            Run.state == RunState.SCHEDULED,
            SessionDate.ends_at <= ended_before,
            unmarked,
        )
        .order_by(SessionDate.ends_at, TrainingSession.id)
    )
    return statement if ended_after is None else statement.where(SessionDate.ends_at > ended_after)


def register_links(session: TrainingSession) -> Select[tuple[RegisterLink]]:
    """The links to a session's register that were sent to somebody and not taken back."""
    return (
        select(RegisterLink)
        .where(
            RegisterLink.session_id == session.id,
            RegisterLink.revoked_at.is_(None),
            RegisterLink.to_email.is_not(None),
        )
        .order_by(RegisterLink.id)
    )


def courses_with_validity() -> Select[tuple[int, int | None]]:
    """The courses whose completions run out, with after how many months."""
    return (
        select(CourseSettings.course_id, CourseSettings.validity_months)
        .where(live(CourseSettings), CourseSettings.validity_months.is_not(None))
        .order_by(CourseSettings.course_id)
    )


def expiring(
    course_id: int, *, as_at: date, last_before: date, person_id: int | None = None
) -> Select[tuple[int, date]]:
    """Whose completion of a course is current on a day, and was closed last before another: those of them who
    are in post, have an address and have not booked it again; of everybody, or of one person. Columns:
    person_id, last_on."""
    stands = standings([course_id], as_at=as_at, person_id=person_id).subquery()
    return (
        select(stands.c.person_id, stands.c.last_on)
        .join(Person, Person.id == stands.c.person_id)
        .where(
            stands.c.is_current,
            stands.c.last_on < last_before,
            Person.email.is_not(None),
            Person.id.in_(spells_on(as_at).with_only_columns(Spell.person_id)),
            ~is_booked(course_id, on=as_at),
        )
        .order_by(stands.c.person_id)
    )


def under_filled_runs(now: datetime, until: datetime) -> Select[tuple[Run, Course, datetime, int]]:
    """Runs that begin between two instants with fewer confirmed people than their minimum, soonest first.

    Those of which the academy decided that they are held all the same are left out (AM-18).
    """
    starts, confirmed = spans(), confirmed_count()
    return (
        select(Run, Course, starts.c.starts_at, confirmed.label("confirmed"))
        .join(starts, starts.c.run_id == Run.id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(
            Run.state == RunState.SCHEDULED,
            starts.c.starts_at > now,
            starts.c.starts_at <= until,
            confirmed < Run.minimum_places,
            Run.goes_ahead_at.is_(None),
        )
        .order_by(starts.c.starts_at, Run.id)
    )
