"""When reminders are due, and that each is written once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import rules as accounts
from app.accounts.models import PasswordLink, ResetAsked, User
from app.attendance.rules import NewMark, record_marks
from app.bookings.models import Booking, BookingState
from app.bookings.rules import notice_of
from app.core import clock
from app.core.actors import COMMAND_LINE, SERVICE
from app.core.db import db
from app.core.permissions import Role
from app.learning.models import MarkStatus
from app.outbox.models import Message, MessageState
from app.reminders import jobs, rules
from app.sessions.models import Run, RunState
from tests import factories

TWO_DAYS = [date(2026, 3, 17), date(2026, 3, 24)]  # Tuesdays
MANY_DAYS_BEFORE = datetime(2026, 2, 2, 12, tzinfo=UTC)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return clock.london_time(day, time(hour, minute))


def a_run(days: list[date] | None = None, **values: object) -> Run:
    days = days or TWO_DAYS
    return factories.run(factories.course(components=len(days)), days=days, **values)  # type: ignore[arg-type]


def a_booking(run: Run, confirmed_at: datetime = MANY_DAYS_BEFORE) -> Booking:
    return factories.booking(run, factories.staff(), confirmed_at=confirmed_at)


def keys() -> list[str]:
    return list(db.session.scalars(select(Message.key).order_by(Message.id)))


@pytest.mark.parametrize(
    ("held_on", "days", "expected"),
    [
        pytest.param(date(2026, 3, 17), 10, date(2026, 3, 3), id="ten working days are two weeks"),
        pytest.param(date(2026, 3, 17), 2, date(2026, 3, 13), id="over a weekend"),
        pytest.param(date(2022, 4, 19), 2, date(2022, 4, 13), id="over Easter: 15 and 18 April are holidays"),
        pytest.param(date(2026, 12, 29), 2, date(2026, 12, 23), id="over Christmas, Boxing Day observed"),
    ],
)
def test_u01_joining_occasions_count_working_days(
    database: None, held_on: date, days: int, expected: date
) -> None:
    run = a_run([held_on])
    occasions = {one.name.rpartition(":")[2]: one.at for one in rules.joining_occasions(run.sessions)}
    assert occasions[f"{days}wd"] == at(expected, 8)


def test_later_sessions_are_reminded_of_one_working_day_before(database: None) -> None:
    run = a_run([date(2026, 3, 16), date(2026, 3, 23)])
    later = [one for one in rules.joining_occasions(run.sessions) if one.session.component_number == 2]
    assert [(one.at, one.name.rpartition(":")[2]) for one in later] == [(at(date(2026, 3, 20), 8), "1wd")]


def test_u19_reminder_of_the_day_the_clocks_change_is_one_instant(database: None) -> None:
    run = a_run([date(2022, 3, 21), date(2022, 3, 28)])
    later = next(one for one in rules.joining_occasions(run.sessions) if one.session.component_number == 2)
    assert later.at == datetime(2022, 3, 25, 8, tzinfo=UTC)
    assert later.session.starts_at == datetime(2022, 3, 28, 8, 30, tzinfo=UTC)


JOINING_CASES = [
    pytest.param(
        at(date(2026, 3, 3), 7, 59), MANY_DAYS_BEFORE, None, id="a minute before the first occasion"
    ),
    pytest.param(at(date(2026, 3, 3), 8), MANY_DAYS_BEFORE, "10wd", id="at the first occasion"),
    pytest.param(at(date(2026, 3, 13), 8), MANY_DAYS_BEFORE, "2wd", id="only the newest of two"),
    pytest.param(
        at(date(2026, 3, 10), 8), at(date(2026, 3, 5), 9), None, id="confirmed after the first occasion"
    ),
    pytest.param(
        at(date(2026, 3, 13), 9), at(date(2026, 3, 5), 9), "2wd", id="a later occasion after confirming"
    ),
    pytest.param(at(date(2026, 3, 17), 9, 30), MANY_DAYS_BEFORE, None, id="the session has begun"),
    pytest.param(at(date(2026, 3, 23), 8), MANY_DAYS_BEFORE, "1wd", id="the second day"),
    pytest.param(at(date(2026, 3, 24), 17), MANY_DAYS_BEFORE, None, id="all is over"),
]


@pytest.mark.parametrize(("now", "confirmed_at", "expected"), JOINING_CASES)
def test_joining_reminder_is_the_newest_occasion_since_confirming(
    database: None, now: datetime, confirmed_at: datetime, expected: str | None
) -> None:
    run = a_run()
    a_booking(run, confirmed_at)
    rules.remind_of_joining(run=run, now=now)
    assert [key.rpartition(":")[2] for key in keys()] == ([expected] if expected else [])


def test_u17_scheduler_that_runs_again_writes_nothing_twice(database: None) -> None:
    run = a_run()
    a_booking(run)
    now = at(date(2026, 3, 3), 8)
    assert [rules.remind_of_joining(run=run, now=now + timedelta(minutes=one)) for one in range(3)] == [
        1,
        0,
        0,
    ]


def test_u17_scheduler_down_for_two_days_writes_what_still_helps_and_nothing_else(database: None) -> None:
    missed = a_run([date(2026, 3, 12)])
    soon = a_run([date(2026, 3, 16)])
    for run in (missed, soon):
        a_booking(run)
    db.session.commit()
    tally = jobs.joining(at(date(2026, 3, 13), 12))
    assert tally.done == 1
    assert [key.rpartition(":")[2] for key in keys()] == ["2wd"]
    assert (
        db.session.scalars(select(Message.about_id)).one()
        == db.session.scalars(select(Booking.id).where(Booking.run_id == soon.id)).one()
    )


def test_waiting_and_cancelled_places_are_not_reminded(database: None) -> None:
    run = a_run()
    factories.booking(run, factories.staff(), confirmed_at=None)
    factories.booking(run, factories.staff(), state=BookingState.CANCELLED)
    assert rules.remind_of_joining(run=run, now=at(date(2026, 3, 3), 8)) == 0


def test_person_without_an_address_stops_nobody(database: None) -> None:
    run = a_run()
    factories.booking(run, factories.staff(email=None), confirmed_at=MANY_DAYS_BEFORE)
    a_booking(run)
    assert rules.remind_of_joining(run=run, now=at(date(2026, 3, 3), 8)) == 1


def test_joining_words_are_reviewed_as_words(database: None) -> None:
    run = a_run(venue_id=factories.venue().id)
    person = factories.staff(first_name="Ada", last_name="Marsh", email="ada@council.example")
    factories.user(Role.PRACTITIONER, of=person, password="set")
    factories.booking(run, person, confirmed_at=MANY_DAYS_BEFORE)
    rules.remind_of_joining(run=run, now=at(date(2026, 3, 3), 8))
    message = db.session.scalars(select(Message)).one()
    assert message.to_address == "ada@council.example"
    assert message.subject.endswith("Day 1 on Tuesday 17 March 2026")
    assert "Hello Ada," in message.text
    assert "Hello Ada," in message.html
    assert "<strong>Day 2</strong>: Tuesday 24 March 2026, 09:30 to 16:30" in message.html
    assert "Day 1: Tuesday 17 March 2026, 09:30 to 16:30" in message.text
    assert "Day 2: Tuesday 24 March 2026, 09:30 to 16:30" in message.text
    assert "Plough Lane, Room 1" in message.text
    assert f"/bookings/{message.about_id}" in message.text
    assert message.useful_until == at(date(2026, 3, 17), 9, 30)


def test_u01_joining_says_what_every_e_mail_of_a_place_says(database: None) -> None:
    room = factories.venue()
    room.access = "Ring at the side door"
    run = a_run(venue_id=room.id)
    booking = a_booking(run)
    rules.remind_of_joining(run=run, now=at(date(2026, 3, 3), 8))
    message = db.session.scalars(select(Message)).one()
    for words in (message.text, message.html):
        assert words.count("Ring at the side door") == 2
        assert notice_of(booking, at(date(2026, 3, 3), 8)) in words
        assert "send a colleague instead" in words


@pytest.mark.parametrize("has_account", [True, False])
def test_u05_joining_asks_whoever_has_not_said_yet_that_they_still_come(
    pages: Any, travel_to: Callable[..., None], has_account: bool
) -> None:
    travel_to("2026-03-03 08:00")
    run = a_run()
    booking = a_booking(run)
    if has_account:
        factories.user(Role.PRACTITIONER, of=booking.person, password="set")
    booking.reconfirm_by = at(date(2026, 3, 6), 17)
    db.session.commit()
    assert jobs.joining(clock.now()).done == 1
    message = db.session.scalars(select(Message)).one()
    asked = "that you still come, or your place is not kept."
    assert f"Please say by 17:00 Friday 6 March {asked}" in message.text
    assert asked in message.html
    assert message.secret is not None
    assert message.secret not in message.text + message.html
    page = pages.get(f"/reconfirm/{message.secret}")
    assert "The place stays as it is." in pages.submit(page, button="Yes, I still come").text
    assert booking.reconfirm_by is None


def _write_and_deliver(now: datetime) -> Message:
    message = db.session.scalars(select(Message)).one()
    jobs.deliver(now)
    db.session.refresh(message)
    return message


def test_reminder_of_a_place_given_up_is_withdrawn(database: None) -> None:
    run = a_run()
    booking = a_booking(run)
    now = at(date(2026, 3, 3), 8)
    rules.remind_of_joining(run=run, now=now)
    booking.state = BookingState.CANCELLED
    assert _write_and_deliver(now).state is MessageState.WITHDRAWN


def test_reminder_of_a_cancelled_run_is_withdrawn(database: None) -> None:
    run = a_run()
    a_booking(run)
    now = at(date(2026, 3, 3), 8)
    rules.remind_of_joining(run=run, now=now)
    run.state = RunState.CANCELLED
    assert _write_and_deliver(now).state is MessageState.WITHDRAWN


def test_reminder_of_a_session_already_begun_is_withdrawn(database: None) -> None:
    run = a_run()
    a_booking(run)
    rules.remind_of_joining(run=run, now=at(date(2026, 3, 13), 8))
    assert _write_and_deliver(at(date(2026, 3, 17), 10)).state is MessageState.WITHDRAWN


def test_reminder_that_is_right_is_sent(database: None, travel_to: Callable[..., None]) -> None:
    run = a_run()
    a_booking(run)
    now = at(date(2026, 3, 3), 8)
    travel_to(now)
    rules.remind_of_joining(run=run, now=now)
    message = _write_and_deliver(now)
    assert (message.state, message.sent_at) == (MessageState.SENT, now)


def _replaced(user: User, now: datetime) -> None:
    accounts.make_password_link(user=user, by=COMMAND_LINE, now=now)


def _used(user: User, now: datetime) -> None:
    link = db.session.scalars(select(PasswordLink).where(PasswordLink.user_id == user.id)).one()
    accounts.set_password(link=link, password="violet harbour stapler", now=now)


def _closed(user: User, now: datetime) -> None:
    accounts.close(user=user, by=COMMAND_LINE, now=now)


def _ended(user: User, now: datetime) -> None:
    user.expires_on = now.date() - timedelta(days=1)


@pytest.mark.parametrize("what", [None, _replaced, _used, _closed, _ended])
@pytest.mark.parametrize("kind", ["invitation", "password_reset"])
def test_u17_a_link_to_an_account_is_sent_while_it_works(
    database: None, kind: str, what: Callable[[User, datetime], None] | None
) -> None:
    now = at(date(2026, 3, 3), 8)
    if kind == "invitation":
        user = accounts.invite(
            email="new@council.example", name="Noor Ali", roles={Role.TRAINER}, by=COMMAND_LINE, now=now
        ).user
    else:
        user = factories.user(Role.TRAINER, email="new@council.example")
        accounts.ask_for_reset(email=user.email, now=now)
        accounts.answer_reset(db.session.scalars(select(ResetAsked)).one(), now=now)
    if what is not None:
        what(user, now)
    jobs.deliver(now)
    message = db.session.scalars(select(Message).where(Message.kind == kind)).one()
    assert message.state is (MessageState.WITHDRAWN if what else MessageState.SENT)


def test_each_message_is_claimed_when_its_turn_comes(database: None, travel_to: Callable[..., None]) -> None:
    """A claim that began with the run would look like that of a dead sender while a slow relay is busy."""
    run = a_run()
    for _ in range(2):
        a_booking(run)
    now = at(date(2026, 3, 3), 8)
    rules.remind_of_joining(run=run, now=now)
    travel_to(now + timedelta(hours=1), tick=True)
    assert jobs.deliver(now).done == 2
    first, second = db.session.scalars(select(Message.sent_at).order_by(Message.id))
    assert now <= first < second < now + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        (
            {"instance_dir": Path("here")},
            "The folder here/mail, in INSTANCE_DIR, can’t be written in: File exists.",
        ),
        ({"council_name": "Two\nlines"}, "ValueError: "),  # as nobody foresaw
    ],
)
def test_message_that_fails_is_put_off_and_stops_no_other(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, changed: dict[str, object], problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "mail").touch()  # where the folder of messages should be
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update=changed))
    run = a_run()
    for _ in range(2):
        a_booking(run)
    now = at(date(2026, 3, 3), 8)
    rules.remind_of_joining(run=run, now=now)
    assert jobs.deliver(now).failed == 2
    for message in db.session.scalars(select(Message)):
        assert (message.state, message.tries) == (MessageState.QUEUED, 1)
        assert message.next_try_at > now
        assert (message.problem or "").startswith(problem)


# --- Registers -----------------------------------------------------------------------------------------

REGISTER_CASES = [
    pytest.param(at(date(2026, 3, 17), 17, 29), [], id="not an hour after the end yet"),
    pytest.param(at(date(2026, 3, 17), 17, 30), ["same-day"], id="an hour after"),
    pytest.param(at(date(2026, 3, 18), 9), ["next-day"], id="the next working day"),
    pytest.param(at(date(2026, 3, 20), 9), ["escalated"], id="the third working day"),
]


@pytest.mark.parametrize(("now", "expected"), REGISTER_CASES)
def test_u10_register_reminder_is_the_newest_that_is_due(
    database: None, now: datetime, expected: list[str]
) -> None:
    factories.user(Role.ACADEMY_MANAGER, email="academy@council.example")
    run = a_run([date(2026, 3, 17)], trainer_id=factories.trainer(email="trainer@provider.example").id)
    a_booking(run)
    db.session.commit()
    jobs.registers(now)
    jobs.registers(now + timedelta(seconds=30))
    found = db.session.execute(select(Message.key, Message.to_address)).all()
    assert [key.split(":")[4] for key, _to in found] == expected
    to = "academy@council.example" if expected == ["escalated"] else "trainer@provider.example"
    assert all(address == to for _key, address in found)


def test_u10_marked_register_is_not_chased(database: None) -> None:
    run = a_run([date(2026, 3, 17)], trainer_id=factories.trainer().id)
    booking = a_booking(run)
    now = at(date(2026, 3, 17), 18)
    attended = {booking.person_id: NewMark(status=MarkStatus.ATTENDED)}
    record_marks(session=run.sessions[0], marks=attended, by=SERVICE, now=now)
    db.session.commit()
    jobs.registers(now)
    assert keys() == []


def test_u10_register_marked_before_the_chaser_goes_out_withdraws_it(database: None) -> None:
    run = a_run([date(2026, 3, 17)], trainer_id=factories.trainer().id)
    booking = a_booking(run)
    now = at(date(2026, 3, 17), 18)
    db.session.commit()
    jobs.registers(now)
    attended = {booking.person_id: NewMark(status=MarkStatus.ATTENDED)}
    record_marks(session=run.sessions[0], marks=attended, by=SERVICE, now=now)
    assert _write_and_deliver(now + timedelta(minutes=1)).state is MessageState.WITHDRAWN


def test_not_recorded_is_no_mark_and_is_chased(database: None) -> None:
    run = a_run([date(2026, 3, 17)], trainer_id=factories.trainer().id)
    booking = a_booking(run)
    now = at(date(2026, 3, 17), 18)
    record_marks(
        session=run.sessions[0],
        marks={booking.person_id: NewMark(status=MarkStatus.NOT_RECORDED)},
        by=SERVICE,
        now=now,
    )
    db.session.commit()
    assert jobs.registers(now).done == 1
