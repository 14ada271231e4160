"""What was looked at before the lock is looked at again under it, and only the academy overrides it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from app.bookings import rules
from app.bookings.models import Booking, BookingState, Need
from app.core import clock, workdays
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.people.models import Person
from app.sessions.models import Run
from tests import factories
from tests.bookings import racing
from tests.bookings.desk import academy, books, leaves, message, moves_unseen, own

DAY, WEEK_LATER, MONTH_LATER = (workdays.working_days_after(clock.today(), days) for days in (100, 105, 120))


def test_u09_of_many_runs_at_one_time_one_person_gets_one_place(
    engine_name: str, database_url: str, instance_dir: Path
) -> None:
    course = factories.course(components=1)
    person, ids = factories.staff(), [factories.run(course, days=[DAY]).id for _ in range(20)]
    person_id = person.id
    db.session.commit()
    kind = racing.threads if engine_name == "postgresql" else racing.processes
    with kind(database_url, instance_dir, racing.book_if_free) as race:
        outcomes = race(person_id, ids)
    assert Counter(state for state, _ in outcomes) == {"confirmed": 1, "refused": 19}


def test_u05_nobody_is_booked_for_a_date_that_changed_while_they_booked() -> None:
    run = factories.run(factories.course(components=1), days=[DAY])
    person = factories.staff()
    now = clock.now()
    moves_unseen(run.sessions[0], WEEK_LATER)
    with pytest.raises(RuleBroken, match="have just changed"):
        rules.book(run=run, person=person, by=own(person), now=now)
    db.session.expire(run.sessions[0])
    assert rules.book(run=run, person=person, by=own(person), now=now).state is BookingState.CONFIRMED


@pytest.mark.parametrize("is_academy", [True, False])
def test_u09_only_the_academy_overrides_with_a_reason(is_academy: bool) -> None:
    person, run = factories.staff(), factories.run()
    by = academy() if is_academy else own(person)
    booking = rules.book(run=run, person=person, by=by, now=clock.now(), reason="They asked nicely")
    assert booking.override_reason == ("They asked nicely" if is_academy else None)


def _becomes_anothers(booking: Booking) -> Person:
    """The record of whose booking it is becomes part of another, of which what is loaded knows nothing."""
    other, rows = factories.staff(), Booking.__table__
    assert booking.person.id != other.id
    db.session.execute(rows.update().where(rows.c.id == booking.id).values(person_id=other.id))
    return other


def test_u07_whose_a_booking_is_is_seen_again_under_the_lock() -> None:
    booking, to_run = books(run := factories.run()), factories.run(run.version.course)
    was = own(booking.person)
    other = _becomes_anothers(booking)
    with pytest.raises(NotAllowed):
        rules.cancel(booking=booking, by=was, now=clock.now())
    moved = rules.transfer(booking=booking, to_run=to_run, by=academy(), now=clock.now())
    assert moved.person is other
    _becomes_anothers(moved)
    rules.cancel(booking=moved, by=academy(), now=clock.now())
    assert message(moved, "cancelled").to_address == moved.person.email != other.email


def test_u09_whoever_was_moved_and_waits_is_not_promoted_into_a_clash() -> None:
    course = factories.course(components=1)
    first, full = factories.run(course, days=[DAY]), factories.run(course, days=[DAY], capacity=1)
    holder, person = books(full), factories.staff()
    booking = books(first, person)
    new = rules.transfer(booking=booking, to_run=full, by=academy(), now=clock.now())
    assert (new.state, new.has_priority, new.override_reason) == (BookingState.WAITLISTED, True, None)
    books(factories.run(factories.course(components=1), days=[DAY]), person)
    leaves(holder)
    assert new.state is BookingState.WAITLISTED


# --- What they need stays with whoever still comes ----------------------------------------------------


def needs_of(booking: Booking) -> list[str]:
    return list(db.session.scalars(select(Need.words).where(Need.booking_id == booking.id)))


def says(booking: Booking, words: str) -> None:
    rules.say_need(booking=booking, words=words, by=own(booking.person), now=clock.now())


def test_st08_whoever_waited_and_takes_a_colleagues_place_keeps_what_they_need() -> None:
    run = factories.run(capacity=1)
    place, waits = books(run), books(run)
    says(place, "Large print")
    says(waits, "A wheelchair")
    by = own(place.person)
    new = rules.substitute(booking=place, colleague=waits.person, by=by, now=clock.now())
    assert needs_of(new) == ["A wheelchair"]
    assert db.session.scalars(select(Need.words)).all() == ["A wheelchair"]


@pytest.mark.parametrize(("said", "expected"), [(None, "Hearing loop"), ("Large print", "Large print")])
def test_st08_of_two_runs_that_join_the_place_that_stays_has_what_they_need(
    said: str | None, expected: str
) -> None:
    course = factories.course(components=1)
    first, second = factories.run(course, days=[DAY]), factories.run(course, days=[MONTH_LATER])
    person = factories.staff()
    leaving, stays = books(first, person), books(second, person)
    says(leaving, "Hearing loop")
    if said:
        says(stays, said)
    rules.merge_runs(run=first, into=second, by=academy(), now=clock.now())
    assert needs_of(stays) == [expected]
    assert db.session.scalars(select(Need.words)).all() == [expected]


def test_a_cancelled_run_keeps_its_number_of_places() -> None:
    run: Run = factories.run()
    rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Too few")
    with pytest.raises(RuleBroken, match="was cancelled, so it can’t be changed"):
        rules.change_capacity(session=run.sessions[0], capacity=20, by=academy(), now=clock.now())


def test_a_move_to_a_run_of_which_they_have_a_day_is_refused_before_anything_changes() -> None:
    course = factories.course(components=1)
    first, second = factories.run(course, days=[DAY]), factories.run(course, days=[MONTH_LATER])
    booking = books(first)
    rules.book(run=second, person=booking.person, session=second.sessions[0], by=academy(), now=clock.now())
    with pytest.raises(RuleBroken, match="has a booking of one day"):
        rules.transfer(booking=booking, to_run=second, by=academy(), now=clock.now())
    assert booking.state is BookingState.CONFIRMED


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.LINE_MANAGER])
def test_only_the_academy_moves_people_and_changes_places(role: Role) -> None:
    course = factories.course(components=1)
    first, second = factories.run(course, days=[DAY]), factories.run(course, days=[MONTH_LATER])
    booking = books(first)
    by = factories.actor(role, of=booking.person)
    with pytest.raises(NotAllowed):
        rules.transfer(booking=booking, to_run=second, by=by, now=clock.now(), reason="I would rather")
    with pytest.raises(NotAllowed):
        rules.change_capacity(session=first.sessions[0], capacity=20, by=by, now=clock.now())
