"""What takes too long: what somebody else's transaction holds, and a statement without an end."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.engine import make_url

from app.bookings.models import Booking
from app.core import engines
from app.core.db import db
from app.core.permissions import Role
from app.jobs.models import JobRun
from app.sessions.models import Run
from tests import factories
from tests.exchange.samples import hr
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


@contextmanager
def some_that_are_refused(times: int, code: str = "40P01", beginning: str = "INSERT") -> Iterator[None]:
    """The next transactions that write are those that PostgreSQL ends, so that others go on."""
    to_come = [f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$"] * times

    def refuse(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if to_come and statement.startswith(beginning):
            connection.exec_driver_sql(to_come.pop())

    event.listen(db.engine, "before_cursor_execute", refuse)
    yield
    event.remove(db.engine, "before_cursor_execute", refuse)


@pytest.mark.parametrize("code", ["40P01", "40001"])
def test_of_two_who_wait_for_each_other_the_one_that_gives_up_is_done_once_more(
    pages: Pages, engine_name: str, code: str
) -> None:
    """On SQLite the writers take turns, and none waits for the other in a circle."""
    run, person = factories.run(), factories.staff()
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get(f"/runs/{run.id}/book")
    with some_that_are_refused(1 if engine_name == "postgresql" else 0, code):
        assert pages.submit(page, button="Book this place").path.startswith("/bookings/")
    assert db.session.scalars(select(Booking.person_id)).all() == [person.id]


def test_what_was_sent_with_a_file_or_after_something_was_saved_is_not_done_twice(
    pages: Pages, engine_name: str
) -> None:
    """A file can be read once; what was saved already is not saved again."""
    if engine_name != "postgresql":
        return
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    page = pages.get("/imports/people/new")
    with some_that_are_refused(1):
        pages.submit(page, {"file": (io.BytesIO(hr({})), "hr.csv")}, status=503)
    with some_that_are_refused(1, beginning="INSERT INTO audit_entry"):
        pages.post("/jobs/statistics/run", status=503)
    assert db.session.scalars(select(JobRun.job)).all() == ["statistics"]


def test_whoever_is_given_up_twice_is_asked_to_send_it_again(pages: Pages, engine_name: str) -> None:
    run, person = factories.run(), factories.staff()
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get(f"/runs/{run.id}/book")
    if engine_name == "postgresql":
        with some_that_are_refused(2):
            refused = pages.submit(page, button="Book this place", status=503)
        assert "Nothing of what you sent was saved." in refused.text
        assert "Wait a moment, then reload this page" in refused.text
    assert pages.submit(page, button="Book this place").path.startswith("/bookings/")


# --- Statements without an end -------------------------------------------------------------------------

A_WHILE = {"sqlite": "SELECT 1", "postgresql": "SELECT pg_sleep(1)"}  # none of SQLite's waits by itself


@pytest.fixture
def _hasty(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A page's statement may take a moment, not a minute."""
    monkeypatch.setattr(engines, "STATEMENT_TIMEOUT_MS", 100)
    yield
    db.session.remove()
    db.engine.dispose()  # each connection keeps the limit that it was told


@contextmanager
def one_that_takes_a_while(engine_name: str) -> Iterator[None]:
    """The next transaction begins with it."""
    to_come = [A_WHILE[engine_name]]

    def hang(connection: Any) -> None:
        if to_come:
            connection.exec_driver_sql(to_come.pop())

    event.listen(db.engine, "begin", hang)
    yield
    event.remove(db.engine, "begin", hang)


@pytest.mark.usefixtures("_hasty")
def test_a_statement_without_an_end_keeps_no_page_for_ever(pages: Pages, engine_name: str) -> None:
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    with one_that_takes_a_while(engine_name):
        page = pages.get("/accounts", status=503 if engine_name == "postgresql" else 200)
    assert ("This took too long" in page.text) is (engine_name == "postgresql")
    assert "Accounts" in pages.get("/accounts").text


@pytest.mark.usefixtures("_hasty")
def test_what_no_page_asked_for_may_take_its_time(pages: Pages, engine_name: str) -> None:
    """Also on a connection that a page had before: a job, an import by command."""
    pages.sign_in(factories.user(Role.ADMINISTRATOR)).get("/accounts")
    db.session.remove()
    db.session.execute(text(A_WHILE[engine_name]))
    if engine_name == "postgresql":
        assert db.session.scalar(text("SHOW statement_timeout")) == "0"


@pytest.mark.usefixtures("_hasty", "database")
def test_what_a_page_asks_for_may_take_its_time_only_while_it_says_so(app: Flask, engine_name: str) -> None:
    with app.test_request_context():
        with engines.taking_time():
            db.session.execute(text(A_WHILE[engine_name]))
            db.session.rollback()
        if engine_name == "postgresql":
            assert db.session.scalar(text("SHOW statement_timeout")) == "100ms"
