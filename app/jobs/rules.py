"""Claiming a run of a job once, and keeping what it did."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, cast, delete, not_, text, update

from app.core.db import db
from app.core.tally import Tally
from app.jobs.models import Heartbeat, JobRun, Outcome
from app.jobs.queries import is_alive

KEEP_IDLE_RUNS = timedelta(hours=1)
KEEP_RUNS = timedelta(days=90)
TRIED_AGAIN_AFTER = timedelta(minutes=55)  # less than the hour after which a night's job is asked for again
NEVER_ENDED = "It never ended: its process was stopped, or died."

_CLAIM_ONCE = text(
    "INSERT INTO job_run (job, slot, started_at, outcome, done, skipped, failed)"
    " VALUES (:job, :slot, :started_at, :outcome, 0, 0, 0)"
    " ON CONFLICT (job, slot) DO NOTHING RETURNING id"
).bindparams(bindparam("started_at", type_=JobRun.started_at.type))


def claim(*, job: str, slot: str, now: datetime) -> int | None:
    """The id of this run of `job`, or None when another scheduler has already taken the slot.

    Example: two schedulers started by mistake both come to slot "1795824000", which is 28 November 2026,
    00:00 UTC, in seconds; the unique key lets one through. A night's job that failed or was cut off at
    02:00 has given its slot back by 03:00.
    """
    _give_back(job=job, slot=slot, now=now)
    values = {"job": job, "slot": slot, "started_at": now, "outcome": Outcome.RUNNING}
    run_id: int | None = db.session.scalar(_CLAIM_ONCE, values)
    return run_id


def _give_back(*, job: str, slot: str, now: datetime) -> None:
    """A run that has not ended for long has failed, and what failed gives its slot back; its row is kept."""
    runs = (
        update(JobRun)
        .where(JobRun.job == job, JobRun.started_at < now - TRIED_AGAIN_AFTER)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        runs.where(JobRun.outcome == Outcome.RUNNING).values(
            outcome=Outcome.FAILED, ended_at=now, failed=1, problem=NEVER_ENDED
        )
    )
    db.session.execute(
        runs.where(JobRun.slot == slot, JobRun.outcome == Outcome.FAILED).values(
            slot=JobRun.slot + " failed " + cast(JobRun.id, String)
        )
    )


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


def beat(*, scheduler: str, now: datetime) -> None:
    """A scheduler shows that it lives; those that no longer do are forgotten."""
    heart = db.session.get(Heartbeat, scheduler)
    if heart is None:
        db.session.add(Heartbeat(scheduler=scheduler, began_at=now, at=now))
    else:
        heart.began_at, heart.at = min(heart.began_at, now), now  # the clock may have been put back
    db.session.execute(delete(Heartbeat).where(Heartbeat.scheduler != scheduler, not_(is_alive(now))))
