"""A PostgreSQL server for the tests: the one that TEST_DATABASE_URL names, else one for this run alone.

The second kind is made from the server programs that Debian's package `postgresql` (or any other) brings:
a new folder, no network, nothing kept on disk for safety's sake, stopped and deleted at the end.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from app.cli.processes import die_with_parent

_LARGE = {"max_connections": "200"}
# Counted at a moment when a test has emptied it, a table would be planned for as though it had no rows: a
# statement on the next test's thousands then takes minutes. One that was never counted is planned for well.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
_STARTS_WITHIN = 30
_STOPS_WITHIN = 10


class NoServer(Exception):
    """No PostgreSQL server can be had; the message says what to install."""


def programs() -> Path | None:
    """The folder of the server's programs, the newest version first: Debian keeps them off the PATH."""
    found = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda folder: [int(part) for part in re.findall(r"\d+", str(folder))],
    )
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def server(*, is_durable: bool = False) -> Iterator[str]:
    """The address of a server on which databases can be made: `postgresql+psycopg://...`.

    With `is_durable` it writes to disk as a council's does, so that what it takes can be measured.
    """
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        yield named
        return
    folder = programs()
    if folder is None:
        raise NoServer(
            "The tests need a PostgreSQL server: install the package postgresql, or set TEST_DATABASE_URL."
        )
    home = Path(tempfile.mkdtemp(prefix="takeup-postgres-", dir="/tmp"))
    try:
        with _running(folder, home, _LARGE if is_durable else _LARGE | _FAST) as url:
            yield url
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _running(folder: Path, home: Path, settings: dict[str, str]) -> Iterator[str]:
    owner = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    if owner:
        shutil.chown(home, owner)
    data, log = home / "data", home / "log"
    account = {"user": owner, "group": owner, "extra_groups": []} if owner else {}
    how = ["-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C.UTF-8"]
    made = subprocess.run(
        [folder / "initdb", "-D", data, *how],
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        **account,
    )
    if made.returncode:
        raise NoServer(f"The PostgreSQL server for the tests could not be made: {made.stderr.strip()}")
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [folder / "postgres", "-D", data, "-k", home, "-c", "listen_addresses=", *options],
            **account,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGQUIT),
        )
    try:
        _wait_for(process, home, log)
        yield f"postgresql+psycopg://postgres@/postgres?host={home}"
    finally:
        _stop(process)


def _wait_for(process: subprocess.Popen[bytes], home: Path, log: Path) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while True:
        with suppress(psycopg.OperationalError):
            psycopg.connect(host=str(home), user="postgres", dbname="postgres", connect_timeout=2).close()
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise NoServer(f"The PostgreSQL server for the tests did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.02)  # noqa: TID251 - until it listens, there is nothing to wait on


def _stop(process: subprocess.Popen[bytes]) -> None:
    """A fast shutdown (INT), and a kill of whatever is left of its session after that."""
    process.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_STOPS_WITHIN)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
