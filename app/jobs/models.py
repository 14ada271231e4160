"""What the timetable ran, and that its process is alive."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model
from app.core.tally import Tally


class Outcome(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return {"running": "Running", "done": "Done", "failed": "Failed"}[self]


class JobRun(Model):
    """One run of a job. `slot` is the time that the timetable meant; it is claimed once, however many
    schedulers were started, and once more after a run that failed. A run by hand has a slot of its own."""

    __tablename__ = "job_run"
    __table_args__ = (Index("uq_job_run_slot", "job", "slot", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(60))
    slot: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    outcome: Mapped[Outcome] = mapped_column(default=Outcome.RUNNING)
    done: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None] = mapped_column(Text)

    @property
    def tally(self) -> Tally:
        """What it did."""
        return Tally(self.done, self.skipped, self.failed, self.problem or "")


class Heartbeat(Model):
    """When a scheduler, such as "takeup-1, process 4711", began and last showed that it lives."""

    __tablename__ = "heartbeat"

    scheduler: Mapped[str] = mapped_column(String(300), primary_key=True)
    began_at: Mapped[datetime]
    at: Mapped[datetime]
