"""What is decided about marks: what counts in part, what was partly held, and why somebody was absent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.bookings.models import LeavingCause
from app.core.db import Model
from app.learning.models import Mark
from app.sessions.models import TrainingSession


class PartialAcceptance(Model):
    """A trainer asks that part of a session count, with a reason; the academy agrees or not (TR-03)."""

    __tablename__ = "partial_acceptance"
    __table_args__ = (
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_at_and_by_together"),
        CheckConstraint("(decided_at IS NULL) = (is_agreed IS NULL)", name="decided_at_and_how_together"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mark_id: Mapped[int] = mapped_column(ForeignKey("mark.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(500))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(200))
    is_agreed: Mapped[bool | None]

    mark: Mapped[Mark] = relationship()


class HeldDecision(StrEnum):
    """What becomes of a session that was broken off."""

    OPEN = "open"
    COUNTS = "counts"
    AGAIN = "again"

    @property
    def label(self) -> str:
        return {"open": "To be decided", "counts": "Counts as held", "again": "To be held again"}[self]


class PartlyHeld(Model):
    """A session that was broken off after some of its minutes, and what the academy decided (U-23)."""

    __tablename__ = "partly_held"
    __table_args__ = (
        CheckConstraint("minutes >= 1", name="a_minute_or_more"),
        CheckConstraint("(decision = 'open') = (decided_at IS NULL)", name="decided_or_not"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_at_and_by_together"),
    )

    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), primary_key=True)
    minutes: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    noted_at: Mapped[datetime]
    noted_by: Mapped[str] = mapped_column(String(200))
    decision: Mapped[HeldDecision] = mapped_column(default=HeldDecision.OPEN)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(200))

    session: Mapped[TrainingSession] = relationship()


class AbsenceAnswer(Model):
    """Why somebody did not come, as their manager or they themselves said afterwards (U-02, LM-06)."""

    __tablename__ = "absence_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    mark_id: Mapped[int] = mapped_column(ForeignKey("mark.id"), unique=True)
    cause_id: Mapped[int] = mapped_column(ForeignKey("leaving_cause.id"), index=True)
    note: Mapped[str | None] = mapped_column(String(500))
    answered_at: Mapped[datetime]
    answered_by: Mapped[str] = mapped_column(String(200))

    mark: Mapped[Mark] = relationship()
    cause: Mapped[LeavingCause] = relationship()
