"""`flask db`: Flask-Migrate's commands, loaded when one is asked for."""

from __future__ import annotations

from typing import Any

import click
from flask import Flask, current_app
from flask.cli import ScriptInfo

from app.cli.opening import CannotStart, check_database, shown


class _Migrations(click.Command):
    """Stands for Flask-Migrate's group, which brings Alembic along: no web worker needs those 7 MB."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        from flask_migrate.cli import db

        db.result_callback(replace=True)(_say_where)
        return db.make_context(info_name, args, parent, **extra)


def _say_where(_result: object, **_options: object) -> None:
    """Say of an upgrade which database it was: in a shell without the settings it is not the council’s."""
    context = click.get_current_context()
    if context.invoked_subcommand == "upgrade":
        app: Flask = context.ensure_object(ScriptInfo).load_app()
        with app.app_context():
            click.echo(_where())


def _where() -> str:
    try:
        check_database()
    except CannotStart as error:  # an upgrade to a migration that was named
        return str(error)
    is_named = bool(current_app.config["SETTINGS"].database_url)
    why = "" if is_named else ", because DATABASE_URL is not set"
    return f"The tables of this version are in {shown()}{why}."


migrations = _Migrations("db", help="Perform database migrations: `flask db upgrade`.")
