"""Ways into a register besides its page: a link without an account, and files."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from app.core.db import Model, Who
from app.learning.models import Submission
from app.sessions.models import TrainingSession


class RegisterLink(Model):
    """A link that lets somebody without an account mark one session: who has it, and whether it was
    taken back. It is good from an hour before the session until two working days after (TR-05)."""

    __tablename__ = "register_link"
    __table_args__ = (
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked_at_and_by_together"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), index=True)
    to_name: Mapped[str] = mapped_column(String(200))
    to_email: Mapped[str | None] = mapped_column(String(254))
    made_at: Mapped[datetime]
    made_by: Mapped[Who]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[Who | None]

    session: Mapped[TrainingSession] = relationship()


class FileKind(StrEnum):
    TEAMS = "teams"
    PLAIN = "plain"

    @property
    def label(self) -> str:
        return {"teams": "Microsoft Teams attendance report", "plain": "Attendance file"}[self]


class AttendanceFile(Model):
    """A file of attendance as it was uploaded for one session, and the submission that it became.

    The file itself is kept for 90 days, then forgotten (TR-04): `content` is empty from then on.
    """

    __tablename__ = "attendance_file"
    __table_args__ = (
        CheckConstraint("submission_id IS NULL OR taken_at IS NOT NULL", name="taken_has_a_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), index=True)
    kind: Mapped[FileKind]
    filename: Mapped[str] = mapped_column(String(250))
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    uploaded_at: Mapped[datetime] = mapped_column(index=True)
    uploaded_by: Mapped[Who]
    taken_at: Mapped[datetime | None]
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), unique=True)

    session: Mapped[TrainingSession] = relationship()
    submission: Mapped[Submission | None] = relationship()
