"""A program of ours that begins with everything imported: `python -m app.cli.starter`, without the reading.

That each of them also starts from nothing is tested by those that are started as a shell starts them.
"""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import runpy
import signal
import sys
import termios
from collections.abc import Sequence
from multiprocessing.connection import Connection

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.starter.loaded"])


class Forked:
    """Like subprocess.Popen, as far as the tests ask. It has an open file of the name `mark`."""

    def __init__(
        self,
        words: Sequence[str],
        environment: dict[str, str],
        terminal: int,
        mark: str,
        ignored: Sequence[signal.Signals],
    ) -> None:
        with Connection(os.dup(terminal)) as its_own:  # the one way to hand a file over
            self._process = _FORKS.Process(
                target=_go_on, args=(list(words), environment, its_own, mark, list(ignored))
            )
            self._process.start()

    def send_signal(self, number: int) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        assert self._process.exitcode is not None, f"It did not end within {timeout} s."
        return self._process.exitcode


def _go_on(
    words: list[str],
    environment: dict[str, str],
    terminal: Connection,
    mark: str,
    ignored: list[signal.Signals],
) -> None:
    """Be the program: in a session, on a terminal and with settings of its own."""
    os.memfd_create(mark, 0)
    os.setsid()
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)
    fcntl.ioctl(terminal.fileno(), termios.TIOCSCTTY, 0)
    for number in range(3):
        os.dup2(terminal.fileno(), number)
    terminal.close()
    sys.stdin = os.fdopen(os.dup(0), "r")
    sys.stdout, sys.stderr = (os.fdopen(os.dup(number), "w", buffering=1) for number in (1, 2))
    os.environ.clear()
    os.environ.update(environment)
    program, *sys.argv[1:] = words
    runpy.run_module(program, run_name="__main__", alter_sys=True)
