"""E-mails that arrived and that did not, as tests make them."""

from __future__ import annotations

from datetime import datetime

from app.core.db import db
from app.outbox.models import Message, MessageState


def bounced(
    address: str | None, *, at: datetime, state: MessageState = MessageState.FAILED, text: str = "Hello"
) -> None:
    db.session.add(
        Message(
            key=f"test:{address}:{at}:{state}",
            kind="joining",
            to_address=address,
            to_name="Somebody",
            subject="Hello",
            text=text,
            html="",
            state=state,
            created_at=at,
            next_try_at=at,
            sent_at=at if state is MessageState.SENT else None,
        )
    )
    db.session.flush()
