"""How gunicorn serves Takeup: `gunicorn -c python:app.cli.webserver wsgi:app`, and so does `make run`."""

from __future__ import annotations

import signal
from typing import Any

from app.cli.opening import CannotStart, check_database
from app.cli.processes import die_with_parent
from app.config import SettingsError, load_settings
from app.core import garbage
from app.core.db import db

try:
    _settings = load_settings()
except SettingsError as error:
    raise SystemExit(f"Takeup can’t start: {error}") from None

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.web_workers
worker_class = "gthread"
threads = _settings.web_threads
preload_app = True  # read once, shared by the workers; a mistake stops the start
control_socket_disable = True
accesslog = None  # the proxy in front keeps one
loglevel = "warning"
timeout = 60
graceful_timeout = 2  # the starter stops everything within five seconds
keepalive = 5

_die_with_master = die_with_parent(signal.SIGKILL)


def on_starting(_server: Any) -> None:
    """Everything is loaded, and no worker begun: without its database none is."""
    from wsgi import app

    with app.app_context():
        try:
            check_database()
        except CannotStart as error:
            raise SystemExit(f"Takeup can’t start: {error}") from None
        db.engine.dispose()
    garbage.collect_in_between_only()


def post_fork(_server: Any, _worker: Any) -> None:
    """A worker never outlives its master, and never shares a connection that was opened before the fork."""
    _die_with_master()
    from wsgi import app

    with app.app_context():
        db.engine.dispose(close=False)


def post_request(_worker: Any, _request: Any, _environ: Any, _response: Any) -> None:
    """The answer is out: a good moment to look for garbage."""
    garbage.collect()
