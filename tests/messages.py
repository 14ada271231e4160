"""What was written to people, as it lies in the outbox."""

from __future__ import annotations

from sqlalchemy import select

from app.core.db import db
from app.outbox.models import Message


def messages(kind: str) -> list[Message]:
    """Every message of a kind, in the order in which they were written."""
    return list(db.session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))
