"""Until when a place can be given up freely, what is late, and what people are told of it beforehand."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from app.bookings import rules
from app.bookings.models import Booking, BookingState, LeavingCause
from app.bookings.rules.times import percent_due
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.outbox.models import Message
from app.people.models import Person
from app.programmes.models import NoticeUnit
from tests import factories
from tests.bookings.desk import academy, own, rate

OF_MARCH, AFTER_EASTER = date(2022, 3, 15), date(2022, 4, 19)


def cause(name: str = "Sickness") -> LeavingCause:
    return db.session.query(LeavingCause).filter_by(name=name).one()


def place(held_on: date = OF_MARCH, *, of: Person | None = None, start: time = time(9, 30), **terms: Any):
    """A confirmed place on a run of one day."""
    course = factories.course(components=1, title="Signs of Safety", terms=terms)
    run = factories.run(course, days=[held_on], start=start, capacity=1)
    return rules.book(run=run, person=of or factories.staff(), by=academy(), now=clock.now())


def notice(booking: Booking) -> str:
    course = booking.run.version.course
    return rules.notice_in_words(booking.person, course, booking.sessions, clock.now())


# --- The last free day ---------------------------------------------------------------------------------

WORKING, CALENDAR = NoticeUnit.WORKING_DAYS, NoticeUnit.CALENDAR_DAYS


@pytest.mark.parametrize(
    ("held_on", "terms", "until"),
    [
        (OF_MARCH, {}, "the end of Thursday 10 March"),
        (AFTER_EASTER, {}, "the end of Tuesday 12 April"),
        (OF_MARCH, {"notice_unit": CALENDAR, "notice_days": 7}, "the end of Tuesday 8 March"),
        (OF_MARCH, {"notice_unit": CALENDAR, "notice_days": 14}, "the end of Tuesday 1 March"),
        (OF_MARCH, {"notice_days": 1}, "the end of Monday 14 March"),
        (OF_MARCH, {"notice_days": 0}, "it begins"),
        (OF_MARCH, {"early_notice_days": 10}, "the end of Tuesday 1 March"),
    ],
    ids=["U-01", "U-01 over Easter", "Reading", "Plymouth", "1 day", "none", "two tiers"],
)
def test_u01_free_until_the_end_of_the_day_that_the_terms_give(
    travel_to, held_on: date, terms: dict[str, Any], until: str
) -> None:
    travel_to("2022-02-01")
    assert notice(place(held_on, **terms)) == f"Free to cancel until {until}."


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        ("2022-03-10 23:59", BookingState.CANCELLED),
        ("2022-03-11 00:00", BookingState.CANCELLED_LATE),
        ("2022-03-11 09:00", BookingState.CANCELLED_LATE),
    ],
)
def test_u01_cancelled_on_friday_is_late_and_the_seat_goes_on(
    travel_to, moment: str, state: BookingState
) -> None:
    travel_to("2022-02-01")
    booking = place()
    waits = rules.book(run=booking.run, person=factories.staff(), by=academy(), now=clock.now())
    travel_to(moment)
    promoted = rules.cancel(booking=booking, by=own(booking.person), now=clock.now(), cause=cause())
    assert booking.state is state
    assert promoted == [waits]
    assert waits.state is BookingState.OFFERED
    assert booking.moves[-1].cause is cause()
    assert booking.moves[-1].charged_percent is None


def test_u01_late_needs_a_cause_and_in_time_does_not(travel_to) -> None:
    travel_to("2022-02-01")
    early, late = place(), place()
    rules.cancel(booking=early, by=own(early.person), now=clock.now())
    assert early.state is BookingState.CANCELLED
    travel_to("2022-03-11")
    with pytest.raises(RuleBroken, match="Choose why the place is given up") as refused:
        rules.cancel(booking=late, by=own(late.person), now=clock.now())
    assert refused.value.field == "cause"
    cause("Forgot").is_offered = False
    with pytest.raises(RuleBroken, match="not on the list any more"):
        rules.cancel(booking=late, by=own(late.person), now=clock.now(), cause=cause("Forgot"))
    for one in db.session.query(LeavingCause):
        one.is_offered = False
    rules.cancel(booking=late, by=own(late.person), now=clock.now())
    assert late.state is BookingState.CANCELLED_LATE


@pytest.mark.parametrize(
    ("is_asked_for", "state", "words"),
    [
        (True, BookingState.CANCELLED_LATE, "recorded as late"),
        (False, BookingState.CANCELLED_BY_ACADEMY, "The academy has cancelled your place"),
    ],
)
def test_the_academy_says_whether_the_person_asked(
    travel_to, is_asked_for: bool, state: BookingState, words: str
) -> None:
    travel_to("2022-02-01")
    booking = place()
    travel_to("2022-03-11")
    rules.cancel(booking=booking, by=academy(), now=clock.now(), cause=cause(), is_asked_for=is_asked_for)
    assert booking.state is state
    message = db.session.scalars(db.select(Message).order_by(Message.id.desc())).first()
    assert words in message.text
    assert message.calendar is not None


def test_what_was_free_is_told_as_past_afterwards(travel_to) -> None:
    travel_to("2022-02-01")
    booking = place()
    travel_to("2022-03-11")
    was = "To cancel a place now counts as late: it was free until the end of Thursday 10 March."
    assert notice(booking) == was


def test_whoever_waits_is_never_late(travel_to) -> None:
    travel_to("2022-02-01")
    booking = place()
    waits = rules.book(run=booking.run, person=factories.staff(), by=academy(), now=clock.now())
    travel_to("2022-03-14")
    rules.cancel(booking=waits, by=own(waits.person), now=clock.now())
    assert waits.state is BookingState.CANCELLED


# --- What it costs, before anybody books ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({}, "If you cancel after the end of Thursday 10 March or do not attend: £90 per day."),
        (
            {"early_notice_days": 10, "early_percent": 50},
            "If you cancel after the end of Tuesday 1 March: £45 per day. If you cancel after the end of "
            "Thursday 10 March or do not attend: £90 per day.",
        ),
        (
            {"late_percent": 75, "early_percent": 0},
            "If you cancel after the end of Thursday 10 March: £67.50 per day. If you do not attend: £90 "
            "per day.",
        ),
        (
            {"early_notice_days": 10, "late_percent": 50, "early_percent": 50},
            "If you cancel after the end of Tuesday 1 March: £45 per day. If you do not attend: £90 per day.",
        ),
        (
            {"early_notice_days": 10, "late_percent": 100, "early_percent": 100},
            "If you cancel after the end of Tuesday 1 March or do not attend: £90 per day.",
        ),
        ({"late_percent": 0, "early_percent": 0}, "If you do not attend: £90 per day."),
        ({"notice_days": 0}, "If you do not attend: £90 per day."),
    ],
    ids=["MA-08", "two tiers", "a share", "equal shares", "all from the first", "late is free", "no notice"],
)
def test_ma08_charges_are_clear_before_booking(travel_to, terms: dict[str, Any], words: str) -> None:
    travel_to("2022-02-01")
    rate("50", "90")
    booking = place(of=factories.partner(), has_charges=True, **terms)
    assert notice(booking) == f"Free for partnership members. {words}"
    message = db.session.scalars(db.select(Message)).one()
    assert words in message.text


def test_ma08_half_a_day_staff_and_whom_no_rate_fits(travel_to) -> None:
    travel_to("2022-02-01")
    rate("50", "90")
    half = place(of=factories.partner(), has_charges=True, start=time(12, 30))
    assert notice(half).endswith("or do not attend: £50 per half day.")
    for booking in (
        place(has_charges=True),
        place(of=factories.panel_member(), has_charges=True),
        place(of=factories.partner()),
    ):
        assert notice(booking) == "Free to cancel until the end of Thursday 10 March."


@pytest.mark.parametrize(
    ("moment", "percent", "words"),
    [
        ("2022-03-01 23:59", 0, "This is in time. Free to cancel until the end of Tuesday 1 March."),
        ("2022-03-02 00:00", 50, "It is listed for Finance at £45, unless"),
        ("2022-03-10 23:59", 50, "It is listed for Finance at £45, unless"),
        ("2022-03-11 00:00", 100, "It is listed for Finance at £90, unless"),
    ],
)
def test_the_cancel_page_says_what_it_means(travel_to, moment: str, percent: int, words: str) -> None:
    travel_to("2022-02-01")
    rate("50", "90")
    booking = place(of=factories.partner(), has_charges=True, early_notice_days=10)
    travel_to(moment)
    assert percent_due(booking.sessions, booking.run.version.course.terms, clock.now()) == percent
    assert words in rules.late_in_words(booking, clock.now())
    rules.cancel(booking=booking, by=own(booking.person), now=clock.now(), cause=cause("Forgot"))
    assert booking.moves[-1].charged_percent == (percent or None)


def test_the_cancel_page_says_when_late_costs_nothing(travel_to) -> None:
    travel_to("2022-02-01")
    booking = place()
    travel_to("2022-03-11")
    assert rules.late_in_words(booking, clock.now()) == (
        "This is late: it was free until the end of Thursday 10 March. It is recorded as late; others can "
        "have the place. Nothing is charged."
    )


def test_u05_nobody_is_late_while_asked_whether_they_still_come(travel_to) -> None:
    travel_to("2022-02-01")
    booking = place()
    travel_to("2022-03-14")
    booking.reconfirm_by = booking.sessions[0].starts_at
    assert rules.late_in_words(booking, clock.now()).startswith(
        "This is in time: its date or time was changed"
    )
    rules.cancel(booking=booking, by=own(booking.person), now=clock.now())
    assert booking.state is BookingState.CANCELLED
