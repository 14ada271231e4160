"""What the database keeps of bookings, seats, quotas and charges, whatever the code does. (4.1, U-04)"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.bookings.models import (
    Approval,
    Booking,
    BookingMove,
    BookingState,
    ChargeDecision,
    ChargeRate,
    Quota,
    ReleaseCause,
    Seat,
)
from app.core.db import db, record
from app.people.models import Sector
from app.sessions.models import Run
from tests import factories
from tests.constraints import Changes, checks_of, refused_by

NOW, DAY = datetime(2026, 3, 2, 9, tzinfo=UTC), date(2026, 3, 2)
OVER = {"reference": "OTHER", "state": BookingState.CANCELLED}  # so that no other key is in the way


def _saved(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def _booking(**values: Any) -> Booking:
    return factories.booking(factories.run(), factories.staff(), **values)


def _of_a_day() -> Booking:
    run: Run = factories.run()
    return factories.booking(run, factories.staff(), session_id=run.sessions[0].id)


def _instead() -> Booking:
    return _booking(replaces_id=_booking().id)


def _move() -> BookingMove:
    return _saved(
        BookingMove(booking_id=_booking().id, to_state=BookingState.CONFIRMED, at=NOW, by_name="Ada")
    )


def _declared() -> Approval:
    agreed = {"asked_at": NOW, "decided_at": NOW, "is_approved": True, "decided_by": "Maria Lindqvist"}
    manager = {"declared_name": "Maria Lindqvist", "declared_email": "maria@school.example"}
    return _saved(Approval(booking_id=_booking().id, **agreed, **manager))


def _charged() -> ChargeDecision:
    booking = _booking()
    fact = ChargeDecision(booking_id=booking.id, session_id=booking.sessions[0].id, is_charged=True)
    return _saved(record(fact, by="Tests", now=NOW))


def _rate(*, is_of_course: bool = False, is_of_sector: bool = False) -> ChargeRate:
    course_id = factories.course().id if is_of_course else None
    sector_id = factories.named(Sector, "Health").id if is_of_sector else None
    whose = {"is_for_staff": False, "course_id": course_id, "sector_id": sector_id}
    return _saved(ChargeRate(from_day=DAY, half_day=Decimal(50), full_day=Decimal(90), **whose))


def _quota() -> Quota:
    return _saved(Quota(run_id=factories.run().id, places=2, kept_until=DAY))


def _seat() -> Seat:
    return _booking().seats[0]


def _another_run(_row: Booking) -> dict[str, Any]:
    return OVER | {"session_id": factories.run().sessions[0].id}


CASES: list[tuple[str, Any, Changes]] = [
    ("ck_booking_confirmed_has_a_time", _booking, {"confirmed_at": None}),
    ("ck_booking_held_for_a_time_or_not", _booking, {"held_until": NOW}),
    ("ck_booking_held_for_a_time_or_not", _booking, {"state": BookingState.OFFERED}),
    (
        "ck_booking_only_places_are_reconfirmed",
        _booking,
        {"state": BookingState.WAITLISTED, "reconfirm_by": NOW},
    ),
    ("ck_booking_lapses_not_negative", _booking, {"lapses": -1}),
    ("uq_booking_open_run", _booking, {"reference": "OTHER"}),
    ("uq_booking_open_session", _of_a_day, {"reference": "OTHER"}),
    ("ix_booking_replaces_id", _instead, OVER),
    ("fk_booking_session_id_run_id_training_session", _of_a_day, _another_run),
    ("ck_booking_move_only_released_for", _move, {"released_for": ReleaseCause.LEFT}),
    ("ck_booking_move_charged_percent_is_a_share", _move, {"charged_percent": 101}),
    ("ck_booking_move_charged_percent_is_a_share", _move, {"charged_percent": -1}),
    ("ck_approval_declared_is_approved", _declared, {"is_approved": False}),
    ("ck_approval_decided_at_and_how_together", _declared, {"is_approved": None}),
    ("ck_approval_decided_at_and_by_together", _declared, {"decided_by": None}),
    ("ck_approval_declared_name_and_email_together", _declared, {"declared_email": None}),
    ("ck_charge_decision_waived_with_a_reason", _charged, {"is_charged": False}),
    ("ck_charge_rate_a_full_day_costs_more", _rate, {"full_day": Decimal(49)}),
    (
        "ck_charge_rate_sectors_are_of_partners",
        lambda: _rate(is_of_sector=True),
        {"is_for_staff": True},
    ),
    ("uq_charge_rate_council", _rate, {}),
    ("uq_charge_rate_council_sector", lambda: _rate(is_of_sector=True), {}),
    ("uq_charge_rate_course", lambda: _rate(is_of_course=True), {}),
    ("uq_charge_rate_course_sector", lambda: _rate(is_of_course=True, is_of_sector=True), {}),
    ("ck_quota_a_place_or_more", _quota, {"places": 0}),
    ("uq_quota_any_sector", _quota, {}),
    ("ck_seat_numbered_from_one", _seat, {"number": 0}),
    ("uq_seat_number_live", _seat, lambda _seat: {"booking_id": _booking().id}),
    ("uq_seat_booking_live", _seat, {"number": 2}),
]


@pytest.mark.parametrize(("constraint", "row", "changes"), CASES)
def test_the_database_keeps_what_is_said_of_places(constraint: str, row: Any, changes: Changes) -> None:
    refused_by(constraint, row(), changes)


@pytest.mark.once
def test_every_check_has_its_case() -> None:
    assert {name for name, *_ in CASES if name.startswith("ck_")} == checks_of("bookings")
