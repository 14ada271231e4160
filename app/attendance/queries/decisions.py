"""What the academy has to decide about registers, what came into one, and marks that can’t both be right."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from app.attendance.models import HeldDecision, PartialAcceptance, PartlyHeld
from app.core.db import db, live
from app.learning.models import Mark, MarkStatus, Submission
from app.people.models import Person
from app.programmes.models import CourseVersion
from app.sessions.models import Run, SessionDate, TrainingSession

_THERE = (MarkStatus.ATTENDED, MarkStatus.ATTENDED_LATE, MarkStatus.PARTIAL)


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


def to_decide_count() -> int:
    """How much of both there is."""
    parts = select(func.count()).select_from(PartialAcceptance).join(PartialAcceptance.mark)
    held = select(func.count()).select_from(PartlyHeld).where(PartlyHeld.decision == HeldDecision.OPEN)
    waiting = parts.where(PartialAcceptance.decided_at.is_(None), live(Mark))
    return db.session.scalar(select(waiting.scalar_subquery() + held.scalar_subquery())) or 0


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


@dataclass(frozen=True)
class DoubleMark:
    """One person who is marked as there in two sessions that share a minute: one of the two is wrong."""

    person: Person
    first: Mark
    second: Mark


def double_marks() -> list[DoubleMark]:
    """Who was in two places at once, newest first; both marks stay until somebody corrects one. (U-24)"""
    other = aliased(Mark)
    date, other_date = aliased(SessionDate), aliased(SessionDate)
    with_session = joinedload(Mark.session).joinedload(TrainingSession.run)
    statement = (
        select(Mark, other)
        .join(
            other,
            and_(
                other.person_id == Mark.person_id,
                other.held_on == Mark.held_on,
                other.session_id > Mark.session_id,
            ),
        )
        .join(date, and_(date.session_id == Mark.session_id, live(date)))
        .join(other_date, and_(other_date.session_id == other.session_id, live(other_date)))
        .where(
            live(Mark),
            live(other),
            Mark.status.in_(_THERE),
            other.status.in_(_THERE),
            date.starts_at < other_date.ends_at,
            other_date.starts_at < date.ends_at,
        )
        .options(
            joinedload(Mark.person),
            with_session,
            joinedload(other.session).joinedload(TrainingSession.run),
        )
        .order_by(Mark.held_on.desc(), Mark.person_id, Mark.id, other.id)
    )
    return [DoubleMark(mark.person, mark, second) for mark, second in db.session.execute(statement)]
