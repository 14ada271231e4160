"""The words of e-mails are deleted when they are old; that each was written, to whom and when stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.core.errors import RuleBroken
from app.outbox import jobs, rules
from app.outbox.models import SECRET_STANDS_HERE, WAITING, Message, MessageState

NOW = datetime(2026, 3, 4, 2, tzinfo=UTC)
A_YEAR = timedelta(days=365)


def message(state: MessageState, written: datetime, key: str = "joining:booking:1", **values: Any) -> Message:
    row = Message(
        key=key, kind="joining", to_address="ada@council.example", to_name="Ada Marsh", subject="Your place",
        text=f"Hello Ada {SECRET_STANDS_HERE}", html="<p>Hello Ada</p>", calendar="BEGIN:VCALENDAR",
        secret=None if state in (MessageState.SENT, MessageState.WITHDRAWN) else "s3cret",
        state=state, created_at=written, next_try_at=written,
        sent_at=values.pop("sent_at", written) if state is MessageState.SENT else None,
        claimed_at=written if state is MessageState.SENDING else None,
        **values,
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    return row


@pytest.mark.parametrize("state", [one for one in MessageState if one not in WAITING])
@pytest.mark.parametrize(("age", "deleted"), [(A_YEAR, 0), (A_YEAR + timedelta(seconds=1), 1)])
def test_sa05_the_words_of_what_waits_no_longer_are_deleted_after_a_year(
    database: None, state: MessageState, age: timedelta, deleted: int
) -> None:
    old = message(state, NOW - age)
    assert jobs.words(NOW).done == deleted
    db.session.refresh(old)
    assert ((old.text, old.html, old.calendar, old.secret) == ("", "", None, None)) is bool(deleted)
    kept = (old.key, old.kind, old.to_address, old.to_name, old.subject, old.created_at, old.state)
    assert kept == (
        "joining:booking:1", "joining", "ada@council.example", "Ada Marsh", "Your place", NOW - age, state
    )  # fmt: skip
    assert jobs.words(NOW).done == 0


@pytest.mark.parametrize("state", WAITING)
def test_sa05_what_waits_to_be_sent_keeps_its_words(database: None, state: MessageState) -> None:
    waiting = message(state, NOW - 9 * A_YEAR)
    assert jobs.words(NOW).done == rules.delete_words(ids=[waiting.id]) == 0
    assert waiting.is_whole


def test_sa05_what_was_held_back_for_long_counts_from_when_it_was_sent(database: None) -> None:
    message(MessageState.SENT, NOW - 2 * A_YEAR, sent_at=NOW - A_YEAR)
    assert jobs.words(NOW).done == 0


def test_sa05_the_council_says_for_how_long(
    app: Flask, database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = app.config["SETTINGS"].model_copy(update={"mail_kept_days": 30})
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    message(MessageState.SENT, NOW - timedelta(days=31))
    assert jobs.words(NOW).done == 1


def test_sa05_many_are_deleted_some_at_a_time(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    for number in range(5):
        message(MessageState.SENT, NOW - 2 * A_YEAR, f"joining:booking:{number}")
    assert jobs.words(NOW).done == 5
    assert set(db.session.scalars(select(Message.text))) == {""}


def test_sa05_an_e_mail_without_its_words_is_not_sent_again(database: None) -> None:
    failed = message(MessageState.FAILED, NOW - 2 * A_YEAR)
    jobs.words(NOW)
    db.session.refresh(failed)
    with pytest.raises(RuleBroken, match="Its words were deleted"):
        rules.try_again(message=failed, now=NOW)


def test_sa05_u18_one_that_came_back_for_long_is_withdrawn_when_its_address_is_right(database: None) -> None:
    sent = message(MessageState.SENT, NOW - 2 * A_YEAR)
    jobs.words(NOW)
    db.session.refresh(sent)
    rules.note_bounce(address="ada@council.example", now=NOW)
    assert sent.problem == f"It came back after it was sent. {rules.WORDS_DELETED}"
    rules.readdress(addresses={"ada@council.example": "ada.marsh@council.example"}, now=NOW)
    assert sent.state is MessageState.WITHDRAWN
