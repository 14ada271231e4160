"""What the academy has to decide about registers, what came into one, and marks that can’t both be right."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.attendance.models import PartialAcceptance
from app.bookings.models import Booking, Seat
from app.core import clock
from app.core.db import another, db, live, row_count
from app.learning.models import HeldDecision, Mark, PartlyHeld, Submission
from app.learning.queries import says_not_held
from app.people.models import BY_NAME, Person, Spell
from app.people.queries import covers
from app.programmes.models import CourseVersion
from app.sessions.models import Run, RunState, SessionDate, TrainingSession

NOT_HELD_LOOK_BACK = timedelta(days=60)


def parts_to_decide() -> Select[tuple[PartialAcceptance]]:
    """The parts of sessions of which a trainer asks that they count, the longest waiting first. (TR-03)"""
    return (
        select(PartialAcceptance)
        .join(PartialAcceptance.mark)
        .options(
            contains_eager(PartialAcceptance.mark).options(
                joinedload(Mark.person),
                joinedload(Mark.session)
                .joinedload(TrainingSession.run)
                .joinedload(Run.version)
                .joinedload(CourseVersion.course),
            )
        )
        .where(PartialAcceptance.decided_at.is_(None), live(Mark))
        .order_by(PartialAcceptance.asked_at, PartialAcceptance.id)
    )


def parts_asked_for(session: TrainingSession) -> dict[int, PartialAcceptance]:
    """What was asked of the academy about the marks that a register holds now, by the mark’s id."""
    statement = select(PartialAcceptance).join(PartialAcceptance.mark)
    found = db.session.scalars(statement.where(Mark.session_id == session.id, live(Mark)))
    return {one.mark_id: one for one in found}


def partly_held_to_decide() -> Select[tuple[PartlyHeld]]:
    """The sessions that were broken off and of which nothing is decided, the longest waiting first. (U-23)"""
    return (
        select(PartlyHeld)
        .options(
            joinedload(PartlyHeld.session)
            .joinedload(TrainingSession.run)
            .joinedload(Run.version)
            .joinedload(CourseVersion.course)
        )
        .where(PartlyHeld.decision == HeldDecision.OPEN)
        .order_by(PartlyHeld.noted_at, PartlyHeld.session_id)
    )


def without_another_day(session: TrainingSession, now: datetime) -> Select[tuple[Person]]:
    """Who was to be at a session that was not held, and has neither done its day since nor a place for it."""
    return (
        select(Person)
        .join(Mark, Mark.person_id == Person.id)
        .where(Mark.session_id == session.id, *_lacks_its_day(now))
        .order_by(*BY_NAME)
    )


def number_without_another_day(session: TrainingSession, now: datetime) -> int:
    """How many people `without_another_day` lists."""
    return db.session.scalar(select(row_count(without_another_day(session, now)))) or 0


def not_held_to_decide(now: datetime) -> Select[tuple[TrainingSession]]:
    """The sessions of these 60 days that were not held, and from which somebody has no other day yet."""
    lacking = exists().where(Mark.session_id == TrainingSession.id, *_lacks_its_day(now))
    return (
        select(TrainingSession)
        .join(SessionDate, and_(SessionDate.session_id == TrainingSession.id, live(SessionDate)))
        .join(TrainingSession.run)
        .options(contains_eager(TrainingSession.run).joinedload(Run.version).joinedload(CourseVersion.course))
        .where(
            SessionDate.ends_at > now - NOT_HELD_LOOK_BACK,
            SessionDate.ends_at <= now,
            Run.state == RunState.SCHEDULED,
            lacking,
        )
        .order_by(SessionDate.starts_at, TrainingSession.id)
    )


def _lacks_its_day(now: datetime) -> list[ColumnElement[bool]]:
    """A mark that says "not held", of somebody who is here and has no other mark that counts for that day,
    nor a place on a later one, whatever has become of it."""
    other, run = another(Mark, "other_mark"), another(Run, "later_run")
    again, dated = another(TrainingSession, "later_session"), another(SessionDate, "later_date")
    done = exists().where(
        other.person_id == Mark.person_id,
        other.version_id == Mark.version_id,
        other.component == Mark.component,
        other.counts,
        live(other),
    )
    booked = (
        select(Seat.id)
        .join(Booking, Booking.id == Seat.booking_id)
        .join(again, again.id == Seat.session_id)
        .join(dated, and_(dated.session_id == again.id, live(dated)))
        .join(run, run.id == again.run_id)
        .where(
            Booking.person_id == Mark.person_id,
            Seat.released_at.is_(None),
            run.version_id == Mark.version_id,
            again.component_number == Mark.component,
            dated.held_on > Mark.held_on,
        )
        .correlate(Mark)
        .exists()
    )
    is_here = exists().where(Spell.person_id == Mark.person_id, live(Spell), covers(Spell, clock.day_of(now)))
    return [says_not_held(), is_here, ~done, ~booked]


def submissions_of(session: TrainingSession) -> Select[tuple[Submission, int]]:
    """What was sent to a register, newest first, and of how many people it recorded a mark. (U-13)"""
    people = (
        select(func.count(Mark.person_id.distinct()))
        .where(Mark.submission_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )
    return (
        select(Submission, people)
        .where(Submission.session_id == session.id)
        .order_by(Submission.at.desc(), Submission.id.desc())
    )
