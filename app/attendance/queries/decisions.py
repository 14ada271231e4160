"""What the academy has to decide about registers, what came into one, and marks that can’t both be right."""

from __future__ import annotations

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.attendance.models import HeldDecision, PartialAcceptance, PartlyHeld
from app.core.db import db, live
from app.learning.models import Mark, MarkStatus, Submission
from app.programmes.models import CourseVersion
from app.sessions.models import Run, TrainingSession

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
