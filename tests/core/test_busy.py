"""What somebody else's transaction holds for too long."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.engine import make_url

from app.core.db import db
from app.core.permissions import Role
from app.sessions.models import Run
from tests import factories
from tests.pages import Pages

Held = Callable[[Run], Any]


@contextmanager
def held_on_sqlite(_run: Run) -> Iterator[None]:
    """A program that has the file open, such as one that copies it, and writes."""
    with closing(sqlite3.connect(str(db.engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def held_on_postgresql(run: Run) -> Iterator[None]:
    url = make_url(db.engine.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as other:
        other.execute("SELECT id FROM run WHERE id = %s FOR UPDATE", (run.id,))
        yield


@pytest.fixture
def _impatient(engine_name: str) -> Iterator[None]:
    """Nobody waits for the real time."""
    ask = {"sqlite": "PRAGMA busy_timeout = 1", "postgresql": "SET LOCAL lock_timeout = 1"}[engine_name]

    def hurry(connection: Any) -> None:
        connection.exec_driver_sql(ask)

    event.listen(db.engine, "begin", hurry, insert=True)
    yield
    event.remove(db.engine, "begin", hurry)
    db.session.remove()
    db.engine.dispose()  # a file keeps its patience with each connection


@pytest.mark.usefixtures("_impatient")
def test_whoever_waits_too_long_for_another_is_asked_to_try_again(pages: Pages, engine_name: str) -> None:
    """Not a crash without an end: a page says that nothing was saved, and the same press works later."""
    held: Held = {"sqlite": held_on_sqlite, "postgresql": held_on_postgresql}[engine_name]
    run, person = factories.run(), factories.staff()
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get(f"/runs/{run.id}/book")
    with held(run):
        refused = pages.submit(page, button="Book this place", status=503)
    assert "Nothing of what you sent was saved." in refused.text
    assert pages.submit(page, button="Book this place").path.startswith("/bookings/")
