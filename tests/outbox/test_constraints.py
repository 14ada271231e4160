"""What the database keeps of the outbox, whatever the code does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.db import db
from app.outbox.models import Message, MessageState
from tests.constraints import checks_of, refused_by

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CASES: list[tuple[str, dict[str, Any]]] = [
    ("ck_message_sent_has_a_time", {"state": MessageState.SENT, "secret": None}),
    ("ck_message_sent_has_a_time", {"sent_at": NOW}),
    ("ck_message_sending_is_claimed", {"state": MessageState.SENDING}),
    ("ck_message_sending_is_claimed", {"claimed_at": NOW}),
    ("ck_message_secret_is_forgotten", {"state": MessageState.SENT, "sent_at": NOW}),
    ("ck_message_secret_is_forgotten", {"state": MessageState.WITHDRAWN}),
    ("ck_message_waits_with_its_words", {"text": ""}),
    ("ck_message_waits_with_its_words", {"text": "", "state": MessageState.SENDING, "claimed_at": NOW}),
    ("ck_message_waits_with_its_words", {"text": "", "state": MessageState.SUPPRESSED}),
    ("ck_message_carrier_failed_with_a_problem", {"carrier_failed": True}),
]


@pytest.mark.parametrize(("constraint", "changes"), CASES)
def test_the_database_keeps_what_is_said_of_an_email(constraint: str, changes: dict[str, Any]) -> None:
    message = Message(
        key="test:1",
        kind="test",
        to_address="ada@council.example",
        to_name="Ada Marsh",
        subject="A subject",
        text="Hello",
        html="<p>Hello</p>",
        secret="s3cret",
        state=MessageState.QUEUED,
        created_at=NOW,
        next_try_at=NOW,
    )
    db.session.add(message)
    db.session.flush()
    refused_by(constraint, message, changes | {"key": "test:2"})


@pytest.mark.once
def test_every_check_has_its_case() -> None:
    assert {name for name, _ in CASES} == checks_of("outbox")
