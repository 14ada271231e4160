"""What the jobs did, whether the scheduler lives, and whether the tables are those of this version."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import ColumnElement, Select, and_, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app.core.db import db
from app.jobs.models import Heartbeat, JobRun, Outcome

HEARTBEAT_LASTS = timedelta(minutes=2)
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"


def runs() -> Select[tuple[JobRun]]:
    """Every run that is kept, newest first."""
    return select(JobRun).order_by(JobRun.started_at.desc(), JobRun.id.desc())


def last_runs() -> dict[str, JobRun]:
    """The newest run of each job, by the job's name."""
    newest = select(func.max(JobRun.id)).group_by(JobRun.job)
    return {run.job: run for run in db.session.scalars(select(JobRun).where(JobRun.id.in_(newest)))}


def failed_last(names: Collection[str]) -> list[str]:
    """Which of these jobs failed when they ran last."""
    return [name for name, run in last_runs().items() if name in names and run.outcome is Outcome.FAILED]


def last_heartbeat() -> datetime | None:
    """When a scheduler last showed that it lives."""
    return db.session.scalar(select(func.max(Heartbeat.at)))


def schedulers(now: datetime) -> list[str]:
    """The schedulers at work: those that have shown within two minutes that they live.

    Of two, both, once the first has shown it after the second began; one that was stopped and started again
    is one.
    """
    found = db.session.scalars(select(Heartbeat).where(is_alive(now)).order_by(Heartbeat.began_at)).all()
    return [one.scheduler for one in found if one.at >= found[-1].began_at]


def is_alive(now: datetime) -> ColumnElement[bool]:
    """Whether a scheduler's last sign of life is of these two minutes: one that is later was given while the
    clock was ahead, and says nothing of now."""
    return and_(Heartbeat.at > now - HEARTBEAT_LASTS, Heartbeat.at < now + HEARTBEAT_LASTS)


def scheduler_lives(now: datetime) -> bool:
    """Whether a scheduler has shown that it lives within two minutes."""
    return bool(schedulers(now))


def eventful_runs(*, job: str = "", outcome: Outcome | None = None) -> Select[tuple[JobRun]]:
    """The runs that did something, or failed, newest first; `job` and `outcome` narrow it."""
    something = JobRun.done + JobRun.skipped + JobRun.failed > 0
    statement = runs().where(something | (JobRun.outcome == Outcome.FAILED))
    if outcome is not None:
        statement = statement.where(JobRun.outcome == outcome)
    return statement.where(JobRun.job == job) if job else statement


def database_answers() -> bool:
    """Whether the database says anything at all."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        return False
    return True


def migrations_are_applied() -> bool:
    """Whether the database has every table as this version expects it."""
    return _applied_migration() == _newest_migration()


def database_is_newer() -> bool:
    """Whether a newer version of Takeup has changed the tables, by a migration that this one lacks."""
    applied = _applied_migration()
    return applied is not None and applied > _newest_migration()


def _applied_migration() -> str | None:
    """The number of the migration that the database has come to; None while it has no tables."""
    try:
        applied: str | None = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        db.session.rollback()
        return None
    return applied


@cache
def _newest_migration() -> str:
    """The number with which the newest migration's file begins; Alembic itself would cost 7 MB to ask."""
    return max(file.name.partition("_")[0] for file in MIGRATIONS.glob("*.py"))
