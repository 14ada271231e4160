"""Reading the audit."""

from __future__ import annotations

from sqlalchemy import Select, select

from app.audit.models import AuditEntry


def history_of(thing_type: str, thing_id: int) -> Select[tuple[AuditEntry]]:
    """What was done to one thing, newest first; `thing_type` is its table ("person")."""
    return (
        select(AuditEntry)
        .where(AuditEntry.thing_type == thing_type, AuditEntry.thing_id == thing_id)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    )


def all_entries() -> Select[tuple[AuditEntry]]:
    """Everything that was done, newest first."""
    return select(AuditEntry).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
