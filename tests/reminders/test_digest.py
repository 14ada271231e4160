"""Monday's e-mail of what there is to chase. (AM-09)"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.attendance.models import PartialAcceptance
from app.bookings.models import Approval, BookingState
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.learning.models import Mark, MarkStatus
from app.outbox.models import Message, MessageState
from app.reminders import jobs, queries, rules
from tests import factories
from tests.attendance.marking import mark
from tests.reminders.bouncing import bounced

MONDAY = date(2022, 3, 14)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return clock.london_time(day, time(hour, minute))


def lines(now: datetime) -> list[str]:
    return [one.text for one in rules.chases(now)]


def unmarked(day: date, **values: Any) -> None:
    """A session whose register nobody marked."""
    factories.booking(factories.run(factories.course(components=1), days=[day], **values), factories.staff())


@pytest.mark.parametrize(
    ("monday", "written_on"),
    [
        pytest.param(date(2022, 3, 14), date(2022, 3, 14), id="a Monday"),
        pytest.param(date(2022, 4, 18), date(2022, 4, 19), id="Easter Monday"),
    ],
)
def test_am09_it_is_written_at_eight_on_the_first_working_day(monday: date, written_on: date) -> None:
    assert rules.digest_at(at(monday, 12)) == at(written_on, 8)
    assert rules.digest_at(at(monday + timedelta(days=6), 23)) == at(written_on, 8)


def test_am09_each_academy_manager_is_told_once(database: None) -> None:
    for _ in range(2):
        factories.user(Role.ACADEMY_MANAGER)
    factories.user(Role.ADMINISTRATOR)
    unmarked(date(2022, 3, 10))
    unmarked(date(2022, 3, 11))
    db.session.commit()
    assert jobs.digest(at(MONDAY, 7, 59)).done == 0
    assert [jobs.digest(at(MONDAY, hour)).done for hour in (8, 9)] == [2, 0]
    letter = db.session.scalars(select(Message)).first()
    assert letter is not None
    assert letter.subject == "To chase this week: 1 thing"
    assert "2 registers are not complete. The oldest has waited for 4 days." in letter.text


def test_u10_am09_a_register_is_chased_however_long_ago_but_no_trainer_is_written_to(database: None) -> None:
    unmarked(date(2021, 12, 13))
    unmarked(date(2022, 3, 10))
    (one,) = rules.chases(at(MONDAY, 8))
    assert (one.text, one.detail) == (
        "2 registers are not complete",
        "The oldest has waited for 91 days.",
    )
    assert one.path == "/data-quality/registers"
    factories.user(Role.ACADEMY_MANAGER)
    db.session.commit()
    jobs.registers(at(MONDAY, 8))
    assert db.session.scalars(select(Message.kind)).all() == ["register"]


def test_am09_nothing_to_chase_no_email(database: None) -> None:
    factories.user(Role.ACADEMY_MANAGER)
    db.session.commit()
    assert jobs.digest(at(MONDAY, 8)).done == 0


def test_am09_u17_it_is_not_made_up_for_on_tuesday(database: None) -> None:
    factories.user(Role.ACADEMY_MANAGER)
    unmarked(date(2022, 3, 10))
    assert jobs.digest(at(date(2022, 3, 15), 8)).done == 0


def test_am09_a_run_with_four_of_six_eight_days_out(database: None) -> None:
    run = factories.run(
        factories.course(components=1, title="Core Skills"),
        days=[date(2022, 3, 22)],
        code="CSM-01",
        minimum_places=6,
    )
    for _ in range(4):
        factories.booking(run, factories.staff())
    (one,) = rules.chases(at(MONDAY, 8))
    assert (one.text, one.detail) == (
        "CSM-01 has 4 booked of at least 6",
        "Core Skills, begins 22 March 2022",
    )


@pytest.mark.parametrize(
    ("asked", "is_late"),
    [
        pytest.param(at(date(2022, 3, 10), 7), True, id="Thursday morning"),
        pytest.param(at(date(2022, 3, 10), 9), False, id="two working days less an hour"),
    ],
)
def test_am09_requests_that_wait_for_more_than_two_working_days(
    database: None, asked: datetime, is_late: bool
) -> None:
    run = factories.run(factories.course(components=1), days=[date(2022, 4, 26)])
    booking = factories.booking(
        run, factories.staff(), confirmed_at=None, state=BookingState.REQUESTED, held_until=at(MONDAY, 17)
    )
    booking.approval = Approval(asked_at=asked)
    db.session.flush()
    found = lines(at(MONDAY, 8))
    assert found == (["1 request has waited for more than 2 working days"] if is_late else [])


def test_tr03_am09_a_part_that_waits_for_the_academy_is_chased(database: None) -> None:
    run, person = factories.run(factories.course(components=1), days=[date(2022, 3, 9)]), factories.staff()
    mark(run, 1, person, status=MarkStatus.PARTIAL, minutes=150)
    db.session.add(
        PartialAcceptance(
            mark_id=db.session.scalars(select(Mark.id)).one(),
            reason="Called to court",
            asked_at=at(date(2022, 3, 9), 17),
            asked_by="Trainer",
        )
    )
    db.session.flush()
    assert lines(at(MONDAY, 8)) == ["1 person who attended in part waits for you to agree"]


def test_u02_am09_the_third_no_show_is_chased(database: None) -> None:
    person = factories.staff()
    for day in (date(2022, 1, 11), date(2022, 2, 8), date(2022, 3, 8)):
        mark(
            factories.run(factories.course(components=1), days=[day]),
            1,
            person,
            status=MarkStatus.ABSENT_NO_NOTICE,
        )
    assert lines(at(MONDAY, 8)) == ["1 person missed three sessions in a year without notice"]


def test_u18_am09_who_can_not_be_reached_is_chased_until_an_email_arrives(database: None) -> None:
    person = factories.staff()
    bounced(person.email, at=at(date(2022, 3, 8), 9))
    assert queries.waiting(at(MONDAY, 8)).unreachable == 1
    bounced(person.email, at=at(date(2022, 3, 9), 9), state=MessageState.SENT)
    assert queries.waiting(at(MONDAY, 8)).unreachable == 0


def test_am09_the_first_page_says_the_same(pages: Any, travel_to: Any) -> None:
    travel_to("2022-03-14 08:00")
    unmarked(date(2022, 4, 1), minimum_places=3, code="THIN-1")
    unmarked(date(2022, 3, 23), minimum_places=3, code="THIN-2")
    bounced(factories.staff().email, at=clock.now())
    db.session.commit()
    text = pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get("/").text
    for one in rules.chases(clock.now()):
        assert one.text in text
    assert "THIN-1" not in text
