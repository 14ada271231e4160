"""A completion that runs out: who is reminded, when, and once. (4.3)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from app.bookings.queries import not_booked
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.outbox.models import Message
from app.programmes import rules as programmes
from app.programmes.models import Course
from app.reminders import jobs, rules
from tests import factories
from tests.attendance.marking import past

UNTIL = date(2024, 3, 15)


def at(day: date, hour: int = 8) -> datetime:
    return clock.london_time(day, time(hour))


def two_years() -> Course:
    course = factories.course(components=1, title="Two-day")
    programmes.change_settings(
        course=course, validity_months=24, by=factories.actor(Role.ACADEMY_MANAGER), now=clock.now()
    )
    return course


def keys() -> list[str]:
    return [key.rpartition(":")[2] for key in db.session.scalars(select(Message.key).order_by(Message.id))]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(date(2023, 12, 16), 7), None),
        (at(date(2023, 12, 16), 8), 90),
        (at(date(2024, 2, 14), 7), 90),
        (at(date(2024, 2, 14), 8), 30),
        (at(UNTIL, 23), 30),
        (at(UNTIL + timedelta(days=1), 0), None),
    ],
)
def test_43_a_refresher_is_due_90_and_30_days_before(now: datetime, expected: int | None) -> None:
    assert rules.refresher_occasion(UNTIL, now=now) == expected


def test_43_each_reminder_is_written_once_and_taken_back_when_it_is_booked(database: None) -> None:
    course = two_years()
    person, gone, silent = factories.staff(), factories.staff(last_day=date(2023, 1, 1)), factories.staff()
    silent.email = None
    for one in (person, gone, silent):
        past(one, course.latest_version, date(2022, 3, 15))
    later = factories.staff()
    past(later, course.latest_version, date(2022, 9, 15))
    db.session.commit()
    assert jobs.refreshers(at(date(2023, 12, 1))).done == 0
    for day in (date(2023, 12, 20), date(2023, 12, 21), date(2024, 2, 20), date(2024, 2, 21)):
        jobs.refreshers(at(day))
    assert keys() == ["90d", "30d"]
    message = db.session.scalars(select(Message)).first()
    assert message is not None
    assert message.to_address == person.email
    assert "valid until Friday 15 March 2024" in message.text
    now = at(date(2024, 2, 22))
    assert rules.is_still_right(message, now=now)
    run = factories.run(course, days=[date(2024, 3, 1)])
    factories.booking(run, person)
    assert not rules.is_still_right(message, now=now)


@pytest.mark.parametrize("has_account", [True, False])
def test_43_u08_a_refresher_can_be_asked_for_by_an_answer(database: None, has_account: bool) -> None:
    course, person = two_years(), factories.partner()
    if has_account:
        factories.user(Role.PARTNER, of=person, password="set")
    past(person, course.latest_version, date(2022, 3, 15))
    db.session.commit()
    jobs.refreshers(at(date(2024, 2, 14)))
    letter = db.session.scalars(select(Message)).one()
    for words in (letter.text, letter.html):
        assert (f"/book?course={course.id}" in words) is has_account
        assert ("Answer this e-mail with the dates that suit you" in words) is not has_account


def test_am08_who_needs_a_refresher_is_among_those_who_have_not_booked(database: None) -> None:
    course, person = two_years(), factories.staff()
    past(person, course.latest_version, date(2022, 3, 15))
    for on, expected in ((UNTIL, []), (UNTIL + timedelta(days=1), [person.id])):
        assert [row.Person.id for row in db.session.execute(not_booked(course, on=on))] == expected


def rows_read(act: Callable[[], object]) -> int:
    """How many rows the database gives for what `act` asks: each question is put to it once more."""
    counts = []

    def ask_again(connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        cursor = connection.connection.cursor()
        cursor.execute(statement, parameters)
        counts.append(len(cursor.fetchall()))

    event.listen(db.engine, "after_cursor_execute", ask_again)
    act()
    event.remove(db.engine, "after_cursor_execute", ask_again)
    return sum(counts)


def test_u17_to_look_at_one_letter_once_more_takes_nobody_elses_completion(database: None) -> None:
    """Or sending 160 letters would read 25,600 rows."""
    course, now = two_years(), at(date(2023, 12, 20))
    counts = []
    for people in (1, 4):
        for _ in range(people):
            past(factories.staff(), course.latest_version, date(2022, 3, 15))
        db.session.commit()
        jobs.refreshers(now)
        letter = db.session.scalars(select(Message).order_by(Message.id).limit(1)).one()
        counts.append(rows_read(lambda one=letter: rules.is_still_right(one, now=now)))
    assert counts[0] == counts[1] > 0
