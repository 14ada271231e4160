"""Two schedulers started by mistake on one database send nothing twice, counted at a real SMTP server."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from app.core import clock, workdays
from app.core.db import db
from app.jobs import queries
from app.outbox.models import Message, MessageState
from tests import databases, factories

PROJECT = Path(__file__).parents[2]
PEOPLE = 30
COMES_WITHIN = 60


class Counting:
    """Notes every message that a scheduler hands over."""

    def __init__(self) -> None:
        self.arrivals: queue.Queue[str] = queue.Queue()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.arrivals.put(envelope.rcpt_tos[0])
        return "250 OK"


@pytest.fixture
def relay() -> Iterator[tuple[Counting, int]]:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    counting = Counting()
    server = Controller(counting, hostname="127.0.0.1", port=port)
    server.start()
    yield counting, port
    server.stop()


def _scheduler(database_url: str, home: Path, smtp_port: int) -> subprocess.Popen[bytes]:
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "SECRET_KEY": databases.SECRET,
        "PUBLIC_URL": "http://training.council.example",
        "INSTANCE_DIR": str(home),
        "MAIL_TRANSPORT": "smtp",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(smtp_port),
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "scheduler"]
    return subprocess.Popen(command, cwd=PROJECT, env=environment)


def test_u17_two_schedulers_send_each_reminder_once(
    app: Flask,
    database_url: str,
    relay: tuple[Counting, int],
    tmp_path: Path,
) -> None:
    counting, port = relay
    day = workdays.working_days_after(clock.today(), 2)
    run = factories.run(factories.course(components=1), days=[day], capacity=PEOPLE)
    people = [factories.staff() for _ in range(PEOPLE)]
    for person in people:
        factories.booking(run, person, confirmed_at=clock.now() - timedelta(days=20))
    addresses = {person.email for person in people}
    db.session.commit()
    schedulers = [_scheduler(database_url, tmp_path, port) for _ in range(2)]
    try:
        arrived = [counting.arrivals.get(timeout=COMES_WITHIN) for _ in range(PEOPLE)]
        _wait_for_more_rounds(schedulers)
        at_work = queries.schedulers(clock.now())
    finally:
        for one in schedulers:
            one.send_signal(signal.SIGTERM)
        codes = [one.wait(timeout=10) for one in schedulers]
    while not counting.arrivals.empty():
        arrived.append(counting.arrivals.get_nowait())
    assert codes == [0, 0]
    assert len(at_work) == 2
    assert Counter(arrived) == Counter(addresses)
    states = db.session.scalars(select(Message.state)).all()
    assert states == [MessageState.SENT] * PEOPLE


def _wait_for_more_rounds(schedulers: list[subprocess.Popen[bytes]]) -> None:
    """Both go on for a few more slots, in which anything sent twice would come."""
    with pytest.raises(subprocess.TimeoutExpired):
        schedulers[0].wait(timeout=8)
    assert schedulers[1].poll() is None
