"""How gunicorn serves Takeup: `gunicorn -c python:app.cli.webserver wsgi:app`, and so does `make run`."""

from __future__ import annotations

import os
import signal
from typing import Any

from app.cli.opening import CannotStart, check_database, listen, say_started
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
graceful_timeout = 30  # a restart lets an import or a pack that is under way finish
keepalive = 5

_die_with_master = die_with_parent(signal.SIGKILL)


def on_starting(server: Any) -> None:
    """Everything is loaded, and no worker begun: without an address and the database none is."""
    from wsgi import app

    with app.app_context():
        try:
            _look_at_addresses(server)
            check_database()
        except CannotStart as error:
            raise SystemExit(f"Takeup can’t start: {error}") from None
        db.engine.dispose()
    garbage.collect_in_between_only()


def _look_at_addresses(server: Any) -> None:
    """Take each address and give it back: gunicorn itself would try for five seconds, and say so each time.

    What another process hands over is taken already: by gunicorn of itself anew, by systemd, by our starter.
    """
    if server.master_pid or "LISTEN_FDS" in os.environ:
        return
    for address in server.cfg.address:
        if isinstance(address, tuple):
            listen(*address).close()


def when_ready(server: Any) -> None:
    """It listens, and its workers begin."""
    from wsgi import app

    with app.app_context():
        say_started("web_server_started", address=",".join(map(str, server.LISTENERS)), workers=workers)


def post_fork(_server: Any, _worker: Any) -> None:
    """A worker never outlives its master, and never shares a connection that was opened before the fork."""
    _die_with_master()
    from wsgi import app

    with app.app_context():
        db.engine.dispose(close=False)


def post_request(_worker: Any, _request: Any, _environ: Any, _response: Any) -> None:
    """The answer is out: a good moment to look for garbage."""
    garbage.collect()
