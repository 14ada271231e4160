"""What registers hold, and how far each person has come."""

from __future__ import annotations

from datetime import date, datetime

from app.attendance import queries
from app.bookings import rules as bookings
from app.core import clock
from app.core.permissions import Role
from app.learning.models import MarkStatus
from tests import factories
from tests.attendance.marking import evening, mark

FOR_EVER = date(2099, 12, 31)


def test_register_counts_people_with_a_place_or_a_mark() -> None:
    course = factories.course(components=2)
    run = factories.run(course)
    people = [factories.staff() for _ in range(3)]
    by = factories.actor(Role.ACADEMY_MANAGER)
    for person in people[:2]:
        bookings.book(run=run, person=person, by=by, now=clock.now())
    walked_in = people[2]
    at = datetime.combine(run.sessions[0].held_on, evening(date(2022, 1, 1)).timetz())
    mark(run, 1, people[0], walked_in, at=at)
    day_1, day_2 = run.sessions
    assert queries.register_counts([day_1.id, day_2.id]) == {day_1.id: (3, 2), day_2.id: (2, 0)}


def test_st09_progress_shows_each_day_and_how_many_are_done() -> None:
    course = factories.course(components=5, catch_up_months=12)
    person = factories.staff()
    days = [date(2022, 1, 31), date(2022, 2, 7), date(2022, 2, 21), date(2022, 2, 28), date(2022, 3, 7)]
    run = factories.run(course, days=days)
    before = evening(date(2022, 1, 10))
    bookings.book(run=run, person=person, by=factories.actor(Role.ACADEMY_MANAGER), now=before)
    mark(run, 1, person)
    mark(run, 2, person, status=MarkStatus.ATTENDED_LATE)
    mark(run, 3, person, status=MarkStatus.ABSENT_NO_NOTICE)
    (progress,) = queries.progress_of(person, as_at=date(2022, 2, 22))
    assert [day.words for day in progress.days] == [
        "Attended",
        "Attended late",
        "Absent, no notice",
        "Booked",
        "Booked",
    ]
    assert (progress.done, progress.completed_on) == (2, None)


def test_progress_forgets_a_day_that_is_out_of_the_window() -> None:
    course = factories.course(components=2, catch_up_months=6)
    person = factories.staff()
    mark(factories.run(course, days=[date(2021, 1, 4), date(2021, 1, 11)]), 1, person)
    mark(factories.run(course, days=[date(2022, 1, 3), date(2022, 1, 10)]), 2, person)
    (progress,) = queries.progress_of(person, as_at=date(2022, 2, 1))
    assert ([day.is_done for day in progress.days], progress.done) == ([False, True], 1)
