"""What trainers say of their sessions, which licences they hold, and what of theirs is delivered."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.core.db import db, live
from app.programmes.models import CourseVersion
from app.sessions.models import (
    Accreditation,
    DateProposal,
    ProposalState,
    Run,
    RunState,
    SessionDate,
    Trainer,
    TrainerUnable,
    TrainingSession,
)

# --- Other dates, and who can't come -------------------------------------------------------------------


def open_proposals(now: datetime, *, run_id: int | None = None) -> Select[tuple[DateProposal]]:
    """The dates that trainers propose for sessions that have not begun, the oldest first."""
    statement = (
        select(DateProposal)
        .join(DateProposal.session)
        .join(TrainingSession.run)
        .join(SessionDate, and_(SessionDate.session_id == TrainingSession.id, live(SessionDate)))
        .options(contains_eager(DateProposal.session).contains_eager(TrainingSession.run))
        .where(
            DateProposal.state == ProposalState.PROPOSED,
            Run.state == RunState.SCHEDULED,
            SessionDate.starts_at > now,
        )
        .order_by(DateProposal.proposed_at, DateProposal.id)
    )
    return statement if run_id is None else statement.where(Run.id == run_id)


def open_proposal_for(session: TrainingSession) -> DateProposal | None:
    """The date that is proposed for a session and not answered yet."""
    return db.session.scalar(
        select(DateProposal).where(
            DateProposal.session_id == session.id, DateProposal.state == ProposalState.PROPOSED
        )
    )


def trainers_unable(now: datetime, *, run_id: int | None = None) -> Select[tuple[TrainerUnable]]:
    """The sessions, not over yet, that their trainer can't hold: still on that date, still theirs."""
    statement = (
        select(TrainerUnable)
        .join(TrainerUnable.session)
        .join(TrainingSession.run)
        .join(SessionDate, and_(SessionDate.session_id == TrainingSession.id, live(SessionDate)))
        .options(
            contains_eager(TrainerUnable.session).contains_eager(TrainingSession.run),
            joinedload(TrainerUnable.trainer),
        )
        .where(
            Run.state == RunState.SCHEDULED,
            TrainingSession.trainer_id == TrainerUnable.trainer_id,
            SessionDate.held_on == TrainerUnable.held_on,
            SessionDate.ends_at > now,
        )
        .order_by(SessionDate.starts_at, TrainingSession.id)
    )
    return statement if run_id is None else statement.where(Run.id == run_id)


# --- Licences ------------------------------------------------------------------------------------------


def licences_of(trainer_ids: Collection[int]) -> Select[tuple[Accreditation]]:
    """The licences of these trainers, by name."""
    return (
        select(Accreditation)
        .where(Accreditation.trainer_id.in_(trainer_ids))
        .order_by(func.lower(Accreditation.name), Accreditation.id)
    )


def licences_ending(first: date, last: date) -> Select[tuple[Accreditation]]:
    """The licences whose last day lies between two days, both included, the soonest first; none of a trainer
    who needs it no longer after that."""
    is_needed_after = or_(Trainer.last_day.is_(None), Trainer.last_day > Accreditation.expires_on)
    return (
        select(Accreditation)
        .join(Accreditation.trainer)
        .options(contains_eager(Accreditation.trainer))
        .where(Accreditation.expires_on.between(first, last), is_needed_after)
        .order_by(Accreditation.expires_on, Accreditation.id)
    )


def sessions_of_trainer(trainer_id: int, *, ending_after: datetime) -> Select[tuple[TrainingSession]]:
    """The sessions of a trainer that are not over yet, soonest first."""
    return (
        select(TrainingSession)
        .join(TrainingSession.run)
        .join(SessionDate, and_(SessionDate.session_id == TrainingSession.id, live(SessionDate)))
        .options(contains_eager(TrainingSession.run).joinedload(Run.version).joinedload(CourseVersion.course))
        .where(
            TrainingSession.trainer_id == trainer_id,
            Run.state == RunState.SCHEDULED,
            SessionDate.ends_at > ending_after,
        )
        .order_by(SessionDate.starts_at, TrainingSession.id)
    )
