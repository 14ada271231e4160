"""What must be there before anything starts: an address to listen on, and a database that answers, with the
tables of this version."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app.cli.answers import stop
from app.core.db import db, reading
from app.core.logs import get_logger
from app.jobs import queries

log = get_logger(__name__)

UNDER_STARTER = "UNDER_STARTER"


class CannotStart(Exception):
    """Nothing was started; the message is the one sentence that says why."""


def listen(host: str, port: int) -> socket.socket:
    """Take the port at once, so that nobody else can have it by the time that the web server is ready for it.

    Raises CannotStart when it is busy, or when the address is not this machine's.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
    except UnicodeError:
        raise CannotStart(f"HOST {host} is no address.") from None
    except OSError as error:
        raise CannotStart(_why_not_taken(error, host, port)) from None
    return listener


def _why_not_taken(error: OSError, host: str, port: int) -> str:
    """Which of HOST and PORT is wrong, and what to do."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"HOST {host} is no address of this machine ({error.strerror})."
    if error.errno == errno.EACCES:
        return f"PORT {port} is not allowed ({error.strerror}): choose one of 1024 or more."
    return (
        f"port {port} on {host} is not free ({error.strerror}): "
        "stop what uses it, or choose another with PORT."
    )


def reach_database() -> None:
    """Connect once. Raises CannotStart when the database does not answer, or is a newer version's: that
    can't be brought up to date, since only the newer one knows what was done to its tables."""
    try:
        with db.engine.connect():
            pass
    except DBAPIError as error:
        reason = first_words(error)
        raise CannotStart(f"DATABASE_URL can’t be reached at {shown()} ({reason}).") from None
    with reading():
        is_newer = queries.database_is_newer()
    db.session.rollback()
    if is_newer:
        raise CannotStart(
            f"DATABASE_URL names {shown()}, whose tables are those of a newer version of Takeup: "
            "start that version, or restore the backup from before it."
        )


def first_words(error: DBAPIError) -> str:
    """The first line of what the database said, such as "connection failed: Connection refused"."""
    return (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]


def check_database() -> None:
    """Raises CannotStart when the database does not answer, or was not made or brought up to date."""
    reach_database()
    with reading():
        is_ready = queries.migrations_are_applied()
    db.session.rollback()
    if not is_ready:
        raise CannotStart(
            f"DATABASE_URL names {shown()}, which lacks the tables of this version: run flask db upgrade."
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


def say_started(event: str, **facts: object) -> None:
    """One line of the log for whoever keeps the service: what has started, and on which database. Under
    `make run` there is none: the starter itself says where everything is."""
    if not current_app.config.get(UNDER_STARTER):
        log.info(event, **facts, database=shown())


def shown() -> str:
    """The database's address without its password, wherever that stands in it."""
    address = make_url(current_app.config["SETTINGS"].database)
    hidden = {name: "***" for name in address.query if "password" in name}
    return address.update_query_dict(hidden).render_as_string(hide_password=True)
