"""Which days to come trainers hold, and which of those they have been told of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select

from app.core.db import db, live
from app.outbox.models import Message
from app.sessions.models import Run, RunState, SessionDate, TrainingSession

# The kinds of the messages that tell a trainer of the days that they hold, and hold no more.
TRAINER_DAYS, TRAINER_DAYS_OVER = "trainer_days", "trainer_days_over"


@dataclass(frozen=True)
class TrainerDays:
    """What a trainer has not been told of a run: the ids of the sessions to come that they were given to hold
    or, unless they hold them (`is_theirs`), that were taken from them. `nth` is how many such messages they
    had of that run before."""

    run_id: int
    trainer_id: int
    is_theirs: bool
    nth: int
    session_ids: list[int] = field(default_factory=list)


@dataclass
class _Words:
    """What a trainer was told of a run: of each session, whether the last word was that they hold it."""

    count: int = 0
    holds: dict[int, bool] = field(default_factory=dict)


def trainer_days_untold(now: datetime, *, run_id: int | None = None) -> list[TrainerDays]:
    """What trainers have not been told of sessions to come: of all runs, or of one.

    Ann was told that she holds days 1 and 2. Day 2 is given to Bob: she has not been told that she holds it
    no more, nor he that he does. What is given and taken back before anybody was told is nothing to tell.
    """
    rows = db.session.execute(_to_come(now, run_id)).tuples().all()
    told = _told({run for run, *_ in rows})
    untold: dict[tuple[int, int, bool], TrainerDays] = {}
    for run, state, holder, session in rows:
        words = told[run]
        believe = {trainer for trainer, said in words.items() if said.holds.get(session)}
        holds = {holder} if holder is not None and state is RunState.SCHEDULED else set()
        for trainer in sorted((believe - {holder}) | (holds - believe)):
            is_theirs = trainer == holder
            days = TrainerDays(run, trainer, is_theirs, words[trainer].count)
            untold.setdefault((run, trainer, is_theirs), days).session_ids.append(session)
    return list(untold.values())


def _to_come(now: datetime, run_id: int | None) -> Select[tuple[int, RunState, int | None, int]]:
    """Who holds which session to come. Those of cancelled runs too: whoever held one before knows nothing."""
    found = (
        select(TrainingSession.run_id, Run.state, TrainingSession.trainer_id, TrainingSession.id)
        .join(Run, Run.id == TrainingSession.run_id)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .where(live(SessionDate), SessionDate.starts_at > now)
        .order_by(TrainingSession.run_id, SessionDate.starts_at)
    )
    return found if run_id is None else found.where(Run.id == run_id)


def _told(run_ids: Collection[int]) -> Mapping[int, Mapping[int, _Words]]:
    """By run and trainer; the keys of the messages say of which sessions: `run:42:held_by:7:120,121`."""
    messages = (
        select(Message.kind, Message.key)
        .where(
            Message.kind.in_((TRAINER_DAYS, TRAINER_DAYS_OVER)),
            Message.about_type == Run.__tablename__,
            Message.about_id.in_(run_ids),
        )
        .order_by(Message.id)
    )
    told: dict[int, dict[int, _Words]] = defaultdict(lambda: defaultdict(_Words))
    for kind, key in db.session.execute(messages).tuples():
        _, run, _, trainer, sessions, *_ = key.split(":")
        words = told[int(run)][int(trainer)]
        words.count += 1
        words.holds |= {int(one): kind == TRAINER_DAYS for one in sessions.split(",")}
    return told
