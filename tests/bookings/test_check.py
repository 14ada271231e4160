"""`flask check bookings`: what must never be so, a line for each, and exit code 1."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from app.bookings import jobs
from app.bookings.models import Quota
from app.core import clock
from app.core.db import db, supersede
from app.programmes.models import ApprovalMode
from tests import factories
from tests.bookings.desk import books

Travel = Callable[..., None]
DAYS = [date(2022, 3, 22), date(2022, 3, 29)]


def test_quotas_above_capacity_are_found(run_command: Any, travel_to: Travel) -> None:
    travel_to("2022-03-01")
    run = factories.run(days=DAYS, capacity=16, code="SOS2-07")
    db.session.add(Quota(run_id=run.id, sector_id=None, places=17, kept_until=date(2022, 3, 8)))
    found = run_command("check", "bookings")
    assert (found.exit_code, found.output.splitlines()) == (
        1,
        [
            "SOS2-07: 17 places are kept for partners in session 1, which has 16",
            "SOS2-07: 17 places are kept for partners in session 2, which has 16",
        ],
    )
    travel_to("2022-03-09")
    assert run_command("check", "bookings").exit_code == 0


def test_what_is_held_for_longer_than_the_sweep_takes_is_found(run_command: Any, travel_to: Travel) -> None:
    travel_to("2022-03-01")
    of = factories.course(terms={"staff_approval": ApprovalMode.MANAGER})
    booking = books(factories.run(of, days=DAYS, code="SOS2-07"))
    reference = booking.reference
    travel_to("2022-03-04 17:09")
    assert run_command("check", "bookings").exit_code == 0
    travel_to("2022-03-04 17:11")
    found = run_command("check", "bookings")
    assert (found.exit_code, found.output.strip()) == (
        1,
        f"SOS2-07: booking {reference} (waiting for approval) was held until 4 March 2022 at 17:00 and "
        "still is",
    )
    jobs.sweep(clock.now())
    assert run_command("check", "bookings").exit_code == 0


def test_u06_a_leavers_place_that_no_night_released_is_found(run_command: Any, travel_to: Travel) -> None:
    travel_to("2022-03-01")
    person = factories.staff()
    reference = books(factories.run(days=DAYS, code="SOS2-07"), person).reference
    supersede(person.spells[0], by="HR", now=clock.now())
    factories.spell(person, last_day=date(2022, 3, 2), recorded_at=clock.now())
    travel_to("2022-03-04")
    assert run_command("check", "bookings").exit_code == 0
    travel_to("2022-03-06")
    found = run_command("check", "bookings")
    assert (found.exit_code, found.output.strip()) == (
        1,
        f"SOS2-07: booking {reference} is confirmed although the person has left",
    )
    jobs.leavers(clock.now())
    assert run_command("check", "bookings").exit_code == 0
