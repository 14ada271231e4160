"""Files that were brought in, what they changed, and how to take it back."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, Who
from app.figures.models import Target


class ImportKind(StrEnum):
    PEOPLE = "people"
    COMPLETIONS = "completions"
    PARTNERS = "partners"
    COHORT = "cohort"
    RUNS = "runs"
    ATTENDANCE = "attendance"

    @property
    def label(self) -> str:
        return {
            "people": "People from HR",
            "completions": "Past completions",
            "partners": "Partners",
            "cohort": "Members of a cohort",
            "runs": "Runs and their dates",
            "attendance": "Attendance",
        }[self]


class ImportState(StrEnum):
    PREVIEWED = "previewed"
    APPLIED = "applied"
    UNDONE = "undone"

    @property
    def label(self) -> str:
        return {"previewed": "Not applied", "applied": "Applied", "undone": "Undone"}[self]


class FileImport(Model):
    """One file: kept as it came while it is previewed, and with what it changed once applied.

    `changes` holds the counts and the differences that the page shows, and which rows were recorded and
    superseded, so that the import can be undone. `content` is emptied when the file is applied. Both may be
    large, and are read only where they are asked for.
    """

    __tablename__ = "file_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ImportKind]
    state: Mapped[ImportState]
    filename: Mapped[str] = mapped_column(String(250))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    target_id: Mapped[int | None] = mapped_column(ForeignKey("target.id"))
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime | None]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[Who]
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[Who | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[Who | None]
    changes: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)

    target: Mapped[Target | None] = relationship()
