"""Merges of two records of one person, with all that each changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, Who
from app.people.models import Person

_STANDS = text("undone_at IS NULL")


class Merge(Model):
    """One record (`merged`) became part of another (`survivor`) of the same person. (AM-11, U-07)

    `changes` holds which rows were recorded, superseded, pointed elsewhere and released, so that it can be
    undone: ids, and the details that were exchanged. Once it is undone, `put_back` in it says which new row
    took the place of which, so that an earlier merge finds its own again.
    """

    __tablename__ = "merge"
    __table_args__ = (
        CheckConstraint("survivor_id <> merged_id", name="two_records"),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_at_and_by_together"),
        Index("uq_merge_stands", "merged_id", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survivor_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    merged_at: Mapped[datetime]
    merged_by: Mapped[Who]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[Who | None]
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)

    survivor: Mapped[Person] = relationship(foreign_keys=[survivor_id])
    merged: Mapped[Person] = relationship(foreign_keys=[merged_id])
