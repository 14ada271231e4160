"""Ways into a register besides its page: links, and checking in."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from app.attendance.models import RegisterLink
from app.bookings import queries as bookings
from app.core.db import db, live, row_count
from app.learning.models import Mark, MarkWay, Submission
from app.sessions.models import Run, RunState, SessionDate, TrainingSession


def links_of(session: TrainingSession) -> Select[tuple[RegisterLink]]:
    """The links to a register that were made, the newest first."""
    return select(RegisterLink).where(RegisterLink.session_id == session.id).order_by(RegisterLink.id.desc())


def mark_of(session: TrainingSession, person_id: int) -> Select[tuple[Mark]]:
    """What the register of a session says now of one person."""
    return select(Mark).where(Mark.session_id == session.id, Mark.person_id == person_id, live(Mark))


def sessions_checking_in(now: datetime, *, opens_before: timedelta) -> Select[tuple[TrainingSession]]:
    """The sessions of scheduled runs that have not ended and begin within so long."""
    return (
        select(TrainingSession)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .join(TrainingSession.run)
        .options(contains_eager(TrainingSession.run))
        .where(
            live(SessionDate),
            Run.state == RunState.SCHEDULED,
            SessionDate.starts_at <= now + opens_before,
            SessionDate.ends_at > now,
        )
        .order_by(TrainingSession.id)
    )


def checked_in(session: TrainingSession) -> tuple[int, int]:
    """How many have checked in to a session, of how many who have a place in it."""
    by_themselves = (
        select(func.count(Mark.id))
        .join(Submission, Submission.id == Mark.submission_id)
        .where(Mark.session_id == session.id, live(Mark), Submission.way == MarkWay.CHECK_IN)
    )
    places = select(row_count(bookings.confirmed_on(session)))
    return db.session.scalar(by_themselves) or 0, db.session.scalar(places) or 0
