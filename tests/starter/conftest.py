"""Takeup as `make run` starts it: on a terminal, with an instance and a port of its own."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest

from tests.databases import SECRET
from tests.house.source import PROJECT
from tests.ports import free_port
from tests.starter.forked import Forked

READY = "Ctrl-C stops it."
STARTER = [sys.executable, "-m", "app.cli.starter"]
MAKE = ["make", "--no-print-directory", "run"]
STARTS_WITHIN = 120  # a demonstration is filled in, beside other tests
AT_ONCE = 20  # what needs no database made


class Started:
    """A running Takeup: its terminal, and the processes that belong to it, known by their environment or,
    where they go on from another's, by a file that they keep open."""

    def __init__(
        self,
        command: list[str],
        settings: dict[str, str],
        ignored: Sequence[signal.Signals],
        from_nothing: bool,
    ) -> None:
        self.settings = settings
        self.mark = f"INSTANCE_DIR={settings['INSTANCE_DIR']}".encode()
        self.open_file = f"takeup-{uuid4().hex}"
        self.terminal, theirs = pty.openpty()
        self.output = ""
        environment = {**os.environ, **settings}
        self.process: Forked | subprocess.Popen[bytes]
        if from_nothing:
            assert not ignored
            self.process = _from_nothing(command, environment, theirs)
        else:
            assert command[:2] == [sys.executable, "-m"]
            self.process = Forked(command[2:], environment, theirs, self.open_file, ignored)
        os.close(theirs)

    def read_until(self, text: str, seconds: float = STARTS_WITHIN) -> Started:
        """Read the terminal until it shows `text`; fail with what it showed when it does not."""
        deadline = time.monotonic() + seconds
        while text not in self.output:
            left = deadline - time.monotonic()
            assert left > 0, f"Not shown within {seconds} s: {text!r}. Shown:\n{self.output}"
            assert self._read(left), f"Ended before it showed {text!r}. Shown:\n{self.output}"
        return self

    def _read(self, seconds: float) -> bool:
        """Read what there is within `seconds`; False when nobody holds the terminal any more."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return True
        try:
            read = os.read(self.terminal, 65536)
        except OSError:  # EIO: everybody who held it has ended
            return False
        self.output += read.decode(errors="replace").replace("\r\n", "\n")
        return bool(read)

    def exit_code(self, seconds: float) -> int:
        """Read the terminal to its end, and wait for the process that was started."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and self._read(left):
            pass
        return self.process.wait(max(deadline - time.monotonic(), 0.1))

    def hang_up(self) -> None:
        """Close the terminal, as when its window is closed."""
        os.close(self.terminal)
        self.terminal = -1

    def everybody(self) -> dict[int, str]:
        """The processes of this Takeup that live, with the names by which `ps` shows them."""
        found = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with suppress(OSError):
                    if self._is_ours(folder):
                        found[int(folder.name)] = (folder / "comm").read_text(encoding="utf-8").strip()
        return found

    def _is_ours(self, process: Path) -> bool:
        if self.mark in (process / "environ").read_bytes().split(b"\0"):
            return True
        return any(self.open_file in os.readlink(one) for one in (process / "fd").iterdir())

    def all_there(self, count: int, seconds: float) -> dict[int, str]:
        """Who is there once `count` are, or after `seconds`: the second worker is forked after the first."""
        deadline = time.monotonic() + seconds
        while len(found := self.everybody()) < count and time.monotonic() < deadline:
            os.sched_yield()
        return found

    def pid(self, name: str) -> int:
        """The process of this name; the first started, when there are several."""
        return min(pid for pid, known_as in self.everybody().items() if known_as == name)

    def survivors(self, seconds: float) -> dict[int, str]:
        """Who is still there after `seconds`; returns as soon as nobody is."""
        deadline = time.monotonic() + seconds
        while (found := self.everybody()) and (left := deadline - time.monotonic()) > 0:
            with suppress(ProcessLookupError):
                ending = os.pidfd_open(next(iter(found)))
                select.select([ending], [], [], left)
                os.close(ending)
        return found

    def end(self) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        for pid in self.everybody():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        if self.terminal >= 0:
            os.close(self.terminal)


def _from_nothing(command: list[str], environment: dict[str, str], terminal: int) -> subprocess.Popen[bytes]:
    """Start a program as a shell does."""

    def take_the_terminal() -> None:
        for number in (signal.SIGINT, signal.SIGHUP):  # ignored, where the tests run in the background
            signal.signal(number, signal.SIG_DFL)
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

    return subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
        preexec_fn=take_the_terminal,
    )


@pytest.fixture
def settings(tmp_path: Path, new_database: Callable[[], str]) -> dict[str, str]:
    """A council's service on SQLite, migrated already, with a new instance and a free port."""
    return {
        "INSTANCE_DIR": str(tmp_path / "instance"),
        "PORT": str(free_port()),
        "DATABASE_URL": new_database(),
        "SECRET_KEY": SECRET,
        "PUBLIC_URL": "http://training.council.example",
    }


Start = Callable[..., Started]


@pytest.fixture
def start(settings: dict[str, str]) -> Iterator[Start]:
    """Start Takeup: `start()` by the program that `make run` runs, `start(MAKE)` by make.

    A program of ours begins with everything imported, unless it is to be started `from_nothing`.
    """
    begun: list[Started] = []

    def begin(
        command: list[str] = STARTER,
        *,
        from_nothing: bool = False,
        ignored: Sequence[signal.Signals] = (),
        **others: str,
    ) -> Started:
        is_ours = command[0] == sys.executable
        begun.append(Started(command, settings | others, ignored, from_nothing or not is_ours))
        return begun[-1]

    yield begin
    for one in begun:
        one.end()
