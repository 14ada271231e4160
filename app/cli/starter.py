"""`make run`: prepares the database, then owns the web server and the scheduler until it is told to stop."""

from __future__ import annotations

import gc
import os
import runpy
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import TextIO

import click
from alembic.util import CommandError
from flask import Flask
from flask.cli import ScriptInfo
from flask_migrate import upgrade

from app.accounts.queries import administrator_grants
from app.cli.opening import UNDER_STARTER, CannotStart, listen, reach_database
from app.cli.processes import STOPPING, Child, Make
from app.config import Settings, SettingsError, load_settings
from app.core.db import db

_ASKED_FOR_SECONDS = 3.0
_WORKERS_HAVE_SECONDS = "2"  # of these three; a service that is restarted gives them more
_LOOK_AT_MAKE_EVERY = 0.5


class Told(BaseException):
    """A signal told us to stop while the database was being prepared."""


def main(arguments: Sequence[str] = ()) -> int:
    """Run Takeup; 0 when it was told to stop, 1 when it could not start or one of its processes ended."""
    for number in STOPPING:  # set even where a shell's background job ignores them
        signal.signal(number, _interrupt)
    try:
        settings = load_settings()
        listener = listen(settings.host, settings.port)
        from wsgi import app  # the one that gunicorn will look for, made once for all three processes

        prepare(app, settings)
        return run(app, settings, listener, Make() if "--for-make" in arguments else None)
    except Told:
        return 0
    except (SettingsError, CannotStart) as error:
        say(f"Takeup can’t start: {error}", to=sys.stderr)
        return 1


def _interrupt(_number: int, _frame: object) -> None:
    for number in STOPPING:  # once is enough: a second must not interrupt the leaving
        signal.signal(number, signal.SIG_IGN)
    raise Told


def prepare(app: Flask, settings: Settings) -> None:
    """Migrate the database and, in a demonstration, fill it. Both are quick when there is nothing to do."""
    with app.app_context():
        reach_database()
        try:
            upgrade()
        except (CommandError, SystemExit) as error:
            raise CannotStart(f"the database could not be migrated ({error}).") from None
    if settings.is_demonstration:
        command(app, "demo", "fill")
    with app.app_context():
        db.engine.dispose()


def command(app: Flask, *words: str) -> None:
    """Run one of our own `flask` commands here and now: `command(app, "demo", "fill")`."""
    try:
        app.cli.main(args=list(words), obj=ScriptInfo(create_app=lambda: app), standalone_mode=False)
    except click.ClickException as error:
        raise CannotStart(f"flask {' '.join(words)}: {error.format_message()}") from None


def run(app: Flask, settings: Settings, listener: socket.socket, make: Make | None) -> int:
    """Start both processes, say where and how to sign in, and stop both when one ends or we are told to."""
    gc.freeze()  # what was loaded is never collected, so that we end at once
    app.config[UNDER_STARTER] = True
    notice = Notice()
    children: list[Child] = []
    try:
        children.append(Child("web server", partial(_serve, listener)))
        children.append(Child("scheduler", partial(_keep_timetable, app)))
        if not _answers(listener, notice, children):
            return _what_ended(notice, children)
        _welcome(app, settings)
        while not notice.told and all(child.is_alive for child in children):
            if make is not None and make.wants_an_end:
                return 0
            notice.wait(_LOOK_AT_MAKE_EVERY if make else None)
        return _what_ended(notice, children)
    finally:
        _stop(children, notice)


class Notice:
    """Notes signals as they come, and lets one wait for the next: one to stop, or that a child ended."""

    def __init__(self) -> None:
        self.told = False
        self._read_end, write_end = os.pipe()
        os.set_blocking(self._read_end, False)
        os.set_blocking(write_end, False)
        signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for number in STOPPING:
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: object) -> None:
        self.told = True

    def wait(self, seconds: float | None, *also: socket.socket) -> list[socket.socket]:
        """Wait for a signal, for one of `also` to be readable (these are returned), or for `seconds`."""
        ends = [self._read_end, *(one.fileno() for one in also)]
        ready, _, _ = select.select(ends, [], [], seconds)
        if self._read_end in ready:
            with suppress(BlockingIOError):
                os.read(self._read_end, 4096)
        return [one for one in also if one.fileno() in ready]


def _serve(listener: socket.socket) -> None:
    bind = f"fd://{listener.fileno()}"
    config = ["-c", "python:app.cli.webserver", "--bind", bind, "--graceful-timeout", _WORKERS_HAVE_SECONDS]
    sys.argv = ["gunicorn", *config, "wsgi:app"]
    runpy.run_module("gunicorn", run_name="__main__")


def _keep_timetable(app: Flask) -> None:
    app.cli.main(args=["scheduler"], obj=ScriptInfo(create_app=lambda: app))


def _answers(listener: socket.socket, notice: Notice, children: list[Child]) -> bool:
    """Whether the web server answered a first request before anything ended."""
    host, port = listener.getsockname()[:2]
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared with, not listened on
    with socket.create_connection((here, port)) as connection:
        listener.close()
        connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
        while not notice.told and all(child.is_alive for child in children):
            if notice.wait(None, connection):
                return connection.recv(5) == b"HTTP/"
    return False


def _welcome(app: Flask, settings: Settings) -> None:
    say(f"\nTakeup is ready: {settings.address}\n")
    if settings.is_demonstration:
        command(app, "demo", "signin")
        with app.app_context():
            db.engine.dispose()
    else:
        with app.app_context():
            has_administrator = db.session.scalars(administrator_grants()).first() is not None
            db.session.remove()
            db.engine.dispose()
        if not has_administrator:
            invite = ".venv/bin/flask --app wsgi accounts invite EMAIL --role administrator"
            say(f"The first administrator is invited by: {invite}")
    say("\nCtrl-C stops it.")


def _what_ended(notice: Notice, children: list[Child]) -> int:
    """The exit code, after a sentence on the process that ended by itself, if one did."""
    if notice.told:
        return 0
    ended = next((child for child in children if not child.is_alive), children[0])
    how = "gave no answer" if ended.is_alive else f"ended by itself, with {ended.ending}"
    say(f"Takeup stops: the {ended.name} {how}.", to=sys.stderr)
    return 1


def _stop(children: list[Child], notice: Notice) -> None:
    """Ask both to stop, and end within five seconds whatever did not."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + _ASKED_FOR_SECONDS
    while any(child.is_alive for child in children) and (left := deadline - time.monotonic()) > 0:
        notice.wait(left)
    for child in children:
        child.end_group()


def say(text: str, to: TextIO | None = None) -> None:
    """Print, even when the terminal that would read it has hung up."""
    try:
        print(text, file=to or sys.stdout, flush=True)
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.dup2(nowhere, sys.stderr.fileno())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
