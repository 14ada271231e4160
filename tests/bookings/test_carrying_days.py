"""Carrying people from a run that ends between its days, or to another version. (U-05, U-22, AM-18)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.attendance import rules as attendance
from app.bookings import rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.db import db
from app.learning.models import MarkStatus
from app.sessions.models import Run
from tests import factories
from tests.bookings.test_carrying import APRIL_26, MARCH_15, Told, academy, booked, new_of

CONFIRMED, WAITLISTED = BookingState.CONFIRMED, BookingState.WAITLISTED


@pytest.fixture(autouse=True)
def the_first_of_march(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01 10:00")


def cancel(run: Run, to_run: Run) -> rules.Outcome:
    return rules.cancel_run(
        run=run, by=academy(), now=clock.now(), reason="The trainer is ill", to_run=to_run
    )


def merge(run: Run, into: Run) -> rules.Outcome:
    return rules.merge_runs(run=run, into=into, by=academy(), now=clock.now())


# --- Between its days ----------------------------------------------------------------------------------


def _between_its_days(
    components: int, other_days: list[date], *, ends_by: Callable[..., Any] = cancel, **terms: Any
) -> tuple[Booking, Run]:
    """Who did day 1 of a run that ends before the next, and the run that they are carried to."""
    course = factories.course(components=components, **terms)
    days = [date(2022, 2, 22), *(MARCH_15 + timedelta(days=number) for number in range(components - 1))]
    run = factories.run(course, days=days)
    other = factories.run(course, days=other_days, capacity=1)
    did, did_not = (factories.booking(run, factories.staff()) for _ in range(2))
    attendance.record_marks(
        session=run.first_session,
        marks={
            did.person_id: attendance.NewMark(MarkStatus.ATTENDED),
            did_not.person_id: attendance.NewMark(MarkStatus.PARTIAL, 10),
        },
        by=academy(),
        now=run.first_session.ends_at,
    )
    ends_by(run, other)
    return did, other


@pytest.mark.parametrize("ends_by", [cancel, merge])
def test_u05_who_did_a_day_of_a_run_that_ends_comes_for_the_other_alone(ends_by: Callable[..., Any]) -> None:
    """Of two on a run of two days one did day 1: they hold one seat of the next run, on day 2. (AM-18)"""
    did, other = _between_its_days(2, [APRIL_26, date(2022, 4, 27)], ends_by=ends_by)
    seats = {
        one.person_id == did.person_id: ([session.component_number for session in one.sessions], one.state)
        for one in db.session.scalars(select(Booking).where(Booking.run_id == other.id))
    }
    assert seats == {True: ([2], CONFIRMED), False: ([1, 2], WAITLISTED)}, "the one seat of day 2 is taken"


@pytest.mark.parametrize(
    ("components", "other_days", "terms"),
    [
        (2, [date(2022, 6, 1), date(2022, 6, 2)], {"catch_up_months": 3}),
        (3, [APRIL_26, date(2022, 4, 27), date(2022, 4, 28)], {}),
    ],
    ids=["after the window", "two of three lacking"],
)
def test_u05_a_single_day_that_would_complete_nobody_is_not_what_they_are_carried_to(
    components: int, other_days: list[date], terms: dict[str, Any]
) -> None:
    did, _ = _between_its_days(components, other_days, **terms)
    new = new_of(did)
    assert new is not None
    assert [one.component_number for one in new.sessions] == list(range(1, components + 1))


# --- To another version --------------------------------------------------------------------------------


@pytest.mark.parametrize("ends_by", [cancel, merge])
def test_u22_who_had_all_days_has_all_days_of_the_other_version(ends_by: Callable[..., Any]) -> None:
    """Three days took the place of two: none of them is one that anybody had, or did."""
    course = factories.course(components=2)
    old = factories.run(course, days=[date(2022, 2, 22), MARCH_15])
    did = factories.booking(old, factories.staff())
    attendance.record_marks(
        session=old.first_session,
        marks={did.person_id: attendance.NewMark(MarkStatus.ATTENDED)},
        by=academy(),
        now=old.first_session.ends_at,
    )
    factories.version(course, components=3, number=2)
    new = factories.run(course, days=[APRIL_26, date(2022, 4, 27), date(2022, 4, 28)])
    ends_by(old, new)
    carried = new_of(did)
    assert carried is not None
    assert (carried.state, len(carried.sessions)) == (CONFIRMED, 3)


@pytest.mark.parametrize("ends_by", [cancel, merge])
def test_u22_who_had_one_day_that_the_other_version_has_not_is_told_of_the_end_alone(
    ends_by: Callable[..., Any],
) -> None:
    course = factories.course(components=2)
    old = factories.run(course, days=[MARCH_15, date(2022, 3, 16)])
    place = booked(old, session=old.sessions[1])
    factories.version(course, components=2, number=2)
    new = factories.run(course, days=[APRIL_26, date(2022, 4, 27)])
    told = Told()
    outcome = ends_by(old, new)
    assert (new_of(place), outcome.told) == (None, [place])
    assert place.state is BookingState.CANCELLED_BY_ACADEMY
    (letter,) = told.messages
    assert letter.to_address == place.person.email
    assert "on these dates instead" not in letter.text


# --- One day alone -------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_other", [False, True], ids=["to no other run", "with another run"])
def test_u05_who_waits_for_one_day_is_told_as_whoever_waits_for_all(is_other: bool) -> None:
    """Nobody who waits is carried when the run is cancelled: each is told, once, that their wait ended."""
    course = factories.course(components=2)
    run = factories.run(course, days=[MARCH_15, date(2022, 3, 16)], capacity=1)
    other = factories.run(course, days=[APRIL_26, date(2022, 4, 27)])
    booked(run)
    waits, for_day_2 = booked(run), booked(run, session=run.sessions[1])
    assert {waits.state, for_day_2.state} == {WAITLISTED}
    told = Told()
    rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Ill", to_run=other if is_other else None)
    assert [new_of(one) for one in (waits, for_day_2)] == [None, None]
    for one in (waits, for_day_2):
        (letter,) = (message for message in told.messages if message.to_address == one.person.email)
        assert "You were on its waiting list, which has ended with it." in letter.text
        assert ("15 March" in letter.text, "16 March" in letter.text) == (one is waits, True)
