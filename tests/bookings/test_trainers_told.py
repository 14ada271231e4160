"""A trainer whose day the academy moves or cancels is told once, with an entry for their calendar. (U-05)"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from icalendar import Calendar
from icalendar.cal import Component

from app.bookings import jobs, rules
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.outbox.models import Message
from app.sessions.models import Run, Trainer, TrainingSession
from app.sessions.rules.planning import planned_again
from tests import factories
from tests.bookings.desk import academy, books
from tests.pages import Pages

DAY_1, DAY_2, MOVED = date(2022, 3, 15), date(2022, 3, 16), date(2022, 3, 22)


@pytest.fixture
def desk(pages: Pages, travel_to: Callable[..., None]) -> Pages:
    """The academy's pages on Tuesday 1 March 2022."""
    travel_to("2022-03-01 10:00")
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def run_of(trainer: Trainer, *days: date, **values: Any) -> Run:
    course = factories.course(components=len(days), title="Ways")
    return factories.run(course, days=list(days), trainer_id=trainer.id, **values)


def told(trainer: Trainer) -> list[Message]:
    return db.session.query(Message).filter_by(to_address=trainer.email).order_by(Message.id).all()


def entries(message: Message) -> tuple[str, list[Component]]:
    calendar = Calendar.from_ical(message.calendar or "")
    return str(calendar["method"]), calendar.walk("VEVENT")


def moves(run: Run, **changes: Any) -> None:
    session, reason = run.sessions[0], changes.pop("reason", None)
    planned = replace(planned_again(session), **changes)
    rules.move_session(session=session, planned=planned, by=academy(), now=clock.now(), reason=reason)


def gives(session: TrainingSession, trainer: Trainer | None) -> None:
    """The academy lets somebody hold a session, or nobody, and keeps its date."""
    planned = replace(planned_again(session), trainer=trainer)
    rules.move_session(session=session, planned=planned, by=academy(), now=clock.now())
    db.session.commit()


def test_u05_a_trainer_is_told_once_of_the_days_that_they_are_given(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01 10:00")
    ann, bob = factories.trainer(), factories.trainer()
    run = run_of(ann, DAY_1, DAY_2, code="SOS2-07")
    run_of(ann, date(2022, 2, 1), code="SOS2-01")  # over
    db.session.commit()
    assert [jobs.trainers(clock.now()).done for _ in range(2)] == [1, 0]
    (letter,) = told(ann)
    method, of_ann = entries(letter)
    assert (letter.subject, method) == ("SOS2-07: you hold 2 days of Ways", "REQUEST")
    assert [one["dtstart"].dt.date() for one in of_ann] == [DAY_1, DAY_2]
    assert all("You hold these days of" in words for words in (letter.text, letter.html))
    gives(run.sessions[1], bob)
    assert [jobs.trainers(clock.now()).done for _ in range(2)] == [2, 0]
    (letter,) = told(bob)
    assert [one["dtstart"].dt.date() for one in entries(letter)[1]] == [DAY_2]
    assert "You hold this day of Ways, run SOS2-07:" in letter.text
    assert len(told(ann)) == 2


def test_u05_whoever_is_replaced_is_told_once_and_again_if_they_are_given_it_back(
    travel_to: Callable[..., None],
) -> None:
    """Day 2 without another date goes from Ann to Bob, back to Ann, and to nobody."""
    travel_to("2022-03-01 10:00")
    ann, bob = factories.trainer(), factories.trainer()
    run = run_of(ann, DAY_1, DAY_2, code="SOS2-07")
    day_2 = run.sessions[1]
    done = []
    for trainer in (ann, bob, ann, None):
        gives(day_2, trainer)
        done += [jobs.trainers(clock.now()).done for _ in range(2)]
    assert done == [1, 0, 2, 0, 2, 0, 1, 0]
    subjects = [
        "SOS2-07: you hold 2 days of Ways",
        "SOS2-07: you no longer hold 1 day of Ways",
        "SOS2-07: you hold 1 day of Ways",
        "SOS2-07: you no longer hold 1 day of Ways",
    ]
    assert [one.subject for one in told(ann)] == subjects
    assert [one.subject for one in told(bob)] == subjects[2:]
    methods, found = zip(*(entries(one) for one in told(ann)), strict=True)
    assert methods == ("REQUEST", "CANCEL", "REQUEST", "CANCEL")
    of_day_2 = [one[-1] for one in found]
    assert len({str(one["uid"]) for one in of_day_2}) == 1
    sequences = [one["sequence"] for one in of_day_2]
    assert sequences == sorted(sequences)
    assert sequences[0] < sequences[1], "else a diary keeps what was taken back"
    letter = told(ann)[1]
    for words in (letter.text, letter.html):
        assert "You no longer hold this day of" in words
        assert "Wednesday 16 March 2022" in words
        assert "Tuesday 15 March 2022" not in words


def test_u05_who_was_given_a_day_for_less_than_a_minute_hears_nothing(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01 10:00")
    ann, bob = factories.trainer(), factories.trainer()
    run = run_of(ann, DAY_1)
    gives(run.sessions[0], bob)
    assert jobs.trainers(clock.now()).done == 1
    assert (told(ann), len(told(bob))) == ([], 1)


def test_u05_who_was_replaced_just_before_the_run_was_cancelled_hears_of_it(
    travel_to: Callable[..., None],
) -> None:
    travel_to("2022-03-01 10:00")
    ann, bob = factories.trainer(), factories.trainer()
    run = run_of(ann, DAY_1)
    db.session.commit()
    jobs.trainers(clock.now())
    gives(run.sessions[0], bob)
    rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Ill")
    db.session.commit()
    assert [jobs.trainers(clock.now()).done for _ in range(2)] == [1, 0]
    assert [entries(one)[0] for one in told(ann)] == ["REQUEST", "CANCEL"]
    assert [entries(one)[0] for one in told(bob)] == ["CANCEL"]


def test_u05_the_trainer_of_a_session_that_moves_is_told_once_with_the_new_date(desk: Pages) -> None:
    trainer = factories.trainer(factories.user(Role.TRAINER))
    run = run_of(trainer, DAY_1, DAY_2, code="SOS2-07")
    books(run)
    page = desk.get(f"/runs/{run.id}/sessions/1/edit")
    when = {f"held_on-{part}": str(getattr(MOVED, part)) for part in ("day", "month", "year")}
    desk.submit(desk.submit(page, when))  # looked at: Day 2 is before it
    (letter,) = told(trainer)
    assert letter.subject == "SOS2-07: Day 1 has moved"
    for words in (letter.text, letter.html):
        assert "The entry for your calendar is attached, and the people on it are told." in words
        assert "It was on Tuesday 15 March 2022, 09:30 to 16:30." in words
        assert "Tuesday 22 March 2022, 09:30 to 16:30" in words
        assert f"/runs/{run.id}" in words
    method, (entry,) = entries(letter)
    assert (method, entry["sequence"], entry["dtstart"].dt.date()) == ("REQUEST", 1, MOVED)
    assert trainer.email in str(entry["attendee"])


def test_u05_it_keeps_its_uid_and_its_sequence_goes_up_until_it_is_withdrawn(desk: Pages) -> None:
    trainer = factories.trainer()
    run = run_of(trainer, DAY_1)
    moves(run, held_on=MOVED)
    moves(run, link="https://meet.example/other")
    rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Too few")
    found = [entries(one) for one in told(trainer)]
    assert [method for method, _ in found] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [one["sequence"] for _, (one,) in found] == [1, 2, 3]
    assert len({str(one["uid"]) for _, (one,) in found}) == 1
    assert f"/runs/{run.id}" not in told(trainer)[0].text  # whoever has no account would find it shut


def test_u05_where_nobody_is_booked_nobody_is_said_to_be_told(desk: Pages) -> None:
    trainer = factories.trainer()
    run = run_of(trainer, DAY_1)
    moves(run, held_on=MOVED)
    (letter,) = told(trainer)
    for words in (letter.text, letter.html):
        assert "The entry for your calendar is attached. If you can’t hold it then" in words


@pytest.mark.parametrize("change", ["nothing", "trainer", "over"])
def test_nothing_is_said_of_what_changes_nothing_for_the_trainer(
    desk: Pages, travel_to: Callable[..., None], change: str
) -> None:
    trainer = factories.trainer()
    run = run_of(trainer, DAY_1)
    if change == "over":
        travel_to("2022-03-17 10:00")
    changes = {"trainer": {"trainer": factories.trainer()}, "over": {"starts": time(10), "reason": "Slip"}}
    moves(run, **changes.get(change, {}))
    assert told(trainer) == []


def test_u05_whoever_held_it_before_the_move_is_told_that_it_is_theirs_no_more(desk: Pages) -> None:
    before, after = factories.trainer(), factories.trainer()
    run = run_of(before, DAY_1)
    db.session.commit()
    jobs.trainers(clock.now())
    moves(run, held_on=MOVED, trainer=after)
    db.session.commit()
    jobs.trainers(clock.now())
    (_, theirs), (taken,) = told(before), told(after)
    assert "You no longer hold this day" in theirs.text
    assert "You hold this day" in taken.text
    assert [entries(one)[0] for one in (theirs, taken)] == ["CANCEL", "REQUEST"]
    assert [one["dtstart"].dt.date() for one in entries(taken)[1]] == [MOVED]


def test_u05_each_trainer_of_a_cancelled_run_is_told_once_of_all_their_days(desk: Pages) -> None:
    trainer, other = factories.trainer(), factories.trainer()
    run = run_of(trainer, DAY_1, DAY_2, date(2022, 3, 17), code="SOS3-01")
    run.sessions[2].trainer_id = other.id
    db.session.flush()
    db.session.expire(run.sessions[2])
    desk.submit(desk.get(f"/runs/{run.id}/cancel"), {"reason": "The venue is flooded"})
    (letter,), (others,) = told(trainer), told(other)
    assert letter.subject == "SOS3-01 is cancelled: Ways"
    assert "Reason: The venue is flooded" in letter.text
    assert [entry["dtstart"].dt.date() for entry in entries(letter)[1]] == [DAY_1, DAY_2]
    assert "Wednesday 16 March 2022" in letter.text
    assert "Wednesday 16 March 2022" not in others.text
    assert {entries(one)[0] for one in (letter, others)} == {"CANCEL"}


def test_u05_of_a_run_that_ends_between_its_days_only_those_to_come_are_named(
    desk: Pages, travel_to: Callable[..., None]
) -> None:
    trainer = factories.trainer()
    run = run_of(trainer, DAY_1, DAY_2)
    travel_to("2022-03-15 17:00")
    rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Ill")
    (letter,) = told(trainer)
    assert "15 March" not in letter.text
    assert [entry["dtstart"].dt.date() for entry in entries(letter)[1]] == [DAY_2]


def test_am18_the_trainer_of_a_run_that_is_merged_into_another_is_told(desk: Pages) -> None:
    trainer, other = factories.trainer(), factories.trainer()
    run = run_of(trainer, DAY_1, code="SOS2-07")
    into = factories.run(run.version.course, days=[MOVED], trainer_id=other.id, code="SOS2-08")
    books(run)
    rules.preview_merge(run=run, into=into, by=academy(), now=clock.now())
    assert told(trainer) == []  # it was only looked at
    rules.merge_runs(run=run, into=into, by=academy(), now=clock.now())
    (letter,) = told(trainer)
    assert "so SOS2-07 joins SOS2-08" in letter.text
    assert told(other) == []
