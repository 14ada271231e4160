"""How gunicorn serves Takeup: `gunicorn -c python:app.cli.webserver wsgi:app`, and so does `make run`."""

from __future__ import annotations

import ctypes
import gc
import signal
from typing import Any

from app.cli.processes import die_with_parent
from app.config import SettingsError, load_settings

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

_give_back_memory = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of the GNU C library alone
_die_with_master = die_with_parent(signal.SIGKILL)


def on_starting(_server: Any) -> None:
    """What was loaded is never collected: workers share its memory for longer, and all end sooner."""
    gc.freeze()
    gc.set_threshold(10_000, 10, 1_000)  # whatever outlives a request is collected between two: see below


def post_request(_worker: Any, _request: Any, _environ: Any, _response: Any) -> None:
    """Collect what a request left behind, once it is answered.

    A page of figures makes so many objects that the collector would look at all of a worker's in the midst
    of every second one, for a tenth of a second.
    """
    if gc.get_count()[2]:
        gc.collect()
        if _give_back_memory:
            _give_back_memory(0)


def post_fork(_server: Any, _worker: Any) -> None:
    """A worker never outlives its master, and never shares a connection that was opened before the fork."""
    _die_with_master()
    from app.core.db import db
    from wsgi import app

    with app.app_context():
        db.engine.dispose(close=False)
