"""Eight processes that write to one SQLite file: how long a single small write waits for its turn.

Beside the same statements without our taking turns, when SQLite's own busy handler makes them wait.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

from sqlalchemy import create_engine, insert

from app.audit.models import AuditEntry
from app.cli.processes import die_with_parent
from app.core import clock
from app.core import db as database
from tests.bench.results import Bound, Result, percentile
from tests.bench.server import PROJECT
from tests.bench.stage import Stage

WRITERS = 8
SECONDS = 5.0
_ENTRY = {
    "actor_name": "Writer",
    "verb": "bench:wrote",
    "thing_type": "bench",
    "thing_label": "A small write",
    "changes": {},
}


def measure(stage: Stage) -> Iterator[Result]:
    if "sqlite" not in stage.engines:
        return
    place = stage.empty("sqlite")
    place.close()
    seconds = SECONDS / 5 if stage.is_quick else SECONDS
    waits: dict[str, list[float]] = {"in turn": [], "as it comes": []}
    for _ in range(stage.rounds):
        for how, found in waits.items():
            found += _write(place.url, how, seconds)
    stage.drop(place)
    ours, theirs = waits["in turn"], waits["as it comes"]
    detail = {"writes": len(ours), "baseline’s writes": len(theirs)}
    what = f"a small write on SQLite with {WRITERS} writers"
    yield Result(f"{what}: worst", "sqlite", "s", max(ours), max(theirs), Bound(0.5), detail)
    yield Result(f"{what}: p95", "sqlite", "s", percentile(ours, 0.95), percentile(theirs, 0.95))


def _write(url: str, how: str, seconds: float) -> list[float]:
    """What each write of all the writers took."""
    command = [sys.executable, "-m", "tests.bench.writers", url, how, str(seconds)]
    writers = [
        subprocess.Popen(
            command,
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        for _ in range(WRITERS)
    ]
    try:
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.write("go\n")
            writer.stdin.flush()
        return [took for writer in writers for took in json.loads(writer.communicate()[0])]
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()


def main(url: str, how: str, seconds: str) -> None:
    """One writer: one small transaction after another until the time is over."""
    if how == "as it comes":
        database._take_turn = lambda connection: None
    engine = create_engine(url)
    database.prepare_engine(engine)
    engine.connect().close()
    print("ready", flush=True)
    sys.stdin.readline()
    took: list[float] = []
    until = time.perf_counter() + float(seconds)
    while (began := time.perf_counter()) < until:
        with engine.begin() as connection:
            connection.execute(insert(AuditEntry).values(at=clock.now(), **_ENTRY))
        took.append(time.perf_counter() - began)
    print(json.dumps(took))


if __name__ == "__main__":
    main(*sys.argv[1:])
