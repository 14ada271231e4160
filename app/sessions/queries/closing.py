"""What is held in a venue, or by a trainer, after a day: it stands in the way of their being closed."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import contains_eager

from app.core.db import live
from app.sessions.models import Run, RunState, SessionDate, Trainer, TrainingSession, Venue


def sessions_after(thing: Venue | Trainer, day: date) -> Select[tuple[TrainingSession]]:
    """The sessions there, or theirs, that are dated after `day` and not cancelled, soonest first."""
    return (
        _after(select(TrainingSession), thing, day)
        .options(contains_eager(TrainingSession.run))
        .order_by(SessionDate.starts_at, TrainingSession.id)
    )


def count_after(thing: Venue | Trainer, day: date) -> Select[tuple[int, date | None]]:
    """How many those are, and on which day the last of them is."""
    return _after(
        select(func.count(), func.max(SessionDate.held_on)).select_from(TrainingSession), thing, day
    )


def _after(statement: Select[Any], thing: Venue | Trainer, day: date) -> Select[Any]:
    column = TrainingSession.venue_id if isinstance(thing, Venue) else TrainingSession.trainer_id
    return (
        statement.join(TrainingSession.run)
        .join(SessionDate, and_(SessionDate.session_id == TrainingSession.id, live(SessionDate)))
        .where(column == thing.id, Run.state == RunState.SCHEDULED, SessionDate.held_on > day)
    )
