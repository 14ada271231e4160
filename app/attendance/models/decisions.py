"""What is decided about marks: what counts in part, and why somebody was absent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.bookings.models import LeavingCause
from app.core.db import Model, Who
from app.learning.models import Mark


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
    asked_by: Mapped[Who]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[Who | None]
    is_agreed: Mapped[bool | None]

    mark: Mapped[Mark] = relationship()


class AbsenceAnswer(Model):
    """Why somebody did not come to a session, as their manager or they said afterwards (U-02, LM-06).

    Of the person and the session, and not of the mark: a mark that follows a corrected date is another one,
    and the reason stays.
    """

    __tablename__ = "absence_answer"
    __table_args__ = (UniqueConstraint("person_id", "session_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), index=True)
    cause_id: Mapped[int] = mapped_column(ForeignKey("leaving_cause.id"), index=True)
    note: Mapped[str | None] = mapped_column(String(500))
    answered_at: Mapped[datetime]
    answered_by: Mapped[Who]

    cause: Mapped[LeavingCause] = relationship()
