"""Who did not come without notice, and when they and their manager are asked about it. (U-02, LM-06)"""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from sqlalchemy import select

from app.attendance import rules as registers
from app.attendance.rules import NewMark, record_marks
from app.bookings.models import LeavingCause
from app.core import clock
from app.core.actors import COMMAND_LINE
from app.core.db import db
from app.core.permissions import Role
from app.learning.models import Mark, MarkStatus, MarkWay
from app.outbox.models import Message, MessageState
from app.people.models import Deputy, Person
from app.reminders import jobs, rules
from app.sessions.models import Run
from tests import factories
from tests.attendance.marking import mark as mark_register

TUESDAY = date(2022, 3, 15)


def london(day: date, hour: int, minute: int = 0) -> datetime:
    return clock.london_time(day, time(hour, minute))


@pytest.fixture
def manager(database: None) -> Person:
    return factories.staff(first_name="Maria", last_name="Lindqvist", email="maria@council.example")


@pytest.fixture
def tom(manager: Person) -> Person:
    return factories.staff(
        first_name="Tom", last_name="Reyes", email="tom@council.example", manager_id=manager.id
    )


def absent(person: Person, day: date = TUESDAY, **values: object) -> Run:
    """A run of one day to which somebody with a place did not come."""
    run = factories.run(factories.course(components=1, title="Signs of Safety"), days=[day])
    factories.booking(run, person)
    mark_register(run, 1, person, status=MarkStatus.ABSENT_NO_NOTICE, **values)  # type: ignore[arg-type]
    db.session.commit()
    return run


def letters() -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.kind.startswith("absence_"))))


@pytest.mark.parametrize(
    ("marked", "asked"),
    [
        pytest.param(date(2022, 3, 15), date(2022, 3, 16), id="the next day"),
        pytest.param(date(2022, 3, 18), date(2022, 3, 21), id="over a weekend"),
        pytest.param(date(2022, 4, 14), date(2022, 4, 19), id="over Easter"),
    ],
)
def test_u02_it_is_asked_at_nine_on_the_working_day_after(marked: date, asked: date) -> None:
    assert rules.ask_from(london(marked, 17)) == london(asked, 9)


def test_u02_lm06_person_and_manager_are_asked_once(tom: Person, manager: Person) -> None:
    absent(tom)
    assert jobs.absences(london(date(2022, 3, 16), 8, 59)).done == 0
    assert [jobs.absences(london(date(2022, 3, 16), 9, minute)).done for minute in (0, 1)] == [2, 0]
    assert {(one.to_address, one.subject) for one in letters()} == {
        ("tom@council.example", "You did not attend 15 March. Reason?"),
        ("maria@council.example", "Tom Reyes did not attend 15 March. Reason?"),
    }


def test_lm07_lm06_a_deputy_is_asked_in_place_of_the_manager(tom: Person, manager: Person) -> None:
    ana = factories.staff(email="ana@council.example")
    db.session.add(
        Deputy(
            manager_id=manager.id,
            deputy_id=ana.id,
            first_day=date(2022, 3, 7),
            last_day=date(2022, 3, 18),
            created_at=factories.LONG_AGO,
        )
    )
    absent(tom)
    jobs.absences(london(date(2022, 3, 16), 9))
    assert {one.to_address for one in letters()} == {"tom@council.example", "ana@council.example"}


def test_u02_a_corrected_register_takes_the_letters_back(tom: Person) -> None:
    run = absent(tom)
    now = london(date(2022, 3, 16), 9)
    jobs.absences(now)
    mark_register(run, 1, tom, status=MarkStatus.ATTENDED, at=now)
    db.session.commit()
    assert jobs.deliver(now).skipped == 2
    assert {one.state for one in letters()} == {MessageState.WITHDRAWN}


def test_u02_a_corrected_register_asks_nobody(tom: Person) -> None:
    run = absent(tom)
    mark_register(run, 1, tom, status=MarkStatus.ABSENT_APOLOGIES, at=london(TUESDAY, 18))
    db.session.commit()
    assert jobs.absences(london(date(2022, 3, 16), 9)).done == 0


def test_u02_once_the_reason_is_known_nobody_else_is_asked(tom: Person) -> None:
    absent(tom)
    now = london(date(2022, 3, 16), 9)
    jobs.absences(now)
    registers.answer_absence(
        mark=db.session.scalars(select(Mark)).one(),
        cause=db.session.scalars(select(LeavingCause)).first(),
        note=None,
        by=factories.actor(Role.PRACTITIONER, of=tom),
        now=now,
    )
    db.session.commit()
    assert jobs.deliver(now).done == 0


def test_u02_who_left_meanwhile_is_not_asked(manager: Person) -> None:
    gone = factories.staff(manager_id=manager.id, last_day=TUESDAY)
    absent(gone)
    assert jobs.absences(london(date(2022, 3, 16), 9)).done == 0


@pytest.mark.parametrize(
    ("way", "held_on"),
    [
        pytest.param(MarkWay.IMPORT, date(2022, 3, 14), id="brought in"),
        pytest.param(MarkWay.REGISTER, date(2021, 6, 1), id="held long ago"),
    ],
)
def test_u02_nobody_is_asked_about_the_far_past(tom: Person, way: MarkWay, held_on: date) -> None:
    run = factories.run(factories.course(components=1), days=[held_on])
    record_marks(
        session=run.sessions[0],
        marks={tom.id: NewMark(MarkStatus.ABSENT_NO_NOTICE)},
        by=COMMAND_LINE,
        now=london(TUESDAY, 17),
        way=way,
    )
    db.session.commit()
    assert jobs.absences(london(date(2022, 3, 16), 9)).done == 0


def test_u17_after_a_long_stop_nobody_is_asked_any_more(tom: Person) -> None:
    absent(tom)
    assert jobs.absences(london(date(2022, 4, 1), 9)).done == 0
