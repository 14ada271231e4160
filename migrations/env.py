"""How migrations run: on the application's own engine, with short locks on PostgreSQL."""

from __future__ import annotations

from typing import Any

from alembic import context
from alembic.util import CommandError
from flask import current_app
from sqlalchemy import text

from app.cli.opening import CannotStart, reach_database

config = context.config
database = current_app.extensions["migrate"].db


def _render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Write our own column type by its plain equivalent: migrations need nothing of the application."""
    if kind == "type" and type(item).__name__ == "UTCDateTime":
        return "sa.DateTime(timezone=True)"
    return False


def _set_foreign_keys(connection: Any, *, is_on: bool) -> None:
    """SQLite changes a table by making it anew, which would take what points at it along.

    The setting is deaf inside a transaction: so it is made on the driver’s own connection, before one
    begins. No migration leaves a row that points at nothing.
    """
    driver = connection.connection.driver_connection
    driver.execute(f"PRAGMA foreign_keys={'ON' if is_on else 'OFF'}")
    broken = driver.execute("PRAGMA foreign_key_check").fetchall() if is_on else ()
    if broken:
        raise RuntimeError(f"Rows point at others that are not there: {broken[:5]}")


def run_migrations() -> None:
    try:
        reach_database()
    except CannotStart as error:
        raise CommandError(str(error)) from None
    with database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET lock_timeout = '5s'"))
            connection.execute(text("SET statement_timeout = '5min'"))
            connection.commit()
        else:
            _set_foreign_keys(connection, is_on=False)
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=_render_item,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            _set_foreign_keys(connection, is_on=True)


run_migrations()
