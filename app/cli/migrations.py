"""`flask db`: Flask-Migrate's commands, loaded when one is asked for."""

from __future__ import annotations

from typing import Any

import click


class _Migrations(click.Command):
    """Stands for Flask-Migrate's group, which brings Alembic along: no web worker needs those 7 MB."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        from flask_migrate.cli import db

        return db.make_context(info_name, args, parent, **extra)


migrations = _Migrations("db", help="Perform database migrations: `flask db upgrade`.")
