"""The last place is never sold twice (U-04): 20 threads on PostgreSQL, 8 processes on one SQLite file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.bookings import queries, rules
from app.bookings.models import Booking, Seat
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from tests import factories
from tests.bookings import racing

CAPACITY = 16
ASKING = 24


@pytest.fixture(scope="module")
def race(engine_name: str, database_url: str, instance_dir: Path) -> Iterator[racing.Race]:
    """Lets many book at once: the ids of the run, and of the person for whom each of them asks."""
    kind = racing.threads if engine_name == "postgresql" else racing.processes
    with kind(database_url, instance_dir) as race:
        yield race


@pytest.mark.parametrize(
    ("already", "people", "expected"),
    [
        (0, ASKING, {"confirmed": 16, "waitlisted": 8}),
        (15, ASKING, {"confirmed": 1, "waitlisted": 23}),
        (15, 1, {"confirmed": 24}),  # one person, whose browser asks 24 times
    ],
    ids=["16 places", "the last place", "one impatient person"],
)
def test_u04_last_place_is_never_sold_twice(
    race: racing.Race, already: int, people: int, expected: dict[str, int]
) -> None:
    run = factories.run(capacity=CAPACITY)
    for _ in range(already):
        by = factories.actor(Role.ACADEMY_MANAGER)
        rules.book(run=run, person=factories.staff(), by=by, now=clock.now())
    ids = [factories.staff().id for _ in range(people)]
    run_id, asking = run.id, (ids * ASKING)[:ASKING]
    db.session.commit()

    outcomes = race(run_id, asking)

    assert Counter(state for state, _ in outcomes) == expected
    assert len({booking_id for _, booking_id in outcomes}) == people
    seats = select(Seat.session_id, func.count(), func.max(Seat.number)).group_by(Seat.session_id)
    in_all = min(CAPACITY, already + people)
    assert {(count, highest) for _, count, highest in db.session.execute(seats)} == {(in_all, in_all)}
    assert db.session.scalar(select(func.count()).select_from(Booking)) == already + people
    assert queries.capacity_breaches() == []
