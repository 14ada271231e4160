"""Databases for tests, on either engine: migrated once, copied for each worker, emptied after each test."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
from sqlalchemy.engine import make_url

from app import create_app
from app.config import Settings
from app.core.db import db

SECRET = "a secret for tests, which protects nothing at all"


def settings_for(database_url: str, instance_dir: Path, **others: Any) -> Settings:
    """The settings of a council's service on `database_url`: nothing is read from the environment."""
    values: dict[str, Any] = {
        "database_url": database_url,
        "instance_dir": instance_dir,
        "secret_key": SECRET,
        "public_url": "http://training.council.example",
        "council_name": "Ambleford Council",
        "support_email": "academy@council.example",
        "mail_from": "academy@council.example",
        "support_phone": "01234 567890",
        "demo": False,
        "log_level": "ERROR",
    }
    return Settings(**(values | others))


def migrate(database_url: str, instance_dir: Path) -> None:
    """Bring an empty database up to the newest migration."""
    app = create_app(settings_for(database_url, instance_dir))
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()


class Databases(ABC):
    """The databases that one test run makes on one engine."""

    engine_name: str

    def __init__(self, folder: Path, run: str) -> None:
        self.folder = folder
        self.run = run

    @abstractmethod
    def empty(self, name: str) -> str:
        """The address of a new database without tables."""

    @abstractmethod
    def copy(self, name: str) -> str:
        """The address of a new database with every table: a copy of the template, which is migrated once."""

    @abstractmethod
    def drop(self, url: str) -> None:
        """Delete a database."""

    @abstractmethod
    def cleaner(self, url: str) -> Cleaner:
        """What empties this database between tests."""

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One worker at a time: the first makes the template, the others find it."""
        with (self.folder / f"{self.run}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class Cleaner(ABC):
    """Empties a database, and puts back the rows that the migrations themselves entered.

    What the database itself refuses to remove, it removes with the refusing triggers off.
    """

    def __init__(self) -> None:
        self.tables = [table.name for table in db.metadata.sorted_tables]
        self.seeds = {name: self._rows(name) for name in self._tables_with_rows(self.tables)}
        self._others = [name for name in self.tables if name not in self.seeds]

    def clear(self) -> None:
        """Leave the database as the migrations left it. Costs little when the test wrote nothing."""
        used = self._tables_with_rows(self._others)
        changed = [name for name, rows in self.seeds.items() if self._rows(name) != rows]
        emptied = {*used, *changed}
        if emptied:  # all at once, since rows of either kind point at the other's
            self._empty([name for name in self.tables if name in emptied])
        for name in changed:
            self._enter(name, self.seeds[name])

    def _tables_with_rows(self, names: Sequence[str]) -> list[str]:
        if not names:
            return []
        parts = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names]
        return [row[0] for row in self._ask(" UNION ALL ".join(parts))]

    def _rows(self, name: str) -> list[tuple[Any, ...]]:
        return self._ask(f'SELECT * FROM "{name}" ORDER BY 1')

    @abstractmethod
    def _ask(self, statement: str) -> list[tuple[Any, ...]]: ...

    @abstractmethod
    def _empty(self, names: list[str]) -> None: ...

    @abstractmethod
    def _enter(self, name: str, rows: list[tuple[Any, ...]]) -> None: ...

    @abstractmethod
    def close(self) -> None: ...


# --- SQLite ----------------------------------------------------------------------------------------------


class SQLiteDatabases(Databases):
    engine_name = "sqlite"

    def empty(self, name: str) -> str:
        return f"sqlite:///{self.folder / f'{self.run}-{name}.sqlite'}"

    def copy(self, name: str) -> str:
        template = self.folder / f"{self.run}-template.sqlite"
        with self._alone():
            if not template.exists():
                draft = self.empty("draft")
                migrate(draft, self.folder)
                Path(_path(draft)).rename(template)
        url = self.empty(name)
        shutil.copyfile(template, _path(url))
        return url

    def drop(self, url: str) -> None:
        for ending in ("", "-wal", "-shm", ".turn"):
            Path(f"{_path(url)}{ending}").unlink(missing_ok=True)

    def cleaner(self, url: str) -> Cleaner:
        return SQLiteCleaner(url)


class SQLiteCleaner(Cleaner):
    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(_path(url), timeout=5, isolation_level=None)
        self._connection.execute("PRAGMA foreign_keys=ON")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._guards = self._ask("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        super().__init__()

    def _ask(self, statement: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement).fetchall()

    def _empty(self, names: list[str]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("PRAGMA defer_foreign_keys=ON")
        guards = [(guard, words) for guard, table, words in self._guards if table in names]
        for guard, _words in guards:
            self._connection.execute(f'DROP TRIGGER "{guard}"')
        for name in reversed(names):
            self._connection.execute(f'DELETE FROM "{name}"')
        for _guard, words in guards:
            self._connection.execute(words)
        self._connection.execute("COMMIT")

    def _enter(self, name: str, rows: list[tuple[Any, ...]]) -> None:
        marks = ", ".join("?" * len(rows[0]))
        self._connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)

    def close(self) -> None:
        self._connection.close()


def _path(url: str) -> str:
    return str(make_url(url).database)


# --- PostgreSQL ------------------------------------------------------------------------------------------


class PostgreSQLDatabases(Databases):
    """On the server that TEST_DATABASE_URL names."""

    engine_name = "postgresql"

    def __init__(self, folder: Path, run: str) -> None:
        super().__init__(folder, run)
        self._server = make_url(os.environ["TEST_DATABASE_URL"])

    def empty(self, name: str) -> str:
        return self._make(self._name(name))

    def copy(self, name: str) -> str:
        template = self._name("template")
        with self._alone():
            if not self._exists(template):
                draft = self._name("draft")
                migrate(self._make(draft), self.folder)
                self._do(f'ALTER DATABASE "{draft}" RENAME TO "{template}"')
            return self._make(self._name(name), f'TEMPLATE "{template}"')

    def drop(self, url: str) -> None:
        self._do(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def drop_all(self) -> None:
        """Delete what the run has left on the server, its template included."""
        with _connect(self._server) as connection:
            found = connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (self._name(""),)
            ).fetchall()
            for (name,) in found:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def cleaner(self, url: str) -> Cleaner:
        return PostgreSQLCleaner(url)

    def _name(self, name: str) -> str:
        return f"takeup_{self.run}_{name}"[:63]

    def _make(self, name: str, how: str = "") -> str:
        self._do(f'CREATE DATABASE "{name}" {how}')
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _exists(self, name: str) -> bool:
        with _connect(self._server) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            return found.fetchone() is not None

    def _do(self, statement: str) -> None:
        with _connect(self._server) as connection:
            connection.execute(statement)


class PostgreSQLCleaner(Cleaner):
    """DELETE, not TRUNCATE: on tables with a few rows it takes 5 ms where the other takes 70.

    As a replica, for which no trigger fires and no key is looked up. To switch triggers off by name would
    change the tables, and every statement that a connection has planned would be planned anew.
    """

    def __init__(self, url: str) -> None:
        self._connection = _connect(make_url(url))
        self._connection.execute(
            "SET lock_timeout = '5s'"
        )  # a test that left a transaction open fails, and soon
        self._connection.execute("SET session_replication_role = replica")
        super().__init__()
        self._sequences = dict(
            self._ask(
                "SELECT relname, pg_get_serial_sequence(quote_ident(relname), 'id') FROM pg_class "
                "JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'id' "
                "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
        )

    def _ask(self, statement: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement).fetchall()

    def _empty(self, names: list[str]) -> None:
        """The numbering begins again too, so that ids are what they are on SQLite."""
        deletes = [f'DELETE FROM "{name}"' for name in names]
        counters = [self._sequences[name] for name in names if self._sequences.get(name)]
        restarts = [f"SELECT setval('{counter}', 1, false)" for counter in counters]
        with self._connection.transaction():
            self._connection.execute("; ".join(deletes + restarts))

    def _enter(self, name: str, rows: list[tuple[Any, ...]]) -> None:
        marks = ", ".join(["%s"] * len(rows[0]))
        with self._connection.cursor() as cursor:
            cursor.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
            if counter := self._sequences.get(name):
                cursor.execute(f"SELECT setval('{counter}', (SELECT max(id) FROM \"{name}\"))")

    def close(self) -> None:
        self._connection.close()


def _connect(url: Any) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    )


def connect(engine_name: str, folder: Path, run: str) -> Databases:
    """The databases of a run on an engine."""
    return SQLiteDatabases(folder, run) if engine_name == "sqlite" else PostgreSQLDatabases(folder, run)
