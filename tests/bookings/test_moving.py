"""Moving a session: who is told, what their calendars show, who must reconfirm. (U-05, U-09)"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select, update

from app.attendance.rules import note_partly_held, take_back_partly_held
from app.bookings import jobs, queries, rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.learning.models import Mark, MarkStatus
from app.outbox.models import Message
from app.sessions.models import Run, TrainingSession
from app.sessions.rules.planning import planned_again
from tests import factories
from tests.attendance.marking import mark
from tests.bookings.desk import academy, booked
from tests.messages import messages

MARCH_15, MARCH_16, MARCH_22 = date(2022, 3, 15), date(2022, 3, 16), date(2022, 3, 22)


@pytest.fixture(autouse=True)
def a_monday_in_february(travel_to: Callable[..., None]) -> None:
    travel_to("2022-02-14 10:00")


def move(session: TrainingSession, **changes: Any) -> rules.Outcome:
    how = {name: changes.pop(name) for name in ("reason", "asks_again") if name in changes}
    planned = replace(planned_again(session), **changes)
    return rules.move_session(session=session, planned=planned, by=academy(), now=clock.now(), **how)


def full_run() -> tuple[Run, list[Booking]]:
    """14 of 14 confirmed and 3 who wait, on 15 and 16 March 2022."""
    run = factories.run(factories.course(), days=[MARCH_15, MARCH_16], capacity=14)
    return run, [booked(run) for _ in range(17)]


def test_u05_a_move_tells_17_and_14_must_say_again_that_they_come() -> None:
    run, bookings = full_run()
    before = len(list(db.session.scalars(select(Message))))
    outcome = move(run.sessions[0], held_on=MARCH_22, reason="The trainer is ill")
    told = messages("booking_session_changed")
    assert (len(outcome.told), len(outcome.asked), outcome.clashes) == (17, 14, [])
    assert len({one.to_address for one in told}) == len(told) == 17
    assert len(list(db.session.scalars(select(Message)))) == before + 17
    until = clock.london_time(date(2022, 2, 21), time(17))
    assert [one.reconfirm_by for one in bookings] == [until] * 14 + [None] * 3
    assert [bool(one.calendar) for one in told] == [True] * 14 + [False] * 3
    assert all("Reason: The trainer is ill" in one.text for one in told)
    assert all("Tuesday 15 March 2022" in one.text and "Tuesday 22 March 2022" in one.text for one in told)


def test_u05_the_entry_keeps_its_uid_and_its_sequence_is_one_more() -> None:
    run, bookings = full_run()
    first = db.session.scalars(
        select(Message).where(Message.key == f"booking:{bookings[0].id}:confirmed")
    ).one()
    was = Calendar.from_ical(first.calendar or "").walk("VEVENT")[0]
    move(run.sessions[0], held_on=MARCH_22)
    move(run.sessions[0], link="https://meet.example/other")
    changed = [
        Calendar.from_ical(one.calendar) for one in messages("booking_session_changed") if one.calendar
    ]
    assert {str(one["method"]) for one in changed} == {"REQUEST"}
    of_first = [
        one.walk("VEVENT")[0] for one in changed if str(was["uid"]) == str(one.walk("VEVENT")[0]["uid"])
    ]
    assert [one["sequence"] for one in [was, *of_first]] == [0, 1, 2]
    assert [one["dtstart"].dt.date() for one in of_first] == [MARCH_22, MARCH_22]
    assert "https://meet.example/other" in str(of_first[1]["location"])
    assert queries.times_moved([one.id for one in run.sessions]) == {
        run.sessions[0].id: 2,
        run.sessions[1].id: 0,
    }


@pytest.mark.parametrize(
    ("changes", "told", "asked"),
    [
        ({"held_on": MARCH_22}, 17, 14),
        ({"starts": time(10)}, 17, 0),
        ({"starts": time(10), "asks_again": True}, 17, 14),
        ({"link": "https://meet.example/other"}, 14, 0),
        ({"trainer": "another"}, 0, 0),
        ({}, 0, 0),
        ({"held_on": date(2022, 2, 1), "reason": "Slip"}, 17, 0),
    ],
    ids=["a date", "a time", "a time, asked", "a link", "a trainer", "nothing", "a day that is over"],
)
def test_u05_who_is_told_of_what(changes: dict[str, Any], told: int, asked: int) -> None:
    run, _ = full_run()
    if "trainer" in changes:
        changes = {"trainer": factories.trainer()}
    outcome = move(run.sessions[0], **changes)
    assert (len(outcome.told), len(outcome.asked)) == (told, asked)
    assert len(messages("booking_session_changed")) == told


def test_u05_nobody_is_told_of_a_correction_of_what_is_over(travel_to: Callable[..., None]) -> None:
    run, _ = full_run()
    travel_to("2022-06-01")
    outcome = move(run.sessions[0], held_on=date(2022, 3, 17), reason="Slip")
    assert (outcome.told, outcome.asked) == ([], [])


def test_4_3_a_session_that_was_held_is_not_moved_to_a_day_to_come(travel_to: Callable[..., None]) -> None:
    run = factories.run(factories.course(components=1), days=[MARCH_15])
    travel_to("2022-03-17 10:00")
    mark(run, 1, factories.staff())
    with pytest.raises(RuleBroken, match="is marked, so it was held"):
        move(run.sessions[0], held_on=MARCH_22, reason="A slip")
    assert move(run.sessions[0], held_on=MARCH_16, reason="It was Wednesday").told == []
    assert run.sessions[0].held_on == MARCH_16


def test_tr03_a_session_is_not_made_shorter_than_people_are_marked_for(
    travel_to: Callable[..., None],
) -> None:
    """Of 420 minutes Ann was there for 300, as somebody said; Ben came 40 minutes late, which stays so."""
    run = factories.run(factories.course(components=1), days=[MARCH_15])
    ann, ben, (session,) = factories.staff(), factories.staff(), run.sessions
    travel_to("2022-03-17 10:00")
    mark(run, 1, ann, status=MarkStatus.PARTIAL, minutes=300)
    mark(run, 1, ben, status=MarkStatus.ATTENDED_LATE, minutes=380)
    db.session.commit()
    sentence = "1 person is marked as there for longer than 210 minutes. Correct the register of Day 1"
    with pytest.raises(RuleBroken, match=sentence) as refused:
        move(session, ends=time(13))
    assert refused.value.field == "ends"
    db.session.rollback()
    assert session.ends_at == clock.london_time(MARCH_15, time(16, 30))
    move(session, ends=time(15))
    mark(run, 1, ann, at=clock.now())
    move(session, ends=time(13))
    assert session.ends_at == clock.london_time(MARCH_15, time(13))


def test_u23_a_session_that_was_broken_off_is_not_made_shorter_than_what_was_held(
    travel_to: Callable[..., None],
) -> None:
    """Nobody is marked yet: whoever is marked as there will have the 150 minutes that were held."""
    run = factories.run(factories.course(components=1), days=[MARCH_15])
    (session,) = run.sessions
    travel_to("2022-03-17 10:00")
    held = note_partly_held(session=session, minutes=150, reason="Snow", by=academy(), now=clock.now())
    db.session.commit()
    with pytest.raises(RuleBroken, match="Day 1 was broken off after 150 minutes, so it was to") as refused:
        move(session, ends=time(11, 30))
    assert refused.value.field == "ends"
    db.session.rollback()
    take_back_partly_held(session=held.session, by=academy(), now=clock.now())
    move(session, ends=time(11, 30))
    assert session.ends_at == clock.london_time(MARCH_15, time(11, 30))


def test_tr03_what_is_wrong_already_stops_no_other_change(travel_to: Callable[..., None]) -> None:
    run = factories.run(factories.course(components=1), days=[MARCH_15])
    travel_to("2022-03-17 10:00")
    mark(run, 1, factories.staff(), status=MarkStatus.PARTIAL, minutes=300)
    db.session.execute(update(Mark).values(minutes=999))
    move(run.sessions[0], trainer=factories.trainer())
    move(run.sessions[0], ends=time(17))
    assert run.sessions[0].ends_at == clock.london_time(MARCH_15, time(17))


def test_u05_a_day_that_is_caught_up_and_one_that_is_not_touched() -> None:
    run = factories.run(factories.course(), days=[MARCH_15, MARCH_16])
    whole, day_1, day_2 = (
        booked(run),
        booked(run, session=run.sessions[0]),
        booked(run, session=run.sessions[1]),
    )
    assert move(run.sessions[0], held_on=MARCH_22).told == [whole, day_1]
    assert day_2.reconfirm_by is None


def test_u05_the_time_to_reconfirm_ends_when_booking_closes(travel_to: Callable[..., None]) -> None:
    run = factories.run(factories.course(components=1), days=[MARCH_15])
    booking = booked(run)
    move(run.sessions[0], held_on=date(2022, 2, 17))
    assert booking.reconfirm_by == run.sessions[0].starts_at


@pytest.mark.parametrize(
    ("moved_at", "asked"),
    [
        ("2022-02-16 10:00", False),  # until 09:30 on Thursday: 7 and a half working hours
        ("2022-02-16 08:59", True),
        ("2022-02-15 16:36", True),
    ],
)
def test_u05_nobody_loses_a_place_for_not_answering_within_hours(
    travel_to: Callable[..., None], moved_at: str, asked: bool
) -> None:
    """A session moves to Thursday: the place could be passed on until it begins."""
    travel_to(moved_at)
    run = factories.run(factories.course(components=1), days=[MARCH_15])
    booking = booked(run)
    outcome = move(run.sessions[0], held_on=date(2022, 2, 17))
    assert (bool(outcome.asked), booking.reconfirm_by is not None) == (asked, asked)


def test_u05_who_has_begun_keeps_the_place(travel_to: Callable[..., None]) -> None:
    run = factories.run(factories.course(), days=[MARCH_15, MARCH_16])
    booking = booked(run)
    travel_to("2022-03-15 17:00")
    outcome = move(run.sessions[1], held_on=MARCH_22)
    assert (outcome.told, outcome.asked, booking.reconfirm_by) == ([booking], [], None)


# --- Saying again that one comes -----------------------------------------------------------------------


def test_u05_who_says_so_keeps_the_place_and_the_others_places_are_passed_on(
    travel_to: Callable[..., None],
) -> None:
    run, bookings = full_run()
    move(run.sessions[0], held_on=MARCH_22)
    for booking in bookings[:12]:
        own = factories.actor(Role.PRACTITIONER, of=booking.person)
        assert [rules.reconfirm(booking=booking, by=own, now=clock.now()) for _ in range(2)] == [True, False]
    db.session.commit()
    travel_to("2022-02-21 17:00")
    jobs.sweep(clock.now())
    states = [one.state for one in bookings]
    released, confirmed = BookingState.RELEASED, BookingState.CONFIRMED
    assert states == [confirmed] * 12 + [released] * 2 + [confirmed] * 2 + [BookingState.WAITLISTED]
    assert bookings[12].moves[-1].reason == "Not reconfirmed in time"
    assert queries.capacity_breaches() == []


def test_u05_only_the_person_or_the_academy_says_so() -> None:
    run, bookings = full_run()
    move(run.sessions[0], held_on=MARCH_22)
    other = factories.actor(Role.PRACTITIONER, of=bookings[1].person)
    with pytest.raises(NotAllowed):
        rules.reconfirm(booking=bookings[0], by=other, now=clock.now())
    assert rules.reconfirm(booking=bookings[0], by=academy(), now=clock.now())
    rules.cancel(booking=bookings[1], by=academy(), now=clock.now())
    with pytest.raises(RuleBroken, match="no longer there to be kept: cancelled by the academy"):
        rules.reconfirm(booking=bookings[1], by=academy(), now=clock.now())


def test_u05_who_can_not_come_on_the_new_date_is_never_late(travel_to: Callable[..., None]) -> None:
    run = factories.run(factories.course(components=1), days=[MARCH_15])
    booking = booked(run)
    travel_to("2022-03-14 09:00")
    move(run.sessions[0], held_on=MARCH_16)
    rules.cancel(booking=booking, by=factories.actor(Role.PRACTITIONER, of=booking.person), now=clock.now())
    assert booking.state is BookingState.CANCELLED


def test_u05_one_reminder_on_the_working_day_before(travel_to: Callable[..., None]) -> None:
    run, bookings = full_run()
    move(run.sessions[0], held_on=MARCH_22)
    rules.reconfirm(booking=bookings[0], by=academy(), now=clock.now())
    db.session.commit()
    counts = []
    for moment in ("2022-02-14 11:00", "2022-02-18 08:59", "2022-02-18 09:00", "2022-02-18 09:01"):
        travel_to(moment)
        counts.append(jobs.reconfirmations(clock.now()).done)
    assert counts == [0, 0, 13, 0]
    reminder = messages("booking_reconfirm")[0]
    assert reminder.secret
    assert reminder.secret not in reminder.text


def test_u05_who_was_asked_after_the_reminder_would_be_due_gets_none(travel_to: Callable[..., None]) -> None:
    run = factories.run(factories.course(terms={"reconfirm_days": 1}), days=[MARCH_15, MARCH_16])
    booked(run)
    move(run.sessions[0], held_on=MARCH_22)
    db.session.commit()
    assert jobs.reconfirmations(clock.now()).done == 0
    travel_to("2022-02-15 09:30")
    assert jobs.reconfirmations(clock.now()).done == 0


# --- New clashes ---------------------------------------------------------------------------------------


def test_u09_a_clash_made_by_a_move_is_told_to_the_person_their_manager_and_the_academy() -> None:
    manager = factories.staff()
    person = factories.staff(manager_id=manager.id, first_name="Ann", last_name="Other")
    run = factories.run(factories.course(components=1), days=[MARCH_15])
    other = factories.run(factories.course(components=1, title="Ways"), days=[MARCH_22], code="MI-03")
    booking, _ = booked(run, person), booked(other, person)
    booked(run, factories.staff(manager_id=manager.id))
    assert queries.doubly_booked(run.id) == []
    outcome = move(run.sessions[0], held_on=MARCH_22)
    (clash,) = outcome.clashes
    assert (clash.booking_id, clash.other) == (booking.id, "Ways (MI-03): 22 March 2022, 09:30 to 16:30")
    assert queries.doubly_booked(run.id) == [clash]
    own = next(one for one in messages("booking_session_changed") if one.to_address == person.email)
    assert f"You have another place at the same time: {clash.other}" in own.text
    (to_manager,) = messages("session_clashes")
    assert (to_manager.to_address, f"Ann Other: {clash.other}" in to_manager.text) == (manager.email, True)
    assert move(run.sessions[0], starts=time(10)).clashes == []
    assert len(messages("session_clashes")) == 1


def test_u05_a_place_is_not_asked_for_when_it_could_not_be_passed_on(travel_to: Callable[..., None]) -> None:
    run = factories.run(factories.course(components=1, terms={"closes_days": 1}), days=[MARCH_15])
    booking = booked(run)
    move(run.sessions[0], held_on=date(2022, 2, 17))
    assert booking.reconfirm_by == clock.london_time(date(2022, 2, 16), time(17))
    travel_to("2022-02-16 18:00")
    move(run.sessions[0], held_on=date(2022, 2, 18))
    assert booking.reconfirm_by == clock.london_time(date(2022, 2, 17), time(17))
    travel_to("2022-02-17 12:00")
    assert move(run.sessions[0], held_on=date(2022, 2, 17), starts=time(15)).asked == []
    assert booking.reconfirm_by is None


def test_ma02_who_has_no_account_is_told_with_a_link_of_their_own() -> None:
    run = factories.run(factories.course(components=1), days=[MARCH_15])
    booked(run, factories.partner())
    move(run.sessions[0], starts=time(10))
    (message,) = messages("booking_session_changed")
    assert f"/my-place/{message.secret}" not in message.text
    assert "/my-place/" in message.text
