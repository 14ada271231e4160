"""What people take away from training: certificates, their own reflections, and what they did elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, Who
from app.learning.models import DatePrecision
from app.people.models import Person
from app.programmes.models import Course


@dataclass(frozen=True)
class CertifiedDay:
    """A day as a certificate states it."""

    title: str
    held_on: date
    minutes: int
    trainer: str | None
    run: str


class Certificate(Model):
    """A certificate issued for a completion. It can be withdrawn; it is not the completion (4.1).

    `days` is what is printed of each day, as it was when the certificate was issued: title, date, minutes,
    trainer, run, and the session's id. `code` is what anybody can check it by. One that stands for each
    completion: who takes a course again whose completion is valid for some months has another.
    """

    __tablename__ = "award"  # and so in the names of its constraints, as databases have them
    __table_args__ = (
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_why IS NULL)", name="withdrawn_at_and_why_together"
        ),
        Index(
            "uq_award_standing",
            "person_id",
            "course_id",
            "completed_on",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    completed_on: Mapped[date]
    days: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    issued_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[str | None] = mapped_column(String(500))

    person: Mapped[Person] = relationship()
    course: Mapped[Course] = relationship()

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None

    @property
    def certified_days(self) -> list[CertifiedDay]:
        return [
            CertifiedDay(
                title=day["title"],
                held_on=date.fromisoformat(day["date"]),
                minutes=day["minutes"],
                trainer=day["trainer"],
                run=day["run"],
            )
            for day in self.days
        ]

    @property
    def minutes(self) -> int:
        """How long the days were, as far as they were attended."""
        return sum(day.minutes for day in self.certified_days)

    @property
    def trainers(self) -> list[str]:
        """Who led the days, each once."""
        return list(dict.fromkeys(day.trainer for day in self.certified_days if day.trainer))

    @property
    def runs(self) -> str:
        """Where the days were done: "SOS5-03 + SOS5-04" after one was caught up (U-03)."""
        return " + ".join(dict.fromkeys(day.run for day in self.certified_days))


class Reflection(Model):
    """What somebody wrote for themselves about a course, for Social Work England's CPD (ST-11).

    They may write again some months later: each is one of several. Nobody else reads them: no page, list,
    export or search of anybody else's fetches this table.
    """

    __tablename__ = "reflection"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    learnt: Mapped[str] = mapped_column(Text, default="")
    changes: Mapped[str] = mapped_column(Text, default="")
    written_at: Mapped[datetime]

    course: Mapped[Course] = relationship()


class ClaimState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return {"open": "Waits for the academy", "approved": "Accepted", "refused": "Not accepted"}[self]


class DeclaredTraining(Model):
    """Training that somebody says they took elsewhere; once the academy approves it is a completion."""

    __tablename__ = "declared_training"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_or_not"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_at_and_by_together"),
        CheckConstraint(
            "(state = 'approved') = (past_completion_id IS NOT NULL)", name="approved_is_a_completion"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    completed_on: Mapped[date]
    precision: Mapped[DatePrecision] = mapped_column(default=DatePrecision.EXACT)
    provider: Mapped[str] = mapped_column(String(200))
    evidence: Mapped[str] = mapped_column(Text)
    declared_at: Mapped[datetime]
    declared_by: Mapped[Who]
    state: Mapped[ClaimState] = mapped_column(default=ClaimState.OPEN)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[Who | None]
    answer: Mapped[str | None] = mapped_column(String(500))
    past_completion_id: Mapped[int | None] = mapped_column(ForeignKey("past_completion.id"), unique=True)

    person: Mapped[Person] = relationship()
    course: Mapped[Course] = relationship()
