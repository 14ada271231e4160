"""Which days to come trainers hold, and which of those they have been told of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from app.core.db import db, live
from app.outbox.models import Message
from app.sessions.models import Run, RunState, SessionDate, TrainingSession

TRAINER_DAYS = "trainer_days"  # the kind of the message that tells a trainer of the days they hold


def trainer_days_untold(now: datetime, *, run_id: int | None = None) -> dict[tuple[int, int], list[int]]:
    """By run and trainer, the ids of the sessions to come that the trainer has not been told of; of all runs,
    or of one. The keys of the messages say which were told: `run:42:held_by:7:120,121`."""
    held = (
        select(TrainingSession.run_id, TrainingSession.trainer_id, TrainingSession.id)
        .join(Run, Run.id == TrainingSession.run_id)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .where(
            Run.state == RunState.SCHEDULED,
            TrainingSession.trainer_id.is_not(None),
            live(SessionDate),
            SessionDate.starts_at > now,
        )
        .order_by(TrainingSession.run_id, SessionDate.starts_at)
    )
    if run_id is not None:
        held = held.where(Run.id == run_id)
    rows = db.session.execute(held).tuples().all()
    told = _told({run for run, _, _ in rows})
    untold: dict[tuple[int, int], list[int]] = {}
    for run, trainer, session in rows:
        if trainer is not None and (trainer, session) not in told:
            untold.setdefault((run, trainer), []).append(session)
    return untold


def _told(run_ids: Collection[int]) -> set[tuple[int, int]]:
    keys = select(Message.key).where(
        Message.kind == TRAINER_DAYS, Message.about_type == Run.__tablename__, Message.about_id.in_(run_ids)
    )
    parts = [key.split(":") for key in db.session.scalars(keys)]
    return {(int(part[3]), int(session)) for part in parts for session in part[4].split(",")}
