"""What was done: kept with the actor's name as it was, so that it can lie below people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, Who


class AuditEntry(Model):
    """One action. `verb` is "thing:done" ("booking:cancelled"); `changes` maps a field to [before, after]."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_thing", "thing_type", "thing_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_user_id: Mapped[int | None]
    actor_name: Mapped[Who]
    verb: Mapped[str] = mapped_column(String(80), index=True)
    thing_type: Mapped[str] = mapped_column(String(60))
    thing_id: Mapped[int | None]
    thing_label: Mapped[str] = mapped_column(String(300))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str | None] = mapped_column(String(500))
