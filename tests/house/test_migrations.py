"""The migrations make exactly what the models say, on both engines, and can be taken back."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import CheckConstraint, Enum, inspect, text
from sqlalchemy.engine import Connection

from app import create_app
from app.core.db import db
from tests.databases import Databases, settings_for
from tests.house.source import PROJECT

SCRIPTS = ScriptDirectory(str(PROJECT / "migrations"))
NAMES = {
    "sqlite": """
        SELECT tbl_name, name FROM sqlite_schema
        UNION ALL SELECT made.name, its.name
        FROM sqlite_schema AS made, pragma_table_xinfo(made.name) AS its WHERE made.type = 'table'
    """,
    "postgresql": """
        SELECT relname, its.name FROM pg_class AS made, LATERAL (
            SELECT attname FROM pg_attribute WHERE attrelid = made.oid AND attnum > 0 AND NOT attisdropped
            UNION ALL SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = made.oid
            UNION ALL SELECT conname FROM pg_constraint WHERE conrelid = made.oid
            UNION ALL SELECT tgname FROM pg_trigger WHERE tgrelid = made.oid AND NOT tgisinternal
        ) AS its (name) WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    """,
}


@pytest.fixture
def _elsewhere(databases: Databases, tmp_path: Path) -> Iterator[None]:
    """An application on a database that is still empty."""
    url = databases.empty(f"migrations_{uuid4().hex[:6]}")
    app = create_app(settings_for(url, tmp_path))
    with app.app_context():
        yield
        db.engine.dispose()
    databases.drop(url)


@contextmanager
def _connection() -> Iterator[Connection]:
    """SQLAlchemy can't reflect an index on an expression from SQLite and warns; alembic leaves it out too."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Skipped unsupported reflection of expression-based index")
        with db.engine.connect() as connection:
            yield connection


def _tables() -> set[str]:
    with _connection() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_there_is_one_head_and_the_numbers_run_on() -> None:
    assert len(SCRIPTS.get_heads()) == 1
    numbers = sorted(path.name[:4] for path in (PROJECT / "migrations" / "versions").glob("*.py"))
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    assert [script.revision for script in SCRIPTS.walk_revisions()] == numbers[::-1]


def test_the_migrations_make_what_the_models_say() -> None:
    """What each test begins with is what the migrations made."""
    with _connection() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


@pytest.mark.usefixtures("_elsewhere")
def test_flask_db_upgrade_is_how_a_council_makes_its_tables() -> None:
    result = current_app.test_cli_runner().invoke(args=["db", "upgrade"])
    assert result.exit_code == 0, result.output
    assert _tables() == {table.name for table in db.metadata.sorted_tables}


def test_the_migrations_make_every_check() -> None:
    """Alembic does not compare checks, and they are promises: each by its name, with each of its words."""
    wrong = []
    with _connection() as connection:
        inspector = inspect(connection)
        for table in db.metadata.sorted_tables:
            made = {check["name"]: check["sqltext"] for check in inspector.get_check_constraints(table.name)}
            wanted = {
                str(check.name): check for check in table.constraints if isinstance(check, CheckConstraint)
            }
            if set(made) != set(wanted):
                wrong.append(f"{table.name}: {set(made) ^ set(wanted)}")
            for column in table.columns:
                if isinstance(column.type, Enum):
                    name = f"ck_{table.name}_{column.type.name}"
                    absent = [word for word in column.type.enums if f"'{word}'" not in made.get(name, "")]
                    wrong += [f"{table.name}.{column.name}: {absent}"] if absent else []
    assert not wrong, wrong


@pytest.mark.usefixtures("_elsewhere")
def test_each_migration_can_be_taken_back_and_made_again() -> None:
    """From the newest to the first, as a council that goes back does: later ones made some tables anew."""
    shapes = [_shape()]
    assert shapes == [set()]
    newest_first = list(SCRIPTS.walk_revisions())
    for script in reversed(newest_first):
        flask_migrate.upgrade(revision=script.revision)
        shapes.append(_shape())
    newest = shapes.pop()
    for script in newest_first:
        flask_migrate.downgrade(revision="-1")
        assert _shape() == shapes.pop(), f"{script.revision} is not all taken back"
    flask_migrate.upgrade()
    assert _shape() == newest
    assert _tables() == {table.name for table in db.metadata.sorted_tables}


def _shape() -> set[tuple[str, str]]:
    """Every table with the names of its columns, indexes, constraints and triggers.

    Read from where each engine keeps them, all at once: SQLAlchemy would ask about each table by itself.
    """
    with db.engine.connect() as connection:
        found = set(connection.execute(text(NAMES[connection.dialect.name])).tuples())
        if connection.dialect.name == "sqlite":
            made = connection.execute(text("SELECT name, sql FROM sqlite_schema WHERE type = 'table'"))
            found |= {
                (table, name) for table, words in made for name in re.findall(r"CONSTRAINT (\w+)", words)
            }
    return {(table, name) for table, name in found if table != "alembic_version"}
