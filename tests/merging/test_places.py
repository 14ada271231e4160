"""The places of two records that become one, and two again: with their approval, their dates, their needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.bookings import queries as bookings_queries
from app.bookings import rules as bookings
from app.bookings.models import Booking, BookingState, Need
from app.core import clock
from app.core.db import db
from app.merging import rules
from app.merging.models import Merge
from app.people.models import Person
from app.programmes.models import Promotion
from app.sessions.models import Run
from tests import factories
from tests.bookings import asking
from tests.bookings.desk import academy, leaves, message, told

CONFIRMED, REQUESTED, WAITLISTED = BookingState.CONFIRMED, BookingState.REQUESTED, BookingState.WAITLISTED
RELEASED, OFFERED = BookingState.RELEASED, BookingState.OFFERED
IN_MAY = date(2022, 5, 17)


@pytest.fixture(autouse=True)
def _on_the_first_of_march(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01 10:00")


def joys(**values: Any) -> tuple[Person, Person]:
    """ "Joy Okafor", and "J Okafor", who turns out to be somebody else."""
    joy = factories.staff(first_name="Joy", last_name="Okafor")
    return joy, factories.staff(first_name="J", last_name="Okafor", **values)


def booked(run: Run, person: Person) -> Booking:
    return bookings.book(run=run, person=person, by=academy(), now=clock.now())


def merge(survivor: Person, merged: Person) -> Merge:
    row = rules.merge(survivor=survivor, merged=merged, by=academy(), now=clock.now())
    db.session.commit()
    return row


def undo(row: Merge, after: timedelta = timedelta(hours=1)) -> Booking | None:
    """Undo a merge; what the other record has, or waits for, then."""
    rules.undo(merge=row, by=academy(), now=clock.now() + after)
    db.session.commit()
    statement = select(Booking).where(
        Booking.person_id == row.merged_id, Booking.state.in_(bookings_queries.OPEN_STATES)
    )
    return db.session.scalar(statement)


# --- Approval ------------------------------------------------------------------------------------------


def test_u07_a_request_that_is_restored_is_asked_for_again_and_can_be_answered() -> None:
    manager = factories.staff(first_name="Maria", last_name="Lindqvist")
    joy, other = joys(manager_id=manager.id)
    run = asking.run_on(IN_MAY)
    booked(run, joy)
    asked = asking.ask(run, other)
    until = asked.held_until
    assert asked.state is REQUESTED
    again = undo(merge(joy, other))
    assert again is not None
    assert (again.state, asked.state, again.held_until) == (REQUESTED, RELEASED, until)
    assert again.approval is not None
    assert (again.approval.approver, again.approval.is_pending) == (manager, True)
    assert [one.about_id for one in asking.letters("approval_asked")] == [asked.id, again.id]
    bookings.approve(booking=again, by=asking.as_manager(manager), now=clock.now() + timedelta(hours=2))
    assert again.state is CONFIRMED


@pytest.mark.parametrize(("is_approved", "then"), [(False, REQUESTED), (True, CONFIRMED)])
def test_u07_who_waits_again_still_lacks_or_has_the_approval(is_approved: bool, then: BookingState) -> None:
    joy, other = joys()
    run = asking.run_on(IN_MAY, capacity=1)
    has_place, waits = booked(run, joy), asking.ask(run, other)
    if is_approved:
        bookings.approve(booking=waits, by=academy(), now=clock.now())
    assert waits.state is WAITLISTED
    again = undo(merge(joy, other))
    assert again is not None
    assert again.state is WAITLISTED
    if is_approved:
        assert _said(again) == _said(waits)
    bookings.cancel(booking=has_place, by=academy(), now=clock.now() + timedelta(hours=2))
    assert again.state is then


def _said(booking: Booking) -> tuple[Any, ...]:
    one = booking.approval
    assert one is not None
    return one.approver_id, one.asked_at, one.decided_at, one.is_approved, one.decided_by, one.declared_email


def test_st04_an_offer_that_is_restored_is_told_with_a_link_that_answers_it() -> None:
    joy, other = joys()
    course = factories.course(components=1, terms={"promotion": Promotion.OFFER})
    run = factories.run(course, days=[IN_MAY], capacity=2)
    booked(run, joy)
    third = booked(run, factories.staff())
    offered = booked(run, other)
    leaves(third)
    assert offered.state is OFFERED
    again = undo(merge(joy, other))
    assert again is not None
    assert (again.state, told(again)) == (OFFERED, ["offered:1"])
    answers = bookings.offered_by(message(again, "offered:1").secret or "")
    assert answers is again


# --- Dates ---------------------------------------------------------------------------------------------


def test_u07_who_turned_an_offer_down_is_made_no_other_at_once_when_restored() -> None:
    joy, other = joys()
    run = factories.run(capacity=1, days=[IN_MAY, IN_MAY + timedelta(days=7)])
    booked(run, joy)
    waits = booked(run, other)
    waits.passed_until = clock.now() + timedelta(days=1)
    again = undo(merge(joy, other))
    assert again is not None
    assert again.passed_until == waits.passed_until


@pytest.mark.parametrize("days", [1, 10], ids=["in time", "after the time ran out"])
def test_u07_a_place_to_be_reconfirmed_still_is_when_restored(days: int) -> None:
    """Nobody could reconfirm a place that the merge had ended: who lost the time for it is given it anew."""
    joy, other = joys()
    run = factories.run(capacity=2, days=[IN_MAY, IN_MAY + timedelta(days=7)])
    booked(run, joy)
    place = booked(run, other)
    by = place.reconfirm_by = clock.now() + timedelta(days=5)
    row = merge(joy, other)
    assert place.state is RELEASED
    again = undo(row, after=timedelta(days=days))
    assert again is not None
    assert (again.state, again.reconfirm_by is None) == (CONFIRMED, False)
    assert again.reconfirm_by == by if days == 1 else again.reconfirm_by > clock.now() + timedelta(days=days)


# --- What they need ------------------------------------------------------------------------------------


def needs(booking: Booking, words: str) -> None:
    bookings.say_need(booking=booking, words=words, by=academy(), now=clock.now())


def needed() -> dict[int, str]:
    """What is to be arranged, by booking."""
    db.session.expire_all()
    return {one.booking_id: one.words for one in db.session.scalars(select(Need))}


def test_st08_what_the_lesser_booking_needs_goes_to_the_one_that_stays() -> None:
    joy, other = joys()
    run = factories.run(capacity=2)
    stays, lesser = booked(run, joy), booked(run, other)
    needs(lesser, "A hearing loop")
    merge(joy, other)
    assert (lesser.state, needed()) == (RELEASED, {stays.id: "A hearing loop"})


def test_st08_what_the_booking_that_stays_needs_itself_is_kept_and_the_other_comes_back_with_the_undo() -> (
    None
):
    joy, other = joys()
    run = factories.run(capacity=2)
    stays, lesser = booked(run, joy), booked(run, other)
    needs(stays, "Step-free access")
    needs(lesser, "A hearing loop")
    row = merge(joy, other)
    seen = [one.words for one in db.session.scalars(bookings_queries.needs_on(run.id))]
    assert seen == ["Step-free access"]
    again = undo(row)
    assert again is not None
    assert needed() == {stays.id: "Step-free access", again.id: "A hearing loop"}


def test_st08_what_was_kept_aside_is_deleted_once_the_merge_stands_for_good() -> None:
    joy, other = joys()
    run = factories.run(capacity=2, days=[IN_MAY, IN_MAY + timedelta(days=7)])
    stays, lesser = booked(run, joy), booked(run, other)
    needs(stays, "Step-free access")
    needs(lesser, "A hearing loop")
    merge(joy, other)
    for days, left in ((30, {stays.id: "Step-free access"}), (29, None)):
        before = needed()
        bookings.forget_needs(now=clock.now() + timedelta(days=days))
        assert needed() == (before if left is None else left)
        db.session.rollback()


@pytest.mark.parametrize("is_changed", [False, True])
def test_st08_two_people_again_each_has_their_own_need(is_changed: bool, travel_to: Any) -> None:
    """What was said since stays with the record that went on."""
    joy, other = joys()
    run = factories.run(capacity=2)
    stays, lesser = booked(run, joy), booked(run, other)
    needs(lesser, "A hearing loop")
    row = merge(joy, other)
    if is_changed:
        travel_to("2022-03-01 10:30")
        needs(stays, "Large print")
        travel_to("2022-03-01 10:00")
    again = undo(row)
    assert again is not None
    assert needed() == ({stays.id: "Large print"} if is_changed else {again.id: "A hearing loop"})


def test_st08_what_somebody_needs_whose_request_ran_out_stays_with_nobody_else() -> None:
    joy, other = joys()
    run = asking.run_on(IN_MAY)
    booked(run, joy)
    needs(asking.ask(run, other), "A hearing loop")
    row = merge(joy, other)
    assert list(needed().values()) == ["A hearing loop"]
    assert undo(row, after=timedelta(days=10)) is None
    assert needed() == {}
