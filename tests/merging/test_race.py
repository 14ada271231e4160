"""Who books for a record while it is merged: the place is the survivor's, or is refused. (U-07)"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.bookings import queries as bookings_queries
from app.bookings import rules as bookings
from app.bookings.models import Booking
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.merging import rules
from app.people.models import Person
from app.sessions.models import Run
from tests import factories
from tests.races import AT_ONCE, at_once

ROUNDS = 5
LOCKS = "SELECT run.state"  # how the statement begins that locks a run and whoever wants a place on it


def _book(run_id: int, person_id: int) -> None:
    run, person = db.session.get_one(Run, run_id), db.session.get_one(Person, person_id)
    by = factories.actor(Role.ACADEMY_MANAGER)
    bookings.book(run=run, person=person, by=by, now=clock.now(), reason="Test")


def _merge(survivor_id: int, merged_id: int) -> None:
    survivor, merged = db.session.get_one(Person, survivor_id), db.session.get_one(Person, merged_id)
    rules.merge(survivor=survivor, merged=merged, by=factories.actor(Role.ACADEMY_MANAGER), now=clock.now())


def _open(person_id: int) -> list[Booking]:
    statement = select(Booking).where(
        Booking.person_id == person_id, Booking.state.in_(bookings_queries.OPEN_STATES)
    )
    return list(db.session.scalars(statement))


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_u07_bookings_in_the_instant_of_a_merge_are_neither_lost_nor_double(app: Flask, round_: int) -> None:
    run_ids = [factories.run(capacity=4).id for _ in range(2)]
    survivor, merged = factories.staff(), factories.staff()
    booked, others = factories.staff(), (survivor.id, merged.id)
    _book(run_ids[0], survivor.id)
    _book(run_ids[0], booked.id)

    def act(number: int) -> None:
        if number == round_ % AT_ONCE:
            _merge(*others)
        else:
            _book(run_ids[number % 2], others[number // 2 % 2])

    told = at_once(app, act)
    assert _open(merged.id) == [] or db.session.get_one(Person, merged.id).merged_into_id is None
    held = [one.run_id for one in _open(survivor.id)]
    assert len(held) == len(set(held))
    assert told.count("done") + told.count("refused") == AT_ONCE
    assert bookings_queries.capacity_breaches() == []


def test_u07_a_booking_checked_just_before_the_merge_commits_does_not_land_on_the_merged_record(
    app: Flask, engine_name: str
) -> None:
    """The booking has looked at the person; then the merge commits; then the booking takes their lock.

    On SQLite the two take turns: the merge is over before the booking looks.
    """
    run_id, survivor_id, merged_id = factories.run().id, factories.staff().id, factories.staff().id
    db.session.commit()
    people = survivor_id, merged_id
    told = _while_merged(app, engine_name, lambda: _book(run_id, merged_id), people, before=LOCKS)
    assert "merged into" in told
    assert _open(merged_id) == []


def test_u07_a_place_given_to_a_colleague_who_is_merged_at_that_moment_stays_with_the_giver(
    app: Flask, engine_name: str
) -> None:
    run_id, giver_id = factories.run().id, factories.staff().id
    survivor_id, merged_id = factories.staff().id, factories.staff().id
    _book(run_id, giver_id)
    [place] = _open(giver_id)
    place_id = place.id
    db.session.commit()

    def give() -> None:
        place, colleague = db.session.get_one(Booking, place_id), db.session.get_one(Person, merged_id)
        by = factories.actor(Role.ACADEMY_MANAGER)
        bookings.substitute(booking=place, colleague=colleague, by=by, now=clock.now(), reason="Test")

    told = _while_merged(app, engine_name, give, (survivor_id, merged_id), before="SELECT run.id")
    assert "merged into" in told
    assert [one.id for one in _open(giver_id)] == [place_id]
    assert _open(survivor_id) + _open(merged_id) == []


def _while_merged(
    app: Flask, engine_name: str, act: Callable[[], None], people: tuple[int, int], *, before: str
) -> str:
    """What somebody is told who has come to this statement when the merge of these people commits."""
    told: list[str] = []

    def try_it() -> None:
        with app.app_context():
            try:
                act()
                db.session.commit()
                told.append("done")
            except RuleBroken as refused:
                db.session.rollback()
                told.append(refused.message)

    trying = Thread(target=try_it)
    if engine_name == "sqlite":
        _merge(*people)
        db.session.commit()
        trying.start()
        trying.join(timeout=20)
    else:
        with _held_before(before) as (arrived, go_on):
            trying.start()
            assert arrived.wait(timeout=20)
            _merge(*people)
            db.session.commit()
            go_on.set()
            trying.join(timeout=20)
    db.session.expire_all()
    [sentence] = told
    return sentence


@contextmanager
def _held_before(words: str) -> Iterator[tuple[Event, Event]]:
    """The first statement that begins with these words waits until it is let go; whether it has arrived, and
    that."""
    arrived, go_on = Event(), Event()

    def hold(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(words) and not arrived.is_set():
            arrived.set()
            assert go_on.wait(timeout=20)

    event.listen(db.engine, "before_cursor_execute", hold)
    try:
        yield arrived, go_on
    finally:
        event.remove(db.engine, "before_cursor_execute", hold)
