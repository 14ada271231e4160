"""Eight processes that write to one SQLite file: how long a single small write waits for its turn.

Beside the same statements without our taking turns, when SQLite's own busy handler makes them wait.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from multiprocessing.synchronize import Barrier

from sqlalchemy import create_engine, insert

from app.audit.models import AuditEntry
from app.core import clock, engines
from tests.bench.results import Bound, Result, percentile
from tests.bench.stage import Stage

WRITERS = 8
SECONDS = 5.0
_everybody: Barrier
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
    processes = multiprocessing.get_context("fork")
    barrier = processes.Barrier(WRITERS)
    with processes.Pool(WRITERS, initializer=_begin, initargs=(barrier,)) as pool:
        found = pool.starmap(_write_alone, [(url, how, seconds)] * WRITERS, chunksize=1)
    return [took for writer in found for took in writer]


# --- In each process -----------------------------------------------------------------------------------


def _begin(barrier: Barrier) -> None:
    global _everybody
    _everybody = barrier


def _write_alone(url: str, how: str, seconds: float) -> list[float]:
    """One writer: one small transaction after another until the time is over."""
    if how == "as it comes":
        engines._take_turn = lambda connection: None
    engine = create_engine(url)
    engines.prepare_engine(engine)
    engine.connect().close()
    _everybody.wait()  # begin together, and so never two in one process
    took: list[float] = []
    until = time.perf_counter() + seconds
    while (began := time.perf_counter()) < until:
        with engine.begin() as connection:
            connection.execute(insert(AuditEntry).values(at=clock.now(), **_ENTRY))
        took.append(time.perf_counter() - began)
    engine.dispose()
    return took
