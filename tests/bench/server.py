"""A web server as a council runs it, on a port of this machine alone; it never outlives its measure."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from app.cli.processes import die_with_parent
from app.config import Settings

PROJECT = Path(__file__).resolve().parents[2]
_STOPS_WITHIN = 10
_ANSWERS_WITHIN = 60


@dataclass(frozen=True)
class Server:
    port: int
    process: subprocess.Popen[bytes]

    @property
    def workers(self) -> list[int]:
        """The processes that answer requests."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text(encoding="ascii").split()]


@contextmanager
def gunicorn(environment: dict[str, str], *, workers: int = 2) -> Iterator[Server]:
    """gunicorn on a free port, answering; stopped when it is left."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        command = [sys.executable, "-m", "gunicorn", "-c", "python:app.cli.webserver"]
        command += ["--bind", f"fd://{listener.fileno()}", "wsgi:app"]
        wanted = environment | {"WEB_WORKERS": str(workers)}
        with program(command, wanted, keep_open=[listener.fileno()]) as process:
            port = listener.getsockname()[1]
            server = Server(port, process)
            _answer(port)
            while len(began := server.workers) < workers:
                _answer(port)
            yield server
            assert server.workers == began, "A worker died while it was measured."


def _answer(port: int) -> None:
    """Wait for an answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_ANSWERS_WITHIN)
    connection.request("GET", "/healthz")
    connection.getresponse().read()
    connection.close()


@contextmanager
def program(
    command: Sequence[str], environment: dict[str, str], *, keep_open: Sequence[int] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """A program with these settings and no others; whatever is left of it is ended when it is left."""
    names = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name not in names}
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=kept | {"FLASK_APP": "wsgi"} | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=keep_open,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_STOPS_WITHIN)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
