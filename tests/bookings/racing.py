"""Many who want the same place at the same moment: threads, or processes of their own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

from flask import Flask

from app import create_app
from app.bookings import rules
from app.core import clock
from app.core.db import db, writing
from app.core.permissions import Role
from app.people.models import Person
from app.sessions.models import Run
from tests import databases, factories

THREADS = 20
PROCESSES = 8

Outcome = tuple[str, int]
Race = Callable[[int, list[int]], list[Outcome]]

_process: dict[str, Any] = {}


def book(app: Flask, run_id: int, person_id: int) -> Outcome:
    """Book in a transaction of one's own, as a web worker does; the state and the booking's id."""
    with app.app_context(), writing():
        run, person = db.session.get_one(Run, run_id), db.session.get_one(Person, person_id)
        by = factories.actor(Role.PRACTITIONER, of=person)
        booking = rules.book(run=run, person=person, by=by, now=clock.now())
        db.session.commit()
        return str(booking.state), booking.id


def _app(database_url: str, instance_dir: str, threads: int) -> Flask:
    return create_app(databases.settings_for(database_url, Path(instance_dir), web_threads=threads))


@contextmanager
def threads(database_url: str, instance_dir: Path) -> Iterator[Race]:
    """20 threads with a connection each; whoever asks beyond them asks when one is free."""
    app = _app(database_url, str(instance_dir), THREADS)

    def race(run_id: int, person_ids: list[int]) -> list[Outcome]:
        start = Barrier(THREADS)

        def ask(place: int, person_id: int) -> Outcome:
            if place < THREADS:
                start.wait(timeout=60)
            return book(app, run_id, person_id)

        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(ask, range(len(person_ids)), person_ids))

    yield race
    with app.app_context():
        db.engine.dispose()


@contextmanager
def processes(database_url: str, instance_dir: Path) -> Iterator[Race]:
    """8 processes on one file, which start together and each ask for several people in turn."""
    spawn = multiprocessing.get_context("spawn")
    start = spawn.Barrier(PROCESSES)
    with spawn.Pool(PROCESSES, _prepare, (database_url, str(instance_dir), start)) as pool:

        def race(run_id: int, person_ids: list[int]) -> list[Outcome]:
            shares = [(run_id, person_ids[place::PROCESSES]) for place in range(PROCESSES)]
            found = pool.starmap_async(_ask, shares, chunksize=1).get(timeout=120)
            return [outcome for share in found for outcome in share]

        yield race


def _prepare(database_url: str, instance_dir: str, start: Any) -> None:
    _process["app"], _process["start"] = _app(database_url, instance_dir, 1), start


def _ask(run_id: int, person_ids: list[int]) -> list[Outcome]:
    _process["start"].wait(timeout=100)
    return [book(_process["app"], run_id, person_id) for person_id in person_ids]
