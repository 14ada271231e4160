"""Telling trainers which days they hold, and what changed of these: each once. (U-05)"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from app.bookings import emails, files, queries
from app.bookings.queries import TrainerDays
from app.bookings.rules.notices import Moved
from app.core.db import db
from app.outbox.rules import enqueue
from app.sessions.models import Run, Trainer, TrainingSession

MOST_DAYS_AT_ONCE = 20


def tell_trainers_of_days(*, run: Run, now: datetime) -> int:
    """Tell each trainer of a run which of its days they were given since they were last told, with the
    entries for their calendar, however they were given them: a run that is scheduled, copied or read from a
    file, one more day, another trainer. Whoever was told of a day and holds it no more is told that, and
    the entry is taken back. How many messages that made."""
    return sum(_tell_of_days(run, one, now=now) for one in queries.trainer_days_untold(now, run_id=run.id))


def _tell_of_days(run: Run, untold: TrainerDays, *, now: datetime) -> bool:
    trainer = db.session.get_one(Trainer, untold.trainer_id)
    is_theirs, ids = untold.is_theirs, untold.session_ids[:MOST_DAYS_AT_ONCE]
    days = [one for one in run.sessions if one.id in ids]
    calendar = files.trainer_calendar(
        trainer,
        days,
        title=run.version.course.title,
        moved=queries.times_moved(ids),
        now=now,
        is_cancelled=not is_theirs,
    )
    what, write = ("held_by", emails.trainer_days) if is_theirs else ("over_for", emails.trainer_days_over)
    return enqueue(
        key=f"run:{run.id}:{what}:{trainer.id}:{','.join(str(one) for one in ids)}:{untold.nth}",
        kind=queries.TRAINER_DAYS if is_theirs else queries.TRAINER_DAYS_OVER,
        to_address=trainer.email,
        to_name=trainer.name,
        email=write(trainer, calendar, run=run, days=days),
        now=now,
        about=run,
        useful_until=max(one.ends_at for one in days),
    )


def tell_trainer_of_change(
    moved: Moved, *, are_others_told: bool, apart_from: int | None = None, now: datetime
) -> None:
    """To whoever held the session and holds it still: what changed, with the entry for their calendar. They
    read that the people on it are told where somebody is. `apart_from` is the account of whoever knows
    already. Where the trainer changed as well, `tell_trainers_of_days` tells both."""
    session, trainer = moved.session, moved.session.trainer
    if trainer is None or trainer is not moved.was.trainer:
        return
    if apart_from is not None and trainer.user_id == apart_from:
        return
    enqueue(
        key=f"session:{session.id}:changed:{moved.sequence}:trainer:{trainer.id}",
        kind="trainer_session_changed",
        to_address=trainer.email,
        to_name=trainer.name,
        email=emails.trainer_session_changed(
            trainer,
            trainer_entry(trainer, session, moved.sequence, now=now),
            session=session,
            was=moved.was,
            reason=moved.reason,
            are_others_told=are_others_told,
        ),
        now=now,
        about=session,
        useful_until=max(session.ends_at, moved.was.ends_at),
    )


def tell_trainers_of_end(run: Run, *, reason: str, now: datetime) -> None:
    """To each trainer of a run that is cancelled: which of the days that have not begun were theirs."""
    title, days = run.version.course.title, [one for one in run.sessions if one.starts_at > now]
    sequences, theirs = queries.times_moved([one.id for one in days]), defaultdict(list)
    for day in days:
        if day.trainer is not None:
            theirs[day.trainer].append(day)
    for trainer, held in theirs.items():
        calendar = files.trainer_calendar(
            trainer, held, title=title, moved=sequences, now=now, is_cancelled=True
        )
        enqueue(
            key=f"run:{run.id}:cancelled:trainer:{trainer.id}",
            kind="trainer_run_cancelled",
            to_address=trainer.email,
            to_name=trainer.name,
            email=emails.trainer_run_cancelled(trainer, calendar, run=run, days=held, reason=reason),
            now=now,
            about=run,
            useful_until=max(one.ends_at for one in held),
        )


def trainer_entry(
    trainer: Trainer, session: TrainingSession, sequence: int, *, now: datetime, is_cancelled: bool = False
) -> str:
    """The entry of one session for its trainer’s calendar, or its withdrawal."""
    return files.trainer_calendar(
        trainer,
        [session],
        title=session.run.version.course.title,
        moved={session.id: sequence},
        now=now,
        is_cancelled=is_cancelled,
    )
