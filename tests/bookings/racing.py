"""Many who want the same place at the same moment: threads, or processes of their own."""

from __future__ import annotations

import multiprocessing
import random
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

from flask import Flask
from sqlalchemy import select

from app import create_app
from app.bookings import queries, rules
from app.bookings.models import Approval, Booking
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, lock_row, writing
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.people.models import Person
from app.sessions.models import Run
from tests import databases, factories

THREADS = 20
PROCESSES = 8
STORM_DEEDS = 8

Outcome = tuple[str, int]
Race = Callable[[int, list[int]], list[Outcome]]
Act = Callable[[Flask, int, int], Outcome]

_process: dict[str, Any] = {}


def book(app: Flask, run_id: int, person_id: int) -> Outcome:
    """Book in a transaction of one's own, as a web worker does; the state and the booking's id."""
    with app.app_context(), writing():
        run, person = db.session.get_one(Run, run_id), db.session.get_one(Person, person_id)
        by = factories.actor(Role.PRACTITIONER, of=person)
        booking = rules.book(run=run, person=person, by=by, now=clock.now())
        db.session.commit()
        return str(booking.state), booking.id


def book_if_free(app: Flask, person_id: int, run_id: int) -> Outcome:
    """One person books many runs: as `book`, or refused."""
    try:
        return book(app, run_id, person_id)
    except RuleBroken:
        with app.app_context():
            db.session.rollback()
        return "refused", 0


def storm(app: Flask, run_id: int, person_id: int) -> Outcome:
    """One after the other, each in a transaction of its own, and each allowed or refused as the rules say:
    somebody books, takes or turns down what they are offered, gives up and books again, while the academy
    approves and declines what is asked, changes what is kept, and the sweep runs."""
    chance = random.Random(person_id)
    done = 0
    for deed in (_book, *chance.choices(_DEEDS, k=STORM_DEEDS)):
        with app.app_context(), writing():
            try:
                deed(run_id, person_id, chance)
                db.session.commit()
                done += 1
            except (RuleBroken, NotAllowed):
                db.session.rollback()
            db.session.remove()
    return "done", done


def _own(run_id: int, person_id: int) -> tuple[Booking | None, Actor]:
    run, person = db.session.get_one(Run, run_id), db.session.get_one(Person, person_id)
    return queries.open_booking(run, person), factories.actor(Role.PRACTITIONER, of=person)


def _book(run_id: int, person_id: int, _chance: random.Random) -> None:
    run, person = db.session.get_one(Run, run_id), db.session.get_one(Person, person_id)
    by = factories.actor(Role.PRACTITIONER, of=person)
    rules.book(run=run, person=person, by=by, now=clock.now())


def _give_up(run_id: int, person_id: int, _chance: random.Random) -> None:
    booking, by = _own(run_id, person_id)
    if booking is not None:
        rules.cancel(booking=booking, by=by, now=clock.now())


def _answer(run_id: int, person_id: int, chance: random.Random) -> None:
    booking, by = _own(run_id, person_id)
    if booking is not None and chance.random() < 0.7:
        rules.accept(booking=booking, by=by, now=clock.now())
    elif booking is not None:
        rules.turn_down(booking=booking, waits_on=chance.random() < 0.5, by=by, now=clock.now())


def _decide(run_id: int, _person_id: int, chance: random.Random) -> None:
    """The academy answers a request, whosever it is: two may answer the same one."""
    asked = select(Booking).join(Approval).where(Booking.run_id == run_id, Approval.decided_at.is_(None))
    found = db.session.scalars(asked.order_by(Booking.id)).all()
    by = factories.actor(Role.ACADEMY_MANAGER)
    if found and chance.random() < 0.8:
        rules.approve(booking=chance.choice(found), by=by, now=clock.now())
    elif found:
        rules.decline(booking=chance.choice(found), by=by, now=clock.now(), reason="Cover")


def _keep(run_id: int, _person_id: int, chance: random.Random) -> None:
    run, by = db.session.get_one(Run, run_id), factories.actor(Role.ACADEMY_MANAGER)
    if chance.random() < 0.5:
        until = clock.today() + timedelta(days=1)
        rules.keep_places(run=run, sector_id=None, places=2, kept_until=until, by=by, now=clock.now())
    else:
        rules.release_quota(run=run, sector_id=None, by=by, now=clock.now())


def _sweep(run_id: int, _person_id: int, _chance: random.Random) -> None:
    """Two working weeks on, so that requests and offers run out as well."""
    lock_row(Run, run_id)
    rules.settle(db.session.get_one(Run, run_id), now=clock.now() + timedelta(days=14))


_DEEDS = (_book, _book, _give_up, _give_up, _answer, _answer, _decide, _decide, _keep, _sweep)


def _app(database_url: str, instance_dir: str, threads: int) -> Flask:
    return create_app(databases.settings_for(database_url, Path(instance_dir), web_threads=threads))


@contextmanager
def threads(database_url: str, instance_dir: Path, act: Act = book) -> Iterator[Race]:
    """20 threads with a connection each; whoever asks beyond them asks when one is free."""
    app = _app(database_url, str(instance_dir), THREADS)

    def race(run_id: int, person_ids: list[int]) -> list[Outcome]:
        start = Barrier(THREADS)

        def ask(place: int, person_id: int) -> Outcome:
            if place < THREADS:
                start.wait(timeout=60)
            return act(app, run_id, person_id)

        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(ask, range(len(person_ids)), person_ids))

    yield race
    with app.app_context():
        db.engine.dispose()


@contextmanager
def processes(database_url: str, instance_dir: Path, act: Act = book) -> Iterator[Race]:
    """8 processes on one file, which start together and each ask for several people in turn."""
    forked = multiprocessing.get_context("forkserver")  # which has read the application once for all of them
    forked.set_forkserver_preload([*(name for name in sys.modules if name.startswith("app.")), __name__])
    start = forked.Barrier(PROCESSES)
    with forked.Pool(PROCESSES, _prepare, (database_url, str(instance_dir), start, act)) as pool:

        def race(run_id: int, person_ids: list[int]) -> list[Outcome]:
            shares = [(run_id, person_ids[place::PROCESSES]) for place in range(PROCESSES)]
            found = pool.starmap_async(_ask, shares, chunksize=1).get(timeout=120)
            return [outcome for share in found for outcome in share]

        yield race


def _prepare(database_url: str, instance_dir: str, start: Any, act: Act) -> None:
    _process.update(app=_app(database_url, instance_dir, 1), start=start, act=act)


def _ask(run_id: int, person_ids: list[int]) -> list[Outcome]:
    _process["start"].wait(timeout=100)
    return [_process["act"](_process["app"], run_id, person_id) for person_id in person_ids]
