"""What missed days cost, which are charged, and the list for Finance."""

from __future__ import annotations

import csv
import io
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.audit.models import AuditEntry
from app.bookings import files, queries, rules
from app.bookings.models import Booking, ChargeDecision, ChargeRate, LeavingCause
from app.bookings.queries import ChargeState
from app.core import clock
from app.core.db import db, record
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.learning.models import Mark, MarkStatus
from app.people.models import Person, Sector
from app.programmes.models import Course
from tests import factories
from tests.bookings.desk import academy, rate

CHARGEABLE, PROPOSED, WAIVED = ChargeState.CHARGEABLE, ChargeState.PROPOSED, ChargeState.WAIVED
ABSENT, APOLOGIES = MarkStatus.ABSENT_NO_NOTICE, MarkStatus.ABSENT_APOLOGIES
MARCH = (date(2022, 3, 1), date(2022, 3, 31))


def cause(name: str) -> LeavingCause:
    return db.session.query(LeavingCause).filter_by(name=name).one()


def course(*, components: int = 1, **terms: Any) -> Course:
    return factories.course(
        components=components, title="Signs of Safety", terms={"has_charges": True} | terms
    )


def place(on: Course, *days: date, of: Person | None = None, start: time = time(9, 30)) -> Booking:
    run = factories.run(on, days=list(days or [date(2022, 3, 15)]), start=start)
    return rules.book(run=run, person=of or factories.partner(), by=academy(), now=clock.now())


def mark(booking: Booking, status: MarkStatus = ABSENT, *, component: int = 1) -> None:
    session = booking.run.sessions[component - 1]
    fact = Mark(
        person_id=booking.person_id,
        session_id=session.id,
        version_id=booking.run.version_id,
        component=component,
        status=status,
        counts=status is MarkStatus.ATTENDED,
        held_on=session.held_on,
    )
    record(fact, by="Tests", now=session.ends_at)
    db.session.flush()


def give_up(booking: Booking, why: str = "Forgot") -> None:
    own = factories.actor(Role.PARTNER, of=booking.person)
    rules.cancel(booking=booking, by=own, now=clock.now(), cause=cause(why))


def waive(
    booking: Booking, reason: str | None = "Sickness", *, is_charged: bool = False, **values: Any
) -> None:
    ids = {session.id for session in booking.sessions}
    rules.decide(
        booking=booking,
        session_ids=ids,
        is_charged=is_charged,
        reason=reason,
        by=academy(),
        now=clock.now(),
        **values,
    )


def totals(first: date = MARCH[0], last: date = MARCH[1]) -> dict[ChargeState, Decimal]:
    found = queries.charges(first, last)
    return {one: queries.total(found, one) for one in ChargeState if queries.total(found, one)}


@pytest.fixture(autouse=True)
def _in_february(travel_to) -> None:
    travel_to("2022-02-01")


def test_am19_march_comes_to_320_and_the_waived_90_is_shown_apart(travel_to) -> None:
    rate("50", "90")
    on = course()
    absent = [place(on, date(2022, 3, day)) for day in (1, 15, 31, 16)]
    late = place(on, date(2022, 3, 17), start=time(12, 30))
    travel_to("2022-03-16")
    give_up(late)
    travel_to("2022-04-01")
    for booking in absent:
        mark(booking)
    waive(absent[3], cause=cause("Sickness"))
    assert totals() == {CHARGEABLE: Decimal("320.00"), WAIVED: Decimal("90.00")}
    assert totals(date(2022, 4, 1), date(2022, 4, 30)) == {}
    text = files.charges_csv(queries.charges(*MARCH))
    assert text.startswith("\ufeffbooking,name,")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(row["date"], row["amount"], row["standing"]) for row in rows] == [
        ("2022-03-01", "90.00", "Chargeable"),
        ("2022-03-15", "90.00", "Chargeable"),
        ("2022-03-16", "90.00", "Waived"),
        ("2022-03-17", "50.00", "Chargeable"),
        ("2022-03-31", "90.00", "Chargeable"),
    ]
    assert (rows[2]["reason_given"], rows[2]["decision"], rows[2]["decided_on"]) == (
        "Sickness",
        "Sickness",
        "2022-04-01",
    )
    assert rows[3]["why"] == "Cancelled late"


def test_am19_a_cell_is_never_a_formula() -> None:
    rate()
    mark(place(course(), of=factories.partner(first_name="=1+1", last_name="Oduya")))
    assert ",'=1+1 Oduya," in files.charges_csv(queries.charges(*MARCH))


@pytest.mark.parametrize(
    ("terms", "cancelled", "expected"),
    [
        ({}, "2022-03-10 23:59", {}),
        ({}, "2022-03-11", {CHARGEABLE: Decimal("180.00")}),
        ({"late_percent": 75}, "2022-03-11", {CHARGEABLE: Decimal("135.00")}),
        ({"early_notice_days": 10}, "2022-03-01 23:59", {}),
        ({"early_notice_days": 10}, "2022-03-02", {CHARGEABLE: Decimal("90.00")}),
        ({"early_notice_days": 10, "early_percent": 33}, "2022-03-02", {CHARGEABLE: Decimal("59.40")}),
        ({}, "2022-03-15 12:00", {CHARGEABLE: Decimal("90.00")}),
        ({"has_charges": False}, "2022-03-11", {}),
    ],
    ids=["in time", "late", "a share", "before both", "between", "odd pence", "after day 1", "no charges"],
)
def test_each_day_missed_costs_the_share_of_its_tier(
    travel_to, terms: dict[str, Any], cancelled: str, expected: dict[ChargeState, Decimal]
) -> None:
    rate()
    on = course(components=2, **terms)
    booking = place(on, date(2022, 3, 15), date(2022, 3, 22))
    travel_to(cancelled)
    give_up(booking)
    assert totals() == expected


def test_what_was_late_costs_what_the_terms_asked_then(travel_to) -> None:
    rate()
    on = course()
    booking = place(on)
    travel_to("2022-03-14")
    give_up(booking)
    on.terms.late_percent, on.terms.early_percent, on.terms.has_charges = 10, 10, False
    db.session.flush()
    assert totals() == {CHARGEABLE: Decimal("90.00")}


@pytest.mark.parametrize(("then", "afterwards", "listed"), [(False, True, 0), (True, False, 1)])
def test_am19_who_did_not_come_pays_by_the_terms_by_which_they_booked(
    then: bool, afterwards: bool, listed: int, travel_to
) -> None:
    travel_to("2022-02-01")
    rate()
    on = course(has_charges=then)
    booking = place(on)
    on.terms.has_charges = afterwards
    db.session.flush()
    assert ("£90" in rules.notice_of(booking, clock.now())) is then
    other = factories.run(on, days=[date(2022, 3, 22)])
    moved = rules.transfer(booking=booking, to_run=other, by=academy(), now=clock.now())
    travel_to("2022-03-23")
    mark(moved)
    assert len(queries.charges(*MARCH)) == listed


def test_who_gave_a_place_to_a_colleague_or_lost_it_pays_nothing(travel_to) -> None:
    rate()
    on = course()
    given, taken, run_gone, came = place(on), place(on), place(on), place(on)
    travel_to("2022-03-14")
    own = factories.actor(Role.PARTNER, of=given.person)
    rules.substitute(booking=given, colleague=factories.partner(), by=own, now=clock.now())
    rules.cancel(booking=taken, by=academy(), now=clock.now())
    rules.cancel_run(run=run_gone.run, by=academy(), now=clock.now(), reason="Snow")
    mark(came, MarkStatus.ATTENDED)
    assert totals() == {}


@pytest.mark.parametrize(
    ("status", "why", "standing"),
    [(ABSENT, None, CHARGEABLE), (APOLOGIES, None, PROPOSED), (None, "Sickness", PROPOSED),
     (None, "Family emergency", PROPOSED), (None, "Annual leave", CHARGEABLE)],
)  # fmt: skip
def test_what_is_proposed_goes_by_the_cause(
    travel_to, status: MarkStatus | None, why: str | None, standing: ChargeState
) -> None:
    rate()
    booking = place(course())
    travel_to("2022-03-14")
    if status:
        mark(booking, status)
    else:
        give_up(booking, why or "")
    assert totals() == {standing: Decimal("90.00")}


# --- Decisions -----------------------------------------------------------------------------------------


def test_a_decision_is_kept_with_who_when_and_why_and_can_be_taken_back() -> None:
    rate()
    booking = place(course(components=2), date(2022, 3, 15), date(2022, 3, 22))
    mark(booking), mark(booking, APOLOGIES, component=2)
    first, second = booking.sessions
    assert totals() == {CHARGEABLE: Decimal(90), PROPOSED: Decimal(90)}
    waive(booking, "Sickness")
    assert totals() == {WAIVED: Decimal(180)}
    waive(booking, None, is_charged=True)
    assert totals() == {CHARGEABLE: Decimal(180)}
    for _ in range(2):
        rules.take_back(booking=booking, session_id=second.id, by=academy(), now=clock.now())
    assert totals() == {CHARGEABLE: Decimal(90), PROPOSED: Decimal(90)}
    kept = db.session.scalars(select(ChargeDecision).where(ChargeDecision.session_id == first.id)).all()
    assert [(one.is_charged, one.reason, one.superseded_at is None) for one in kept] == [
        (False, "Sickness", False),
        (True, None, True),
    ]
    verbs = db.session.scalars(select(AuditEntry.verb).where(AuditEntry.thing_id == booking.id)).all()
    assert verbs.count("booking:charge decided") == 5


def test_a_decision_needs_a_reason_a_day_and_the_academy() -> None:
    rate()
    booking, nothing = place(course()), place(course())
    mark(booking)
    for reason in (None, "  "):
        with pytest.raises(RuleBroken, match="Enter why it is not charged"):
            waive(booking, reason)
    with pytest.raises(RuleBroken, match="Choose a day that is on the list of charges"):
        waive(nothing)
    stranger = factories.actor(Role.CONTRACT_MANAGER)
    with pytest.raises(NotAllowed):
        rules.decide(booking=booking, session_ids=set(), is_charged=True, by=stranger, now=clock.now())
    with pytest.raises(NotAllowed):
        rules.take_back(booking=booking, session_id=1, by=stranger, now=clock.now())


# --- Rates ---------------------------------------------------------------------------------------------


def _sector(name: str) -> Sector:
    return factories.named(Sector, name)


def test_the_nearest_rate_applies_and_of_those_the_newest_by_that_day() -> None:
    on = course()
    teacher, nurse = factories.partner(), factories.partner(factories.organisation("Trust", "Health"))
    everybody = [(who, place(on, of=who)) for who in (teacher, nurse, factories.staff())]
    for _, booking in everybody:
        mark(booking)

    def amounts() -> list[Decimal | None]:
        found = {one.booking.person_id: one.amount for one in queries.charges(*MARCH)}
        return [found.get(who.id) for who, _ in everybody]

    assert amounts() == [None, None, None]
    rate("25", "50")
    rate("99", "99", from_day=date(2022, 3, 16))
    assert amounts() == [50, 50, None]
    rate("40", "80", sector=_sector("Health"))
    assert amounts() == [50, 80, None]
    rate("30", "60", from_day=date(2022, 3, 15))
    assert amounts() == [60, 80, None]
    rate("10", "20", course=on)
    assert amounts() == [20, 20, None]
    free = rate("0", "0", course=on, sector=_sector("Health"))
    assert amounts() == [20, None, None]
    rate("1", "2.50", is_for_staff=True)
    assert amounts() == [20, None, Decimal("2.50")]
    rules.remove_rate(rate=free, by=academy(), now=clock.now())
    assert amounts() == [20, 20, Decimal("2.50")]


@pytest.mark.parametrize(
    ("hours", "amount"),
    [(time(13, 30), 90), (time(13), 50), (time(12, 59), 50)],
    ids=["more", "4 hours", "less"],
)
def test_a_session_of_4_hours_or_less_is_half_a_day(hours: time, amount: int) -> None:
    rate()
    run = factories.run(course(), days=[date(2022, 3, 15)], start=time(9), end=hours)
    mark(rules.book(run=run, person=factories.partner(), by=academy(), now=clock.now()))
    assert totals() == {CHARGEABLE: Decimal(amount)}


def test_a_rate_of_the_same_scope_and_day_is_changed() -> None:
    first = rate("50", "90")
    assert rate("60", "100") is first
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.thing_type == "charge_rate")).all()
    assert entries[-1].thing_label == "All courses: Partners, from 1 January 2022"
    assert entries[-1].changes == {"Half day": ["£50", "£60"], "Full day": ["£90", "£100"]}


@pytest.mark.parametrize(
    ("half_day", "full_day", "field"),
    [("-1", "10", "half_day"), ("10", "5", "full_day"), ("1", "10001", "full_day")],
)
def test_a_rate_that_makes_no_sense_is_refused(half_day: str, full_day: str, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        rate(half_day, full_day)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"half_day": Decimal(9), "full_day": Decimal(5)}, "a_full_day_costs_more"),
        ({"is_for_staff": True, "sector_id": 1}, "sectors_are_of_partners"),
        ({}, "uq_charge_rate_council|charge_rate.is_for_staff"),
    ],
)
def test_the_database_keeps_rates_sensible(values: dict[str, Any], constraint: str) -> None:
    rate()
    plain = {"is_for_staff": False, "half_day": Decimal(1), "full_day": Decimal(2)}
    db.session.add(ChargeRate(from_day=date(2022, 1, 1), **(plain | values)))
    with pytest.raises(IntegrityError, match=constraint):
        db.session.flush()
    db.session.rollback()
