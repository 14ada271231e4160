"""A trainer can't hold a session, such as for illness on the day: the academy is told at once. (TR-07)"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from app.accounts import queries as accounts
from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db, lock_row
from app.core.errors import NotAllowed, RuleBroken, allows
from app.core.filters import short_day
from app.core.permissions import Permission
from app.outbox import rules as outbox
from app.sessions import emails, queries
from app.sessions.models import Run, Trainer, TrainerUnable, TrainingSession


def check_can_say_unable(session: TrainingSession, by: Actor, now: datetime) -> Trainer:
    """The trainer of a session says that they can't hold it, until it is over; who that is."""
    trainer = session.trainer
    if trainer is None or by.user_id is None or trainer.user_id != by.user_id:
        raise NotAllowed("You can say this of your own sessions only.")
    if session.run.is_cancelled:
        raise RuleBroken(f"{session.run.code} was cancelled, so nobody needs to hold it.")
    if session.ends_at <= now:
        raise RuleBroken(f"{session.component.title} is over.")
    return trainer


def can_say_unable(session: TrainingSession, by: Actor, now: datetime) -> bool:
    return allows(partial(check_can_say_unable, session, by, now))


def say_unable(*, session: TrainingSession, words: str, by: Actor, now: datetime) -> None:
    """Tell the academy, by mail and on its first page, that a session has nobody to hold it.

    The academy gives it another trainer or another date, or cancels (U-05); nobody else is told. Saying it
    twice tells once.
    """
    lock_row(Run, session.run_id)
    db.session.expire(session)
    trainer = check_can_say_unable(session, by, now)
    known = db.session.get(TrainerUnable, session.id)
    if known is not None and (known.trainer_id, known.held_on) == (trainer.id, session.held_on):
        return
    said = TrainerUnable(
        session_id=session.id, trainer_id=trainer.id, held_on=session.held_on, words=words, said_at=now
    )
    db.session.merge(said)
    db.session.flush()
    _keep_in_audit(session, "run:trainer unable", by=by, now=now, reason=words or None)
    for manager in db.session.scalars(accounts.academy_managers()):
        outbox.enqueue(
            key=f"unable:{session.id}:{now:%Y%m%d%H%M%S}:{manager.id}",
            kind="trainer_unable",
            to_address=manager.email,
            to_name=manager.name,
            email=emails.trainer_unable(session, trainer, words),
            now=now,
            about=session,
            useful_until=session.ends_at,
        )


def settle_unable(*, session: TrainingSession, by: Actor, now: datetime) -> None:
    """It is held all the same, as its trainer or the academy says."""
    if not (by.can(Permission.SCHEDULE_RUNS) or queries.is_trainer_of(session.run_id, by.user_id)):
        raise NotAllowed("You can say this of your own sessions only.")
    lock_row(Run, session.run_id)
    known = db.session.get(TrainerUnable, session.id, populate_existing=True)
    if known is not None:
        db.session.delete(known)
        _keep_in_audit(session, "run:trainer able again", by=by, now=now)


def _keep_in_audit(
    session: TrainingSession, verb: str, *, by: Actor, now: datetime, reason: str | None = None
) -> None:
    changes = {session.component.title: (None, short_day(session.held_on))}
    audit.record(
        by=by, verb=verb, thing=session.run, now=now, label=session.run.code, changes=changes, reason=reason
    )
