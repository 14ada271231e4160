"""What each engine promises: foreign keys and writers' turns on SQLite, limits and plans on PostgreSQL."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask import has_request_context
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import OperationalError

from app.core.db import is_reading
from app.core.lengths import refuse_too_long
from app.core.names import folded, unaccented

BUSY_TIMEOUT_MS = 10_000
LOCK_TIMEOUT_MS = 30_000  # a few requests that wait for one lock are all that a server answers at once
STATEMENT_TIMEOUT_MS = 60_000  # of a page: a statement without an end would keep one of those few for ever

_may_take_time: ContextVar[bool] = ContextVar("may_take_time", default=False)


@contextmanager
def taking_time() -> Iterator[None]:
    """Transactions begun inside may take their time, though a page asks for them: those of a job, by hand."""
    token = _may_take_time.set(True)
    try:
        yield
    finally:
        _may_take_time.reset(token)


_FOR_ANOTHER = {"40P01", "40001"}  # of two that wait for each other, or can't both be
_GIVEN_UP = {"55P03", "57014", "SQLITE_BUSY", *_FOR_ANOTHER}  # a lock not given, a statement without an end


def has_waited_too_long(error: Exception) -> bool:
    """Whether a statement gave up: somebody else’s transaction holds what it needs, or it has no end.

    Of two that wait for each other, for ever but for the database, one is given up, and the other goes on.
    """
    return bool(_codes(error) & _GIVEN_UP)


def was_given_up_for_another(error: Exception) -> bool:
    """Whether the database ended the transaction so that another could go on: once more, it may go well."""
    return bool(_codes(error) & _FOR_ANOTHER)


def _codes(error: Exception) -> set[str | None]:
    reason = error.orig if isinstance(error, OperationalError) else None
    return {getattr(reason, "sqlstate", None), getattr(reason, "sqlite_errorname", None)}


_commits: ContextVar[int] = ContextVar("commits", default=0)


def commits() -> int:
    """How many transactions this thread has committed so far: as many as before, and nothing was saved."""
    return _commits.get()


def _count_commit(_connection: Connection) -> None:
    _commits.set(_commits.get() + 1)


def prepare_engine(engine: Engine) -> None:
    """Give the engine its promises: foreign keys, lengths, turns on SQLite; limits, plans on PostgreSQL."""
    event.listen(engine, "commit", _count_commit)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "before_cursor_execute", refuse_too_long)
        event.listen(engine, "checkin", _end_turn)
        event.listen(engine, "close", _end_turn)
    else:
        event.listen(engine, "do_connect", _connect_postgresql)
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "checkout", _limit_statements)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's own BEGIN below, not the driver's late one
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
    connection.create_function("folded", 1, lambda name: name and folded(name), deterministic=True)
    connection.create_function("unaccented", 1, unaccented, deterministic=True)


def _connect_postgresql(_dialect: Dialect, _record: Any, args: Any, options: Any) -> Any:
    from app.core.plans import PlansKept  # with a driver that nobody needs on SQLite

    return PlansKept.connect(*args, **options)


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        # What is asked again and again is planned once: for a booking, planning took longer than running.
        cursor.execute("SET plan_cache_mode = 'force_generic_plan'")
        cursor.execute("SET jit = off")  # compiling a statement of figures takes longer than running it
        cursor.execute("SET idle_in_transaction_session_timeout = '60s'")
        cursor.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
    connection.commit()


def _limit_statements(connection: Any, record: Any, _proxy: Any) -> None:
    """A page's statements end after a minute; a job's and a command's may take their time, and a migration
    says itself how long its own may take.

    A connection keeps what it was told, so that a web server tells each of its own once.
    """
    limit = STATEMENT_TIMEOUT_MS if has_request_context() and not _may_take_time.get() else 0
    if record.info.get("limit", 0) != limit:
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = {limit}")
        connection.commit()
        record.info["limit"] = limit


def _begin_sqlite(connection: Connection) -> None:
    """A reader begins DEFERRED; a writer waits for its turn, then begins IMMEDIATE."""
    if is_reading():
        connection.exec_driver_sql("BEGIN")
        return
    _take_turn(connection)
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _take_turn(connection: Connection) -> None:
    """Queue for the writers' turn, across threads and processes.

    The kernel wakes those who wait for a file lock in the order in which they came; SQLite's own busy
    handler sleeps and tries again, so that an unlucky writer can wait for seconds. A process that dies
    gives its turn back.
    """
    path = connection.engine.url.database
    record = connection.connection._connection_record  # noqa: SLF001 - the pool's own place for such things
    if path is None or record is None or "turn" in record.info:
        return
    turn = os.open(f"{path}.turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(turn, fcntl.LOCK_EX)
    record.info["turn"] = turn


def _end_turn(_connection: Any, record: Any) -> None:
    turn = record.info.pop("turn", None)
    if turn is not None:
        os.close(turn)
