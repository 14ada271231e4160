"""Processes that one program owns: started apart from the terminal, stopped together, never left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

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
    """A process in a session, and so a group, of its own: the terminal's signals do not reach it."""

    def __init__(self, name: str, command: Sequence[str], *, keep_open: Sequence[int] = ()) -> None:
        self.name = name
        self._process = subprocess.Popen(  # noqa: S603 - a program of ours, with arguments of ours
            command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=keep_open,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def ending(self) -> str:
        """How it ended, for a sentence: "code 3", "signal SIGKILL"."""
        code = self._process.returncode
        return f"code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"

    def ask_to_stop(self) -> None:
        """Ask the process, which stops those that it started itself."""
        if self.is_alive:
            self._process.terminate()

    def end_group(self) -> None:
        """Kill whatever is left of the process and of those that it started, and see that they are gone."""
        group = self._process.pid
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
        self._process.wait()
        deadline = time.monotonic() + _GROUP_IS_GONE_WITHIN
        with suppress(ProcessLookupError, PermissionError):
            while time.monotonic() < deadline:
                os.killpg(group, 0)
                time.sleep(0.005)  # noqa: TID251 - others' children can't be waited for


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
        return any(lost >> number - 1 & 1 for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM))

    def _caught_signals(self) -> int:
        """The bits of the signals that make catches, as Linux shows them; none elsewhere."""
        try:
            status = Path(f"/proc/{self._pid}/status").read_text(encoding="ascii", errors="replace")
        except OSError:
            return 0
        return next(
            (int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigCgt:")), 0
        )
