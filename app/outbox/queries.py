"""What waits in the outbox, and what became of the rest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.outbox.models import Message, MessageState


def is_due(*, now: datetime, claimed_before: datetime) -> ColumnElement[bool]:
    """Queued and its time has come, or claimed by a sender that has died since."""
    return or_(
        and_(Message.state == MessageState.QUEUED, Message.next_try_at <= now),
        and_(Message.state == MessageState.SENDING, Message.claimed_at < claimed_before),
    )


def due_ids(*, now: datetime, claimed_before: datetime) -> Select[tuple[int]]:
    """The next few messages that are due, oldest first."""
    return (
        select(Message.id)
        .where(is_due(now=now, claimed_before=claimed_before))
        .order_by(Message.next_try_at, Message.id)
        .limit(20)
    )


def messages(*, state: MessageState | None = None, kind: str | None = None) -> Select[tuple[Message]]:
    """Every message, newest first."""
    statement = select(Message).order_by(Message.created_at.desc(), Message.id.desc())
    if state is not None:
        statement = statement.where(Message.state == state)
    return statement.where(Message.kind == kind) if kind else statement


def counts_by_state() -> Select[tuple[MessageState, int]]:
    return select(Message.state, func.count()).group_by(Message.state)


def kinds() -> Select[tuple[str]]:
    """The kinds of message that there are, in order."""
    return select(Message.kind).distinct().order_by(Message.kind)
