"""A relay that takes its time: nobody who writes waits for it, and nothing goes twice. (U-17)"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from app.config import MailTransport
from app.core.db import db
from app.jobs import rules as heart
from app.outbox.models import Message, MessageState
from app.reminders import jobs, rules
from tests import factories
from tests.ports import free_port

NOW = datetime(2026, 3, 3, 8, tzinfo=UTC)


class Busy:
    """A relay that accepts a message only after somebody else has written into the database meanwhile."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.held_open: list[int] = []

    async def handle_DATA(self, *_given: Any) -> str:  # noqa: N802 - aiosmtpd's name
        with self.app.app_context():
            self.held_open.append(db.engine.pool.checkedout())  # type: ignore[attr-defined]
            heart.beat(scheduler="one", now=NOW)
            db.session.commit()
        return "250 OK"


def test_u17_while_a_relay_takes_its_time_others_write_and_no_transaction_is_open(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite everybody would wait for it; PostgreSQL would end the connection after a minute, so that what
    was sent is not noted, and is sent once more."""
    run = factories.run(factories.course(components=1), days=[date(2026, 3, 17)])
    factories.booking(run, factories.staff(), confirmed_at=datetime(2026, 2, 2, tzinfo=UTC))
    rules.remind_of_joining(run=run, now=NOW)
    db.session.commit()
    relay = Controller(busy := Busy(app), hostname="127.0.0.1", port=free_port())
    by_relay = {"mail_transport": MailTransport.SMTP, "smtp_host": "127.0.0.1", "smtp_port": relay.port}
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update=by_relay))
    relay.start()
    try:
        assert jobs.deliver(NOW).done == 1
    finally:
        relay.stop()
    assert busy.held_open == [0]
    assert db.session.scalars(select(Message.state)).all() == [MessageState.SENT]
