"""Bookings spread over runs: how many a second, beside the bare transaction by psycopg."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from app.core.db import db
from tests import factories
from tests.bench.crowd import Ask, so_many_at_a_time
from tests.bench.race import free_days, of_run, signed_in
from tests.bench.results import Bound, Result, percentile
from tests.bench.server import gunicorn
from tests.bench.stage import Place, Stage

PEOPLE = 200
RUNS = 40
AT_A_TIME = 4
BOOKINGS = 800
ENGINE = "postgresql"

Speed = tuple[float, float]  # bookings a second, and the 95th percentile of their seconds

_RECOUNT = """
  SELECT training_session.id, training_session.capacity, seat.number FROM training_session
  LEFT JOIN seat ON seat.session_id = training_session.id AND seat.released_at IS NULL
  WHERE training_session.run_id = %s"""
_BOOK = (
    "INSERT INTO booking (reference, run_id, person_id, state, queued_at, confirmed_at, created_at)"
    " VALUES (%s, %s, %s, 'confirmed', %s, %s, %s) RETURNING id"
)
_SIT = "INSERT INTO seat (booking_id, session_id, number, taken_at) VALUES (%s, %s, %s, %s)"
_MOVE = (
    "INSERT INTO booking_move (booking_id, to_state, at, by_name) VALUES (%s, 'confirmed', %s, 'Generator')"
)
_AUDIT = (
    "INSERT INTO audit_entry (at, actor_name, verb, thing_type, thing_id, thing_label, changes)"
    " VALUES (%s, 'Generator', 'booking:confirmed', 'booking', %s, 'A booking', '{}')"
)
_TELL = (
    "INSERT INTO message (key, kind, to_address, to_name, subject, text, html, state, created_at,"
    " next_try_at, tries, carrier_failed) VALUES (%s, 'booking_confirmed', 'a@council.example', 'A',"
    " 'A place', %s, %s, 'queued', %s, %s, 0, FALSE)"
)
_WORDS = "Your place is confirmed. " * 80


def measure(stage: Stage) -> Iterator[Result]:
    if ENGINE not in stage.engines:
        return
    place = stage.academy(ENGINE)
    bookings, people = (BOOKINGS, PEOPLE) if not stage.is_quick else (100, 40)
    with place.app.app_context():
        asks = signed_in(place, people)
        with gunicorn(place.environment, workers=2) as server:
            _over_http(server.port, asks, bookings // 4)  # the first requests of a new worker
            ours, bare = [], []
            for _ in range(stage.rounds):
                ours.append(_over_http(server.port, asks, bookings))
                bare.append(_bare(place, [ask.who for ask in asks], bookings))
    statements = _statements(place)
    detail = {"at a time": AT_A_TIME, "bookings a round": bookings}
    yield _line("bookings spread over runs", "a second", 0, ours, bare, Bound(90, is_least=True), detail)
    yield _line("bookings spread over runs: p95", "s", 1, ours, bare, Bound(0.1), detail)
    yield Result(
        "SQL statements for a booking",
        ENGINE,
        "statements",
        len(statements),
        bound=Bound(15),
        detail=statements,
    )


def _line(
    what: str,
    unit: str,
    column: int,
    ours: Sequence[Speed],
    bare: Sequence[Speed],
    bound: Bound,
    detail: Any,
) -> Result:
    medians = [statistics.median(one[column] for one in several) for several in (ours, bare)]
    return Result(what, ENGINE, unit, medians[0], medians[1], bound, detail)


def _pairs(people: int, bookings: int) -> list[tuple[int, int]]:
    """Who books which of the runs: nobody the same run twice, neighbours seldom the same run."""
    pairs = [(person, run) for person in range(people) for run in range(RUNS)]
    random.Random(bookings).shuffle(pairs)
    return pairs[:bookings]


def _runs(capacity: int) -> list[int]:
    """New runs of two days in which everybody finds a place, at a time when no other run is held."""
    course = factories.course(components=2)
    days = free_days(2 * RUNS)
    made = [
        factories.run(course, capacity=capacity, days=days[2 * number : 2 * number + 2]).id
        for number in range(RUNS)
    ]
    db.session.commit()
    return made


def _over_http(port: int, asks: Sequence[Ask], bookings: int) -> Speed:
    """Book through the pages, so many at a time."""
    runs = _runs(len(asks))
    wanted = [of_run(asks[person], runs[run]) for person, run in _pairs(len(asks), bookings)]
    began = time.perf_counter()
    answers = so_many_at_a_time(port, wanted, AT_A_TIME)
    took = time.perf_counter() - began
    wrong = [answer for answer in answers if answer.status != 302 or "/bookings/" not in answer.location]
    assert not wrong, f"{len(wrong)} of {len(answers)} bookings were refused: {wrong[0]}"
    return len(answers) / took, percentile([answer.seconds for answer in answers], 0.95)


# --- The bare transaction ------------------------------------------------------------------------------


def _bare(place: Place, people: Sequence[int], bookings: int) -> Speed:
    """The same lock, recount and inserts by psycopg, as many at a time, with nothing around them."""
    runs = _runs(len(people))
    wanted: SimpleQueue[tuple[int, int]] = SimpleQueue()
    for person, run in _pairs(len(people), bookings):
        wanted.put((people[person], runs[run]))
    seconds: list[float] = []
    url = make_url(place.url).set(drivername="postgresql").render_as_string(hide_password=False)
    workers = [threading.Thread(target=_book_all, args=(url, wanted, seconds)) for _ in range(AT_A_TIME)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - began
    assert len(seconds) == bookings, f"Only {len(seconds)} of {bookings} bare bookings were made."
    return bookings / took, percentile(seconds, 0.95)


def _book_all(url: str, wanted: SimpleQueue[tuple[int, int]], seconds: list[float]) -> None:
    with psycopg.connect(url) as connection:
        while True:
            try:
                person, run = wanted.get_nowait()
            except Empty:
                return
            began = time.perf_counter()
            with connection.transaction(), connection.cursor() as cursor:
                _book(cursor, person, run)
            seconds.append(time.perf_counter() - began)


def _book(cursor: psycopg.Cursor[Any], person: int, run: int) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - a bare transaction asks the machine
    cursor.execute("SELECT id FROM run WHERE id = %s FOR UPDATE", (run,))
    taken: dict[int, set[int | None]] = {}
    for session, _capacity, number in cursor.execute(_RECOUNT, (run,)).fetchall():
        taken.setdefault(session, set()).add(number)
    reference = f"X{run}-{person}"
    row = cursor.execute(_BOOK, (reference, run, person, now, now, now)).fetchone()
    assert row is not None
    for session, numbers in taken.items():
        free = next(number for number in range(1, len(numbers) + 2) if number not in numbers)
        cursor.execute(_SIT, (row[0], session, free, now))
    cursor.execute(_MOVE, (row[0], now))
    cursor.execute(_AUDIT, (now, row[0]))
    cursor.execute(_TELL, (f"bare:{row[0]}", _WORDS, _WORDS, now, now))


def _statements(place: Place) -> list[str]:
    """What the server sends to the database for one booking, from the cookie to the answer."""
    with place.app.app_context():
        ask = of_run(signed_in(place, 1)[0], _runs(1)[0])
    browser = place.app.test_client(use_cookies=False)
    with place.statements() as sent:
        response = browser.post(ask.path, data=ask.form, headers={"Cookie": ask.cookie})
    assert response.status_code == 302, f"{ask.path} answered {response.status}"
    return [" ".join(statement.split())[:100] for statement in sent]
