"""Who waits for several runs at one time gets one place, however many are freed at once. (U-09)"""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.bookings import jobs, queries, rules
from app.bookings.models import Booking, BookingState
from app.core import clock, workdays
from app.core.db import db, writing
from app.people.models import Person
from app.sessions.models import Run
from tests import factories
from tests.bookings.desk import academy, books, states
from tests.races import AT_ONCE, at_once

DAY, ANOTHER_DAY = (workdays.working_days_after(clock.today(), days) for days in (100, 150))
CONFIRMED, WAITLISTED = BookingState.CONFIRMED, BookingState.WAITLISTED


def _full_runs(*queue: Person) -> tuple[list[int], list[list[Booking]]]:
    """Runs on one day, each with its only place taken and all of the queue waiting: places, and who waits."""
    course = factories.course(components=1)
    runs = [factories.run(course, days=[DAY], capacity=1) for _ in range(AT_ONCE)]
    places = [books(run) for run in runs]
    return [one.id for one in places], [[books(run, person) for person in queue] for run in runs]


def _give_up(booking_id: int) -> None:
    with writing():
        booking = db.session.get_one(Booking, booking_id)
        rules.cancel(booking=booking, by=academy(), now=clock.now())


def test_u09_of_places_freed_at_once_somebody_who_waits_gets_one(app: Flask) -> None:
    person, other = factories.staff(), factories.staff()
    places, waits = _full_runs(person, other)
    assert at_once(app, lambda number: _give_up(places[number])) == ["done"] * AT_ONCE
    jobs.sweep(clock.now())
    db.session.expire_all()
    for number in range(2):  # the second has one of those that the first may not have
        mine = [waiting[number] for waiting in waits]
        assert sorted(states(*mine)) == [CONFIRMED] + [WAITLISTED] * (AT_ONCE - 1)
    assert queries.capacity_breaches() == []


def test_u09_nobody_waits_for_ever_while_many_are_answered_and_promoted_at_once(app: Flask) -> None:
    """Two who take runs in either order, while the people of their queues book elsewhere."""
    queue = [factories.staff() for _ in range(3)]
    places, _ = _full_runs(*queue)
    elsewhere = [factories.run(days=[ANOTHER_DAY, ANOTHER_DAY + timedelta(days=1)]).id for _ in range(2)]
    ids = [one.id for one in queue]

    def act(number: int) -> None:
        if number < 3:
            _give_up(places[number])
            return
        with writing():
            run = db.session.get_one(Run, elsewhere[number % 2])
            people = [db.session.get_one(Person, ident) for ident in (ids if number % 2 else ids[::-1])]
            rules.book_many(run=run, people=people, by=academy(), now=clock.now())

    assert at_once(app, act) == ["done"] * AT_ONCE
    assert queries.capacity_breaches() == []
