"""Claiming a run of a job once, and keeping what it did."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from app.core.db import db
from app.core.tally import Tally
from app.jobs.models import Heartbeat, JobRun, Outcome

KEEP_IDLE_RUNS = timedelta(hours=1)
KEEP_RUNS = timedelta(days=90)


def claim(*, job: str, slot: str, now: datetime) -> int | None:
    """The id of this run of `job`, or None when another scheduler has already taken the slot.

    Example: two schedulers started by mistake both come to slot "2026-11-20T08:00"; the unique key lets
    one through.
    """
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(JobRun)
        .values(job=job, slot=slot, started_at=now, outcome=Outcome.RUNNING, done=0, skipped=0, failed=0)
        .on_conflict_do_nothing(index_elements=["job", "slot"])
        .returning(JobRun.id)
    )
    run_id: int | None = db.session.scalar(statement)
    return run_id


def finish(*, run_id: int, tally: Tally, now: datetime) -> None:
    """Keep what a run did, and drop what is of no more use: idle runs after an hour, others after 90 days."""
    run = db.session.get_one(JobRun, run_id)
    run.ended_at = now
    run.outcome = Outcome.FAILED if tally.failed else Outcome.DONE
    run.done, run.skipped, run.failed = tally.done, tally.skipped, tally.failed
    run.problem = tally.problem or None
    idle = (JobRun.outcome == Outcome.DONE) & (JobRun.done + JobRun.skipped == 0)
    db.session.execute(
        delete(JobRun).where(
            JobRun.job == run.job,
            (idle & (JobRun.started_at < now - KEEP_IDLE_RUNS)) | (JobRun.started_at < now - KEEP_RUNS),
            JobRun.id != run.id,
        )
    )


def beat(*, now: datetime) -> None:
    """The scheduler shows that it lives."""
    heart = db.session.get(Heartbeat, 1)
    if heart is None:
        db.session.add(Heartbeat(id=1, at=now))
    else:
        heart.at = now
