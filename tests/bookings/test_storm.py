"""Everything at once on one run: 20 threads on PostgreSQL, 8 processes on one SQLite file. Never oversold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.bookings import queries, rules
from app.bookings.models import Booking, BookingState, Seat
from app.core import clock
from app.core.db import db
from app.outbox.models import Message
from app.programmes.models import ApprovalMode, Promotion
from tests import factories
from tests.bookings import racing

CAPACITY = 6
PEOPLE = 20


@pytest.fixture(scope="module")
def storm(engine_name: str, database_url: str, instance_dir: Path) -> Iterator[racing.Race]:
    """Lets many book, answer, give up, approve, keep places and sweep at once, each in an own transaction."""
    kind = racing.threads if engine_name == "postgresql" else racing.processes
    with kind(database_url, instance_dir, racing.storm) as race:
        yield race


@pytest.mark.parametrize("promotion", Promotion)
def test_4_1_a_storm_on_one_run_never_oversells_it(storm: racing.Race, promotion: Promotion) -> None:
    terms = {"staff_approval": ApprovalMode.MANAGER, "promotion": promotion}
    run = factories.run(factories.course(components=3, terms=terms), capacity=CAPACITY)
    people = [factories.partner() if number % 3 == 0 else factories.staff() for number in range(PEOPLE)]
    run_id, ids = run.id, [person.id for person in people]
    db.session.commit()

    done = sum(count for _, count in storm(run_id, ids))

    assert done > PEOPLE  # more than the first booking of each
    taken = select(Seat.session_id, func.count()).where(Seat.released_at.is_(None)).group_by(Seat.session_id)
    assert all(count <= CAPACITY for _, count in db.session.execute(taken))
    breaches = [one.problem for one in queries.capacity_breaches()]
    assert [one for one in breaches if "was held until" not in one] == []
    rules.settle(run, now=clock.now())
    left = queries.occupancy(run_id, now=clock.now())
    waiting = db.session.scalars(queries.queue(run_id)).all()
    # Where all who wait let two offers lapse the place is left to whoever books it (U-16).
    is_offered = any(one.lapses < 2 for one in waiting)
    can_go = [one for one in waiting if is_offered and one.passed_until is None]
    kept = [left.free_numbers([session.id for session in run.sessions], one.sector_id) for one in can_go]
    assert kept == [None] * len(can_go), waiting  # nobody waits for a place that is free
    confirmed = db.session.scalars(select(Booking).where(Booking.state == BookingState.CONFIRMED)).all()
    told = select(Message.about_id).where(
        Message.kind.in_(["booking_confirmed", "booking_approved", "booking_promoted"])
    )
    assert {one.id for one in confirmed} <= set(db.session.scalars(told))
