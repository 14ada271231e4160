"""Many rows at once: thought out in Python, entered by the quickest way that each engine has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, Engine, Table, text

from app.core.db import Base

BY = "Generator"
Row = Sequence[Any]


class Draft:
    """The rows of every table, as they are thought out; each is given its id."""

    def __init__(self, since: datetime) -> None:
        self.since = since
        self._ids = {name: count(1) for name in Base.metadata.tables}
        self.rows: dict[str, tuple[tuple[str, ...], list[Row]]] = {}

    def add(self, table: str, *, has_id: bool = True, **values: Any) -> int:
        """Note a row of a table; its id. All rows of a table name the same columns."""
        ident = next(self._ids[table])
        if has_id:
            values["id"] = ident
        columns, lines = self.rows.setdefault(table, (tuple(values), []))
        lines.append(tuple(values[name] for name in columns))
        return ident

    def fact(self, table: str, **values: Any) -> int:
        """Note a recorded fact that stands, known since the beginning."""
        return self.add(
            table, **values, recorded_at=self.since, recorded_by=BY, entered_at=self.since,
            superseded_at=None, superseded_by=None,
        )  # fmt: skip

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each table was given."""
        return {name: len(lines) for name, (_, lines) in self.rows.items()}

    def enter(self, connection: Connection) -> None:
        """Enter everything into an empty database. The caller commits."""
        for table in Base.metadata.sorted_tables:
            if table.name in self.rows:
                columns, lines = self.rows[table.name]
                _insert(connection, table, columns, _as_stored(connection, table, columns, lines))
        if connection.dialect.name == "postgresql":
            _number_on(connection, [name for name in self.rows if "id" in self.rows[name][0]])


def _insert(connection: Connection, table: Table, columns: Sequence[str], lines: Iterator[Row]) -> None:
    cursor = connection.connection.cursor()
    names = ", ".join(f'"{name}"' for name in columns)
    if connection.dialect.name == "postgresql":
        with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for line in lines:
                copy.write_row(line)
    else:
        marks = ", ".join("?" * len(columns))
        cursor.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', lines)
    cursor.close()


def _as_stored(
    connection: Connection, table: Table, columns: Sequence[str], lines: Iterable[Row]
) -> Iterator[Row]:
    """The rows as SQLAlchemy itself would send them, each different value worked out once."""
    steps: list[tuple[int, Callable[[Any], Any], dict[Any, Any]]] = []
    for index, name in enumerate(columns):
        convert = table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        if convert is not None:
            steps.append((index, convert, {}))
    for line in lines:
        stored = list(line)
        for index, convert, known in steps:
            value = stored[index]
            if value not in known:
                known[value] = convert(value)
            stored[index] = known[value]
        yield stored


def _number_on(connection: Connection, tables: Iterable[str]) -> None:
    """PostgreSQL's counters go on after the ids that were given."""
    for name in tables:
        sequence = connection.scalar(text(f"SELECT pg_get_serial_sequence('\"{name}\"', 'id')"))
        if sequence:
            connection.execute(text(f"SELECT setval('{sequence}', (SELECT max(id) FROM \"{name}\"))"))


def settle(engine: Engine) -> None:
    """What autovacuum, or the nightly job, does within minutes of so many rows."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    else:
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))
