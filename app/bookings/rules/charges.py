"""What missed days cost, and which are waived. Finance reads the list; nothing is invoiced. (AM-19)"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal

from app.audit import rules as audit
from app.bookings import queries
from app.bookings.models import Booking, ChargeDecision, ChargeRate, LeavingCause
from app.bookings.queries import Charge
from app.core.actors import Actor
from app.core.db import db, lock_row, record, save_unique, supersede
from app.core.errors import NotAllowed, RuleBroken
from app.core.filters import day, pounds
from app.core.permissions import Permission
from app.people.models import Sector
from app.programmes.models import Course

MOST = Decimal(10_000)


def check_can_charge(by: Actor) -> None:
    """Rates and charges are kept by the academy."""
    if not by.can(Permission.KEEP_CHARGES):
        raise NotAllowed("Only the academy keeps the list of charges.")


# --- Rates ---------------------------------------------------------------------------------------------


def set_rate(
    *,
    course: Course | None,
    is_for_staff: bool,
    sector: Sector | None,
    from_day: date,
    half_day: Decimal,
    full_day: Decimal,
    by: Actor,
    now: datetime,
) -> ChargeRate:
    """What a missed day costs from a day on; a rate of the same scope and day is changed.

    For example £50 for half a day and £90 for a full day, of partners (AM-19).
    """
    check_can_charge(by)
    _check_amounts(half_day, full_day)
    ids = (course.id if course else None, is_for_staff, sector.id if sector else None)
    rate = db.session.scalar(queries.same_rate(*ids, from_day))
    before = (rate.half_day, rate.full_day) if rate else (None, None)
    rate = rate or ChargeRate(course=course, is_for_staff=is_for_staff, sector=sector, from_day=from_day)
    rate.half_day, rate.full_day = half_day, full_day
    save_unique(rate, taken=RuleBroken("Somebody else has just saved this rate. Look at it first."))
    changes = audit.differing(
        ("Half day", _amount(before[0]), pounds(half_day)), ("Full day", _amount(before[1]), pounds(full_day))
    )
    if changes:
        audit.record(
            by=by, verb="charges:rate set", thing=rate, now=now, label=rate_in_words(rate), changes=changes
        )
    return rate


def remove_rate(*, rate: ChargeRate, by: Actor, now: datetime) -> None:
    """A rate is no longer one; what it made chargeable leaves the list."""
    check_can_charge(by)
    audit.record(
        by=by,
        verb="charges:rate removed",
        thing=rate,
        now=now,
        label=rate_in_words(rate),
        changes={"Half day": (pounds(rate.half_day), None), "Full day": (pounds(rate.full_day), None)},
    )
    db.session.delete(rate)
    db.session.flush()


def rate_in_words(rate: ChargeRate) -> str:
    where = rate.course.title if rate.course else "All courses"
    return f"{where}: {rate.for_whom}, from {day(rate.from_day)}"


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else pounds(value)


def _check_amounts(half_day: Decimal, full_day: Decimal) -> None:
    for name, amount in (("half_day", half_day), ("full_day", full_day)):
        if not 0 <= amount <= MOST:
            raise RuleBroken(f"Enter an amount between £0 and {pounds(MOST)}", field=name)
    if full_day < half_day:
        raise RuleBroken("A full day can’t cost less than half a day", field="full_day")


# --- Decisions -----------------------------------------------------------------------------------------


def decide(
    *,
    booking: Booking,
    session_ids: Collection[int],
    is_charged: bool,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    cause: LeavingCause | None = None,
) -> list[Charge]:
    """Charge these missed days of a booking, or waive them with a reason. Returns those decided on.

    A decision of before is superseded, and stays readable.
    """
    check_can_charge(by)
    if not is_charged and not (reason or "").strip():
        raise RuleBroken("Enter why it is not charged", field="reason")
    lock_row(Booking, booking.id)
    decided = [one for one in queries.charges_of(booking.id) if one.session.id in session_ids]
    if not decided:
        raise RuleBroken("Choose a day that is on the list of charges", field="days")
    for one in decided:
        recorded_at = supersede(one.decision, by=by.name, now=now) if one.decision else now
        fact = ChargeDecision(
            booking_id=booking.id,
            session_id=one.session.id,
            is_charged=is_charged,
            cause=cause or (one.decision.cause if one.decision else None),
            reason=reason or None,
        )
        record(fact, by=by.name, now=now, recorded_at=recorded_at)
        _note(one, "Charged" if is_charged else "Waived", by=by, now=now, reason=reason)
    db.session.flush()
    return decided


def take_back(*, booking: Booking, session_id: int, by: Actor, now: datetime) -> None:
    """A decision does not hold any more: what the terms and the cause propose does. Twice does nothing."""
    check_can_charge(by)
    lock_row(Booking, booking.id)
    for one in queries.charges_of(booking.id):
        if one.session.id == session_id and one.decision is not None:
            supersede(one.decision, by=by.name, now=now)
            _note(one, "As proposed", by=by, now=now)


def _note(charge: Charge, becomes: str, *, by: Actor, now: datetime, reason: str | None = None) -> None:
    what = f"{charge.session.component.title}, {pounds(charge.amount)}"
    audit.record(
        by=by,
        verb="booking:charge decided",
        thing=charge.booking,
        now=now,
        changes={what: (charge.standing.label, becomes)},
        reason=reason or None,
    )
