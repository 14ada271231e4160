"""What must be there before anything starts: a database that answers, with the tables of this version."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app.cli.answers import stop
from app.core.db import db, reading
from app.jobs import queries


class CannotStart(Exception):
    """Nothing was started; the message is the one sentence that says why."""


def reach_database() -> None:
    """Connect once. Raises CannotStart when the database does not answer."""
    try:
        with db.engine.connect():
            pass
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise CannotStart(f"DATABASE_URL can’t be reached at {_shown()} ({reason}).") from None


def check_database() -> None:
    """Raises CannotStart when the database does not answer, or was not made or brought up to date."""
    reach_database()
    with reading():
        is_ready = queries.migrations_are_applied()
    db.session.rollback()
    if not is_ready:
        raise CannotStart(
            f"DATABASE_URL names {_shown()}, which lacks the tables of this version: run flask db upgrade."
        )


def with_database(command: Callable[..., None]) -> Callable[..., None]:
    """Run a command inside the application, once its database is there; else say why not in one sentence."""

    @wraps(command)
    def opened(*arguments: Any, **options: Any) -> None:
        try:
            check_database()
        except CannotStart as error:
            stop(str(error), as_json=options.get("as_json", False))
        command(*arguments, **options)

    return with_appcontext(opened)


def _shown() -> str:
    """The database's address without its password."""
    address = make_url(current_app.config["SETTINGS"].database)
    return address.render_as_string(hide_password=True)
