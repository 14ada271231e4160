"""Processes that one program owns: started apart from the terminal, stopped together, never left behind."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG, in linux/prctl.h
_GROUP_IS_GONE_WITHIN = 0.5


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """A function by which a forked process asks Linux for `number` when its parent ends, however it ends.

    Made before the fork, called after it: little is safe in between. Elsewhere than on Linux it does
    nothing; there, only a parent that was killed outright can leave something behind.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(_SET_PARENT_DEATH_SIGNAL, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it ended before we could ask
            os.kill(os.getpid(), number)

    return ask


class Child:
    """A process that goes on from where we are, with all that is loaded, to do a work of its own.

    It is in a session, and so a group, of its own: the terminal's signals do not reach it. `ps` and `top`
    show it by its name ("scheduler").
    """

    def __init__(self, name: str, work: Callable[[], None]) -> None:
        self.name = name
        self._process = multiprocessing.get_context("fork").Process(
            target=_apart, args=(name, die_with_parent(signal.SIGTERM), work)
        )
        before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)  # else it would note what is for itself
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    @property
    def ending(self) -> str:
        """How it ended, for a sentence: "code 3", "signal SIGKILL"."""
        code = self._process.exitcode or 0
        return f"code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"

    def ask_to_stop(self) -> None:
        """Ask the process, which stops those that it started itself."""
        if self.is_alive:
            self._process.terminate()

    def end_group(self) -> None:
        """Kill whatever is left of the process and of those that it started, and see that they are gone."""
        group = self._process.pid or 0
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
        self._process.kill()  # as long as it has not made a group
        self._process.join()
        deadline = time.monotonic() + _GROUP_IS_GONE_WITHIN
        with suppress(ProcessLookupError, PermissionError):
            while time.monotonic() < deadline:
                os.killpg(group, 0)
                time.sleep(0.005)  # noqa: TID251 - others' children can't be waited for


def _apart(name: str, die_with_us: Callable[[], None], work: Callable[[], None]) -> None:
    """Leave the session, the terminal's input and the signals of whoever forked us; then work."""
    os.setsid()
    die_with_us()
    signal.set_wakeup_fd(-1)
    for number in (*STOPPING, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    with suppress(OSError):  # elsewhere than on Linux it keeps ours
        Path("/proc/self/comm").write_text(name, encoding="ascii")
    work()


class Make:
    """`make run`, which waits for us, and which keeps an INT or a HUP to itself when it alone is sent one."""

    def __init__(self) -> None:
        self._pid = os.getppid()
        self._caught = self._caught_signals()

    @property
    def wants_an_end(self) -> bool:
        """Whether it has ended or was told to: it no longer catches the signal that told it."""
        if os.getppid() != self._pid:
            return True
        lost = self._caught & ~self._caught_signals()
        return any(lost >> number - 1 & 1 for number in STOPPING)

    def _caught_signals(self) -> int:
        """The bits of the signals that make catches, as Linux shows them; none elsewhere."""
        try:
            status = Path(f"/proc/{self._pid}/status").read_text(encoding="ascii", errors="replace")
        except OSError:
            return 0
        return next(
            (int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigCgt:")), 0
        )
