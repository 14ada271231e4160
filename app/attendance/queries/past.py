"""Completions that no register here shows, and training that people declare to have taken elsewhere."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.attendance.models import ClaimState, DeclaredTraining
from app.core.db import db, live
from app.learning.models import PastCompletion
from app.programmes.models import CourseVersion


def past_on(person_id: int, course_id: int, on: date) -> PastCompletion | None:
    """Somebody's past completion of a course on a day, of whichever version."""
    return db.session.scalar(
        select(PastCompletion)
        .join(CourseVersion, CourseVersion.id == PastCompletion.version_id)
        .where(
            PastCompletion.person_id == person_id,
            CourseVersion.course_id == course_id,
            PastCompletion.completed_on == on,
            live(PastCompletion),
        )
        .limit(1)
    )


def open_declaration(person_id: int, course_id: int) -> DeclaredTraining | None:
    """What somebody declared of a course and the academy has not answered yet."""
    return db.session.scalar(
        select(DeclaredTraining)
        .where(
            DeclaredTraining.person_id == person_id,
            DeclaredTraining.course_id == course_id,
            DeclaredTraining.state == ClaimState.OPEN,
        )
        .limit(1)
    )


def declarations() -> Select[tuple[DeclaredTraining]]:
    """Everything that was declared: what waits for an answer first, the oldest of it; then the newest."""
    is_open = DeclaredTraining.state == ClaimState.OPEN
    return (
        select(DeclaredTraining)
        .options(joinedload(DeclaredTraining.person), joinedload(DeclaredTraining.course))
        .order_by(is_open.desc(), DeclaredTraining.decided_at.desc(), DeclaredTraining.declared_at)
    )


def declarations_of(person_id: int) -> Select[tuple[DeclaredTraining]]:
    """What one person declared and was not accepted, or not yet: the newest first."""
    return (
        select(DeclaredTraining)
        .options(joinedload(DeclaredTraining.course))
        .where(DeclaredTraining.person_id == person_id, DeclaredTraining.state != ClaimState.APPROVED)
        .order_by(DeclaredTraining.declared_at.desc(), DeclaredTraining.id)
    )
