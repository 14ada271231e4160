"""Cancelling, merging and cutting runs, and who goes where. (U-05, U-21, AM-18)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.bookings import queries, rules
from app.bookings.models import Booking, BookingState
from app.bookings.rules import carrying
from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.outbox import rules as outbox
from app.outbox.models import Message
from app.programmes.models import ApprovalMode, Promotion
from app.sessions.models import Run
from tests import factories
from tests.bookings.desk import academy, booked

CONFIRMED, WAITLISTED = BookingState.CONFIRMED, BookingState.WAITLISTED
OFFERED = BookingState.OFFERED
BY_ACADEMY, BY_PROVIDER = BookingState.CANCELLED_BY_ACADEMY, BookingState.CANCELLED_BY_PROVIDER
MARCH_15, APRIL_26 = date(2022, 3, 15), date(2022, 4, 26)


@pytest.fixture(autouse=True)
def the_first_of_march(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01 10:00")


def two_runs(capacity: int = 16, other_capacity: int = 16, **about: Any) -> tuple[Run, Run]:
    course = factories.course(components=1, title="Ways", **about)
    first = factories.run(course, days=[MARCH_15], code="SOS2-07", capacity=capacity)
    return first, factories.run(course, days=[APRIL_26], code="SOS2-08", capacity=other_capacity)


def new_of(booking: Booking) -> Booking | None:
    return db.session.scalars(select(Booking).where(Booking.replaces_id == booking.id)).one_or_none()


class Told:
    """How many messages each address gets from here on."""

    def __init__(self) -> None:
        self.before = set(db.session.scalars(select(Message.id)))

    @property
    def messages(self) -> list[Message]:
        found = db.session.scalars(select(Message).order_by(Message.id))
        return [one for one in found if one.id not in self.before]

    @property
    def addresses(self) -> list[str]:
        return sorted(one.to_address for one in self.messages)


def cancel(run: Run, **how: Any) -> rules.Outcome:
    return rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="The trainer is ill", **how)


# --- Cancelling ----------------------------------------------------------------------------------------


def test_u05_the_provider_cancels_and_all_14_come_first_on_the_next_run() -> None:
    first, second = two_runs(capacity=14, other_capacity=12)
    stands = [booked(second) for _ in range(2)]
    places = [booked(first) for _ in range(14)]
    waits = [booked(first) for _ in range(3)]
    last = [booked(second) for _ in range(11)][-1]
    told = Told()
    cancel(first, is_by_provider=True, to_run=second)
    assert {one.state for one in [*places, *waits]} == {BY_PROVIDER}
    assert first.is_cancelled_by_provider
    news = [new_of(one) for one in places]
    assert [one.state for one in news if one] == [WAITLISTED] * 14
    assert [queries.queue_position(one) for one in [*news, last] if one] == [*range(1, 16)]
    assert [new_of(one) for one in waits] == [None] * 3
    assert told.addresses == sorted(str(one.person.email) for one in [*places, *waits])
    assert [one.state for one in stands] == [CONFIRMED] * 2
    rules.cancel(booking=stands[0], by=academy(), now=clock.now())
    assert news[0] is not None
    assert news[0].state is CONFIRMED


def test_u05_nobody_is_told_of_an_end_alone_because_a_rule_was_broken() -> None:
    """A booking of one day there stays as it is; that the other run is cancelled is for whoever chose it."""
    first, second = two_runs()
    place = booked(first)
    cancel(second)
    how: dict[str, Any] = {"by": academy(), "now": clock.now(), "reason": "The trainer is ill"}
    leaving = carrying.end([place], to=BY_ACADEMY, **how)
    with pytest.raises(RuleBroken, match="cancelled"):
        carrying.carry_over(leaving, second, **how)


@pytest.mark.parametrize("how", ["cancelled", "merged"])
def test_u05_who_was_only_offered_a_place_is_offered_one_on_the_other_run(pages: Any, how: str) -> None:
    first, second = two_runs(capacity=1, terms={"promotion": Promotion.OFFER})
    leaves, offered = booked(first), booked(first)
    rules.cancel(booking=leaves, by=academy(), now=clock.now())
    assert offered.state is OFFERED
    if how == "cancelled":
        cancel(first, to_run=second)
    else:
        fates = rules.preview_merge(run=first, into=second, by=academy(), now=clock.now())
        assert [str(fate.becomes) for fate in fates] == ["is_offered"]
        rules.merge_runs(run=first, into=second, by=academy(), now=clock.now(), seen=edition(fates))
    new = new_of(offered)
    assert new is not None
    assert (new.state, new.held_until) == (OFFERED, clock.london_time(date(2022, 3, 3), time(17)))
    (letter,) = db.session.scalars(select(Message).where(Message.about_id == new.id)).all()
    assert letter.kind == "booking_carried_over"
    for words in (letter.text, letter.html):
        assert "A place is offered to you on these dates instead" in words
        assert "need do nothing" not in words
    assert "Take it by 17:00 Thursday 3 March." in letter.text
    assert letter.calendar is None
    page = pages.get(f"/offers/{letter.secret}")
    pages.submit(page, {"answer": "take"})
    assert new.state is CONFIRMED


def test_u05_who_was_offered_a_place_comes_first_where_there_is_none() -> None:
    first, second = two_runs(capacity=1, other_capacity=1, terms={"promotion": Promotion.OFFER})
    leaves, offered = booked(first), booked(first)
    stands, waits = booked(second), booked(second)
    rules.cancel(booking=leaves, by=academy(), now=clock.now())
    cancel(first, to_run=second)
    new = new_of(offered)
    assert new is not None
    assert [one.state for one in (stands, waits, new)] == [CONFIRMED, WAITLISTED, WAITLISTED]
    assert queries.queue_position(new) == 1


def test_u05_one_message_takes_the_old_entry_back_and_brings_the_new_one() -> None:
    first, second = two_runs()
    place = booked(first)
    told = Told()
    cancel(first, to_run=second)
    (message,) = told.messages
    old, new = (Calendar.from_ical(one or "") for one in (message.calendar, message.new_dates))
    assert (str(old["method"]), str(new["method"])) == ("CANCEL", "REQUEST")
    assert old.walk("VEVENT")[0]["sequence"] == 1
    assert place.reference in str(old.walk("VEVENT")[0]["uid"])
    assert new.walk("VEVENT")[0]["dtstart"].dt.date() == APRIL_26
    letter = outbox.ready_to_send(message, still_right=lambda _: True, now=clock.now())
    assert letter is not None
    parts = [(one.get_param("method"), one.get_filename()) for one in letter.walk()]
    assert [one for one in parts if one[0]] == [("CANCEL", None), ("REQUEST", "date-1.ics")]
    assert "will not be held on these dates" in message.text
    assert "You have a place on these dates instead" in message.text


def test_u05_to_no_other_run() -> None:
    first, _ = two_runs()
    place = booked(first)
    assert cancel(first).told == [place]
    assert (new_of(place), place.state, first.is_cancelled_by_provider) == (None, BY_ACADEMY, False)


def test_u05_who_will_have_left_by_then_is_told_of_the_end_alone() -> None:
    first, second = two_runs()
    place = booked(first, factories.staff(last_day=date(2022, 3, 31)))
    told = Told()
    cancel(first, to_run=second)
    assert (new_of(place), len(told.messages)) == (None, 1)


def test_u05_whoever_had_a_place_is_carried_whatever_speaks_against_it() -> None:
    first, second = two_runs()
    place = booked(first)
    elsewhere = factories.run(factories.course(components=1), days=[APRIL_26])
    booked(elsewhere, place.person)
    second.version.course.role_groups = [factories.role_group("Team Manager")]
    told = Told()
    cancel(first, to_run=second)
    new = new_of(place)
    assert new is not None
    assert (new.state, new.override_reason) == (CONFIRMED, None)  # which later steps look at again
    assert "You have another place at the same time" in told.messages[0].text


@pytest.mark.parametrize("how", ["cancelled", "merged", "cut"])
def test_u09_a_clash_made_by_carrying_is_told_to_the_person_their_manager_and_the_academy(how: str) -> None:
    manager = factories.staff()
    first, second = two_runs(capacity=3)
    people = [factories.staff(manager_id=manager.id, first_name=name, last_name="Other") for name in "ABC"]
    places = [booked(first, person) for person in people]
    other = factories.run(factories.course(components=1, title="Fire"), days=[APRIL_26], code="FS-1")
    for person in people[:2]:
        booked(other, person)
    told = Told()
    if how == "cancelled":
        outcome = cancel(first, to_run=second)
    elif how == "merged":
        outcome = rules.merge_runs(run=first, into=second, by=academy(), now=clock.now())
    else:
        outcome = cut(first, places[:2], second, capacity=1)
    assert [one.person for one in outcome.clashes] == ["A Other", "B Other"]
    assert outcome.clashes == queries.doubly_booked(second.id)
    words = "You have another place at the same time: Fire (FS-1): 26 April 2022, 09:30 to 16:30"
    own = {one.to_address for one in told.messages if words in one.text}
    assert own == {person.email for person in people[:2]}
    (letter,) = (one for one in told.messages if one.to_address == manager.email)
    assert [f"{name} Other, Day 1: Fire (FS-1): 26 April 2022" in letter.text for name in "ABC"] == [
        True, True, False,
    ]  # fmt: skip
    assert "to other dates of Ways (SOS2-08)" in letter.text


def test_u05_a_request_that_nobody_answered_is_asked_for_again_on_the_other_run() -> None:
    first, second = two_runs(terms={"staff_approval": ApprovalMode.MANAGER})
    person = factories.staff(manager_id=factories.staff().id)
    own = factories.actor(Role.PRACTITIONER, of=person)
    request = rules.book(run=first, person=person, by=own, now=clock.now())
    assert request.state is BookingState.REQUESTED
    cancel(first, to_run=second)
    new = new_of(request)
    assert new is not None
    assert new.state is BookingState.REQUESTED
    assert new.approval is not None
    assert new.approval.is_pending


@pytest.mark.parametrize(
    ("which", "sentence"),
    [("same", "Choose another run"), ("other", "same course"), ("cancelled", "was cancelled")],
)
def test_bad_input_a_run_that_nobody_can_be_carried_to(which: str, sentence: str) -> None:
    first, second = two_runs()
    place = booked(first)
    if which == "cancelled":
        cancel(second)
    to_run = {"same": first, "other": factories.run()}.get(which, second)
    with pytest.raises(RuleBroken, match=sentence):
        cancel(first, to_run=to_run)
    assert place.state is CONFIRMED


# --- Merging -------------------------------------------------------------------------------------------


def test_am18_4_of_6_are_merged_into_another_run_and_both_sets_are_told_once() -> None:
    first, second = two_runs(capacity=5, other_capacity=8)
    first.minimum_places = 6
    moving, there = [booked(first) for _ in range(4)], [booked(second) for _ in range(5)]
    on_both = booked(second, moving[3].person, reason="Both")
    told = Told()
    outcome = rules.merge_runs(run=first, into=second, by=academy(), now=clock.now())
    assert (outcome.told, outcome.joined) == (moving, there)
    assert told.addresses == sorted(str(one.person.email) for one in [*moving, *there])
    news = [new_of(one) for one in moving]
    assert [one and one.state for one in news] == [CONFIRMED, CONFIRMED, WAITLISTED, None]
    assert on_both.state is CONFIRMED
    assert first.is_cancelled
    assert moving[0].moves[-1].reason == "Too few people booked, so SOS2-07 joins SOS2-08"
    assert queries.capacity_breaches() == []
    with pytest.raises(RuleBroken, match="was cancelled already"):
        rules.merge_runs(run=first, into=second, by=academy(), now=clock.now())


def test_am18_who_waits_and_who_catches_up_move_too() -> None:
    course = factories.course(components=2)
    first = factories.run(course, days=[MARCH_15, date(2022, 3, 16)], capacity=1)
    second = factories.run(course, days=[APRIL_26, date(2022, 4, 27)], capacity=3)
    place, waits = booked(first), booked(first)
    rules.cancel(booking=place, by=academy(), now=clock.now())
    day_2 = booked(first, session=first.sessions[1])
    rules.merge_runs(run=first, into=second, by=academy(), now=clock.now())
    news = [new_of(one) for one in (waits, day_2)]
    assert [one and one.state for one in news] == [CONFIRMED, CONFIRMED]
    assert news[1] is not None
    assert news[1].session == second.sessions[1]


# --- Cutting -------------------------------------------------------------------------------------------


def cut(run: Run, moving: list[Booking], to_run: Run | None = None, capacity: int = 12) -> rules.Outcome:
    return rules.change_capacity(
        session=run.sessions[0],
        capacity=capacity,
        by=academy(),
        now=clock.now(),
        moving=[one.id for one in moving],
        to_run=to_run,
    )


def test_u21_16_to_12_with_15_confirmed_is_refused_until_3_are_chosen() -> None:
    first, _ = two_runs()
    places = [booked(first) for _ in range(15)]
    for moving, sentence in [
        ([], "15 people have a place in Day 1. Choose 3 of them to move"),
        (places[:2], "Choose 3 people to move: 2 are chosen"),
        (places[:4], "Choose 3 people to move: 4 are chosen"),
    ]:
        with pytest.raises(RuleBroken, match=sentence):
            cut(first, moving)
    latest = list(db.session.scalars(queries.holders_of(first.sessions[0])))[:3]
    assert latest == places[:11:-1]
    told = Told()
    cut(first, latest)
    assert first.sessions[0].capacity == 12
    news = [new_of(one) for one in latest]
    assert [one and (one.state, one.run_id, one.has_priority) for one in news] == [
        (WAITLISTED, first.id, True)
    ] * 3
    assert told.addresses == sorted(str(one.person.email) for one in latest)
    assert queries.capacity_breaches() == []


def test_u21_the_moved_come_first_where_they_go() -> None:
    first, second = two_runs(capacity=3, other_capacity=1)
    places = [booked(first) for _ in range(3)]
    stands, waits = booked(second), booked(second)
    cut(first, places[1:], second, capacity=1)
    news = [new_of(one) for one in places[1:]]
    assert [one and queries.queue_position(one) for one in [*news, waits]] in ([2, 1, 3], [1, 2, 3])
    rules.cancel(booking=stands, by=academy(), now=clock.now())
    assert sorted(one.state for one in news if one) == [CONFIRMED, WAITLISTED]
    assert waits.state is WAITLISTED


def test_u21_nobody_is_moved_when_there_is_room() -> None:
    first, _ = two_runs()
    place = booked(first)
    with pytest.raises(RuleBroken, match="nobody must be moved"):
        cut(first, [place])


# --- One person ----------------------------------------------------------------------------------------


def test_u09_a_clash_with_the_new_run_needs_the_academys_reason() -> None:
    first, second = two_runs()
    place = booked(first)
    booked(factories.run(factories.course(components=1, title="Other"), days=[APRIL_26]), place.person)
    how = {"booking": place, "to_run": second, "by": academy(), "now": clock.now()}
    with pytest.raises(RuleBroken, match=r"has a place on Other .* Give a reason") as refused:
        rules.transfer(**how)
    assert refused.value.field == "reason"
    told = Told()
    new = rules.transfer(**how, reason="Half a day of it")
    assert (new.state, new.override_reason, len(told.messages)) == (CONFIRMED, "Half a day of it", 1)
    why = f"Moved from {first.code}: Half a day of it"
    audited = db.session.query(AuditEntry).filter_by(thing_type="booking", thing_id=new.id).one()
    assert (new.moves[0].reason, audited.reason) == (why, why)


def test_u06_nobody_is_moved_to_a_day_on_which_they_will_have_left() -> None:
    first, second = two_runs()
    place = booked(first)
    place.person.spells[0].last_day = first.last_session.held_on
    with pytest.raises(RuleBroken, match="is not recorded as working for, or with, the council"):
        rules.transfer(booking=place, to_run=second, by=academy(), now=clock.now(), reason="All the same")


def test_a_reason_given_for_the_audience_covers_no_clash() -> None:
    first, second = two_runs()
    first.version.course.role_groups = [factories.role_group("Team Manager")]
    place = booked(first, reason="Asked by the head of service")
    booked(factories.run(factories.course(components=1, title="Other"), days=[APRIL_26]), place.person)
    assert len(rules.new_objections(place, second, now=clock.now())) == 1
    with pytest.raises(RuleBroken, match="has a place on Other"):
        rules.transfer(booking=place, to_run=second, by=academy(), now=clock.now())
