"""Who may have which place, the waiting list and giving up, as rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.bookings import jobs, queries, rules
from app.bookings.models import Booking, BookingState, Seat
from app.bookings.rules.states import MOVES
from app.core import clock
from app.core.actors import COMMAND_LINE, Actor
from app.core.db import db, record, supersede
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.outbox.models import Message
from app.people.models import Person
from app.sessions.models import Mode, SessionDate, TrainingSession
from tests import factories
from tests.bookings.desk import academy, booked

CONFIRMED, WAITLISTED = BookingState.CONFIRMED, BookingState.WAITLISTED


def own(person: Person) -> Actor:
    return factories.actor(Role.PRACTITIONER, of=person)


def seats(booking: Booking) -> dict[int, int]:
    """The live seats of a booking: the number in each session, by component."""
    rows = db.session.execute(
        select(TrainingSession.component_number, Seat.number)
        .join(TrainingSession, TrainingSession.id == Seat.session_id)
        .where(Seat.booking_id == booking.id, Seat.released_at.is_(None))
    )
    return {component: number for component, number in rows}  # noqa: C416


def told() -> list[str]:
    """The keys of the messages in the outbox, without the booking's id."""
    return [key.split(":")[2] for key in db.session.scalars(select(Message.key).order_by(Message.id))]


# --- Booking -------------------------------------------------------------------------------------------


def test_a_place_is_one_seat_in_each_session_with_the_smallest_free_number() -> None:
    run = factories.run(factories.course(components=5), capacity=3)
    first, second = booked(run), booked(run)
    assert seats(first) == dict.fromkeys(range(1, 6), 1)
    assert seats(second) == dict.fromkeys(range(1, 6), 2)
    rules.cancel(booking=first, by=academy(), now=clock.now())
    assert seats(first) == {}
    assert seats(booked(run)) == dict.fromkeys(range(1, 6), 1)
    assert queries.places_left_for(factories.staff(), [run], on=clock.today()) == {run.id: 1}


def test_u04_the_last_place_is_confirmed_and_the_next_is_first_on_the_waiting_list() -> None:
    run = factories.run(capacity=16)
    states = [booked(run).state for _ in range(16)]
    late = [booked(run) for _ in range(2)]
    assert states == [CONFIRMED] * 16
    assert [(one.state, queries.queue_position(one)) for one in late] == [(WAITLISTED, 1), (WAITLISTED, 2)]
    assert queries.queue_positions([one.id for one in late]) == {late[0].id: 1, late[1].id: 2}
    assert queries.places_left_for(factories.staff(), [run], on=clock.today()) == {run.id: 0}
    assert queries.capacity_breaches() == []


def test_u04_a_double_click_is_one_booking_and_one_message() -> None:
    run, person = factories.run(capacity=1), factories.staff()
    twice = [rules.book(run=run, person=person, by=own(person), now=clock.now()) for _ in range(2)]
    assert twice[0] is twice[1]
    assert told() == ["confirmed"]
    waits = factories.staff()
    twice = [rules.book(run=run, person=waits, by=own(waits), now=clock.now()) for _ in range(2)]
    assert twice[0] is twice[1]
    assert told() == ["confirmed", "waitlisted"]


def test_a_second_press_after_the_run_was_cancelled_still_finds_the_open_booking_or_says_why() -> None:
    run, person = factories.run(), factories.staff()
    booking = booked(run, person)
    rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Ill")
    assert booking.state is BookingState.CANCELLED_BY_ACADEMY
    with pytest.raises(RuleBroken, match="was cancelled"):
        booked(run, person)


def test_somebody_who_cancelled_can_book_again() -> None:
    run, person = factories.run(), factories.staff()
    first = booked(run, person)
    rules.cancel(booking=first, by=own(person), now=clock.now())
    again = booked(run, person)
    assert (again.id != first.id, again.state) == (True, CONFIRMED)
    assert told() == ["confirmed", "cancelled", "confirmed"]


def test_free_places_go_to_those_who_wait_before_somebody_new() -> None:
    run = factories.run(capacity=1)
    booked(run)
    waits = booked(run)
    for session in run.sessions:
        session.capacity = 2  # as a change of the run leaves it, which knows no bookings
    db.session.flush()
    new = booked(run)
    assert (waits.state, new.state) == (CONFIRMED, WAITLISTED)


def test_refusals_each_have_their_own_sentence(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01")
    days = [date(2022, 3, 15), date(2022, 3, 16)]
    run = factories.run(days=days, code="SOS2-07")
    leaver = factories.staff(last_day=date(2022, 3, 15), first_name="Lea", last_name="Ver")
    with pytest.raises(RuleBroken) as left:
        rules.book(run=run, person=leaver, by=own(leaver), now=clock.now())
    assert left.value.message == (
        "You are not recorded as working for, or with, the council on 16 March 2022, the date of Day 2."
    )
    with pytest.raises(RuleBroken, match=r"^Lea Ver is not recorded"):
        booked(run, leaver)
    person = factories.staff()
    travel_to("2022-03-15 09:30")
    with pytest.raises(RuleBroken, match=r"^SOS2-07 began on 15 March 2022\. Choose a later run\.$"):
        booked(run, person)
    travel_to("2022-03-15 09:29")
    assert booked(run, person).state is CONFIRMED
    rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Snow")
    with pytest.raises(RuleBroken, match=r"^SOS2-07 was cancelled\. Choose another run\.$"):
        booked(run, person)


def test_u06_the_last_day_at_work_still_counts() -> None:
    run = factories.run()
    person = factories.staff(last_day=run.sessions[-1].held_on)
    assert rules.book(run=run, person=person, by=own(person), now=clock.now()).state is CONFIRMED


def test_a_course_is_for_its_audience_unless_the_academy_says_why() -> None:
    course = factories.course(title="Core Skills")
    course.role_groups = [factories.role_group("Team Manager")]
    run, person = factories.run(course), factories.staff(first_name="Sam", last_name="Oduya")
    with pytest.raises(RuleBroken, match="Core Skills is not for your role or organisation"):
        rules.book(run=run, person=person, by=own(person), now=clock.now())
    with pytest.raises(RuleBroken) as asked:
        booked(run, person)
    assert (asked.value.field, "Sam Oduya’s role" in asked.value.message) == ("reason", True)
    with pytest.raises(RuleBroken):
        rules.book(run=run, person=person, by=own(person), now=clock.now(), reason="I want to")
    booking = booked(run, person, reason="Acting up as a manager")
    assert [move.reason for move in booking.moves] == ["Acting up as a manager"]


@pytest.mark.parametrize(
    ("role", "who", "may"),
    [
        (Role.PRACTITIONER, "themselves", True),
        (Role.PRACTITIONER, "a colleague", False),
        (Role.PARTNER, "themselves", True),
        (Role.LINE_MANAGER, "their report", True),
        (Role.LINE_MANAGER, "a colleague", False),
        (Role.ACADEMY_MANAGER, "a colleague", True),
        (Role.TRAINER, "a colleague", False),
        (Role.BOARD_MEMBER, "themselves", False),
        (Role.ADMINISTRATOR, "a colleague", False),
    ],
)
def test_who_may_book_for_whom(role: Role, who: str, may: bool) -> None:
    actor_person = factories.staff()
    someone = {
        "themselves": lambda: actor_person,
        "a colleague": factories.staff,
        "their report": lambda: factories.staff(manager_id=actor_person.id),
    }[who]()
    by, run = factories.actor(role, of=actor_person), factories.run()
    if may:
        assert rules.book(run=run, person=someone, by=by, now=clock.now()).state is CONFIRMED
    else:
        with pytest.raises(NotAllowed):
            rules.book(run=run, person=someone, by=by, now=clock.now())


def test_the_command_line_books_anyone() -> None:
    booking = rules.book(run=factories.run(), person=factories.staff(), by=COMMAND_LINE, now=clock.now())
    assert booking.state is CONFIRMED


# --- One session alone (U-03) --------------------------------------------------------------------------


def test_u03_a_catch_up_takes_one_seat_in_that_session_only() -> None:
    run = factories.run(factories.course(components=5), capacity=1)
    day_3 = run.sessions[2]
    catching_up = booked(run, session=day_3)
    assert seats(catching_up) == {3: 1}
    assert booked(run).state is WAITLISTED
    assert booked(run, session=run.sessions[0]).state is CONFIRMED
    assert booked(run, session=day_3).state is WAITLISTED
    assert queries.capacity_breaches() == []


def test_one_person_can_catch_up_on_two_days_of_a_run_but_not_hold_a_day_twice() -> None:
    run, person = factories.run(factories.course(components=5)), factories.staff()
    first = booked(run, person, session=run.sessions[2])
    second = booked(run, person, session=run.sessions[3])
    assert first.id != second.id
    assert booked(run, person, session=run.sessions[2]) is first
    with pytest.raises(RuleBroken, match="booking for Day 3 of this run already"):
        booked(run, person)
    whole = factories.staff()
    place = booked(run, whole)
    assert booked(run, whole, session=run.sessions[1]) is place


def test_a_catch_up_can_be_booked_while_the_run_is_under_way(travel_to: Callable[..., None]) -> None:
    travel_to("2022-01-01")
    days = [date(2022, 1, 31), date(2022, 2, 7)]
    run = factories.run(days=days, code="SOS5-04")
    travel_to("2022-02-01")
    assert booked(run, session=run.sessions[1]).state is CONFIRMED
    with pytest.raises(RuleBroken, match=r"^Day 1 of SOS5-04 began on 31 January 2022"):
        booked(run, session=run.sessions[0])


# --- Giving up -----------------------------------------------------------------------------------------


def test_a_cancellation_promotes_the_first_in_the_queue_who_fits_in_the_same_moment() -> None:
    run = factories.run(factories.course(components=2), capacity=1)
    day_1 = booked(run, session=run.sessions[0])
    booked(run, session=run.sessions[1])
    wants_both, wants_day_1 = booked(run), booked(run, session=run.sessions[0])
    promoted = rules.cancel(booking=day_1, by=academy(), now=clock.now())
    assert promoted == [wants_day_1]
    assert (wants_both.state, wants_day_1.state) == (WAITLISTED, CONFIRMED)
    assert seats(wants_day_1) == {1: 1}
    assert told()[-2:] == ["cancelled", "promoted"]
    assert [(move.from_state, move.to_state) for move in wants_day_1.moves] == [
        (None, WAITLISTED),
        (WAITLISTED, CONFIRMED),
    ]


def test_the_queue_is_in_order_of_arrival() -> None:
    run = factories.run(capacity=1)
    place = booked(run)
    now = clock.now()
    later = rules.book(run=run, person=factories.staff(), by=academy(), now=now + timedelta(seconds=5))
    earlier = rules.book(run=run, person=factories.staff(), by=academy(), now=now)
    assert queries.queue_positions([later.id, earlier.id]) == {earlier.id: 1, later.id: 2}
    assert rules.cancel(booking=place, by=academy(), now=now) == [earlier]
    assert queries.queue_position(later) == 1


def test_nobody_is_promoted_once_the_first_session_has_begun(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01")
    run = factories.run(days=[date(2022, 3, 15), date(2022, 3, 22)], capacity=1)
    place, waits = booked(run), booked(run)
    travel_to("2022-03-15 09:30")
    assert rules.cancel(booking=place, by=academy(), now=clock.now()) == []
    assert rules.promote_waiting(run=run, by=academy(), now=clock.now()) == []
    assert waits.state is WAITLISTED


def test_cancelling_twice_changes_nothing_the_second_time() -> None:
    run, person = factories.run(capacity=1), factories.staff()
    place = booked(run, person)
    waits = booked(run)
    assert rules.cancel(booking=place, by=own(person), now=clock.now()) == [waits]
    assert rules.cancel(booking=place, by=own(person), now=clock.now()) == []
    assert told() == ["confirmed", "waitlisted", "cancelled", "promoted"]
    assert place.state is BookingState.CANCELLED


def test_who_cancels_is_kept_and_only_the_person_or_the_academy_can() -> None:
    manager = factories.staff()
    person = factories.staff(manager_id=manager.id)
    place = booked(factories.run(), person)
    for by in (
        own(factories.staff()),
        factories.actor(Role.LINE_MANAGER, of=manager),
        factories.actor(Role.TRAINER),
    ):
        with pytest.raises(NotAllowed):
            rules.cancel(booking=place, by=by, now=clock.now())
    rules.cancel(booking=place, by=academy(), now=clock.now(), reason="Double")
    assert place.state is BookingState.CANCELLED_BY_ACADEMY
    assert (place.moves[-1].by_name, place.moves[-1].reason) == ("Tess Ting", "Double")


def test_training_that_is_over_cannot_be_cancelled(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01")
    place = booked(factories.run(days=[date(2022, 3, 15), date(2022, 3, 16)]))
    travel_to("2022-03-16 16:30")
    with pytest.raises(RuleBroken, match="This training is over"):
        rules.cancel(booking=place, by=academy(), now=clock.now())
    with pytest.raises(RuleBroken, match="is over"):
        rules.cancel_run(run=place.run, by=academy(), now=clock.now(), reason="Too late")


def test_cancelling_a_run_ends_every_place_and_tells_everybody_once() -> None:
    run = factories.run(capacity=2)
    bookings = [booked(run) for _ in range(3)]
    leaving = rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="The trainer is ill")
    assert leaving.told == bookings
    assert {one.state for one in bookings} == {BookingState.CANCELLED_BY_ACADEMY}
    assert told()[3:] == ["run_cancelled"] * 3
    with pytest.raises(RuleBroken, match="was cancelled already"):
        rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Again")
    assert len(told()) == 6
    assert queries.places_left_for(factories.staff(), [run], on=clock.today()) == {run.id: 2}
    assert queries.capacity_breaches() == []


@pytest.mark.parametrize("role", [Role.TRAINER, Role.PRACTITIONER, Role.LINE_MANAGER, Role.ADMINISTRATOR])
def test_only_the_academy_cancels_runs(role: Role) -> None:
    with pytest.raises(NotAllowed):
        rules.cancel_run(run=factories.run(), by=factories.actor(role), now=clock.now(), reason="No")


def test_a_transfer_frees_one_place_and_takes_another() -> None:
    course = factories.course()
    first, second = factories.run(course, capacity=1), factories.run(course, capacity=1)
    place, waits = booked(first), booked(first)
    moved = rules.transfer(booking=place, to_run=second, by=academy(), now=clock.now())
    assert (moved.state, moved.run_id) == (CONFIRMED, second.id)
    assert (place.state, waits.state) == (BookingState.CANCELLED_BY_ACADEMY, CONFIRMED)
    assert place.moves[-1].reason == f"Moved to {second.code}"
    with pytest.raises(RuleBroken, match="same course"):
        rules.transfer(booking=moved, to_run=factories.run(), by=academy(), now=clock.now())


def test_who_was_booked_with_a_reason_can_be_moved_without_another() -> None:
    course = factories.course(components=1)
    course.role_groups = [factories.role_group("Team Manager")]
    first, second = factories.run(course), factories.run(course)
    place = booked(first, reason="Asked by the head of service")
    moved = rules.transfer(booking=place, to_run=second, by=academy(), now=clock.now())
    assert (moved.state, moved.moves[0].reason) == (CONFIRMED, f"Moved from {first.code}")


def test_u06_a_leavers_places_are_released_and_passed_on() -> None:
    soon, later = clock.today() + timedelta(days=7), clock.today() + timedelta(days=30)
    course = factories.course(components=1)
    near, far = factories.run(course, days=[soon]), factories.run(course, days=[later], capacity=1)
    person = factories.staff()
    stays, goes, waits = booked(near, person), booked(far, person), booked(far)
    spell = person.spells[0]
    supersede(spell, by="HR", now=clock.now())
    factories.spell(person, last_day=soon, recorded_at=clock.now())
    assert rules.release_places_of(person=person, by=academy(), now=clock.now()) == [goes]
    assert (stays.state, waits.state) == (CONFIRMED, CONFIRMED)


def test_u06_what_leavers_still_hold_or_wait_for_is_released_once_a_night() -> None:
    soon, later = clock.today() + timedelta(days=7), clock.today() + timedelta(days=30)
    days = [later - timedelta(days=7), later]
    run = factories.run(factories.course(components=2), days=days, capacity=2)
    leaver, away, stays = factories.staff(), factories.staff(last_day=later), factories.staff()
    holds, fits, waits = booked(run, leaver), booked(run, away), booked(run, stays)
    supersede(leaver.spells[0], by="HR", now=clock.now())
    factories.spell(leaver, last_day=soon, recorded_at=clock.now())
    db.session.commit()
    evening = clock.london_time(soon, time(23, 59))
    nights = [evening, evening + timedelta(minutes=1), evening + timedelta(days=1)]
    assert [jobs.leavers(night).done for night in nights] == [0, 1, 0]
    assert holds.state is BookingState.RELEASED
    assert (fits.state, waits.state) == (CONFIRMED, CONFIRMED)
    assert holds.moves[-1].reason == "Left before the training"


# --- Capacity ------------------------------------------------------------------------------------------


def test_u21_capacity_cannot_fall_below_the_places_taken() -> None:
    run = factories.run(factories.course(components=1), capacity=16)
    bookings = [booked(run) for _ in range(15)]
    with pytest.raises(RuleBroken, match=r"15 people have a place in Day 1\. Choose 3 of them to move"):
        rules.change_capacity(session=run.sessions[0], capacity=12, by=academy(), now=clock.now())
    for one in bookings[:3]:
        rules.cancel(booking=one, by=academy(), now=clock.now())
    rules.change_capacity(session=run.sessions[0], capacity=12, by=academy(), now=clock.now())
    numbers = sorted(number for one in bookings[3:] for number in seats(one).values())
    assert numbers == list(range(1, 13))
    assert queries.capacity_breaches() == []


def test_more_capacity_goes_to_those_who_wait() -> None:
    run = factories.run(factories.course(components=2), capacity=1)
    booked(run)
    first, second = booked(run), booked(run)
    day_1, day_2 = run.sessions
    assert rules.change_capacity(session=day_1, capacity=2, by=academy(), now=clock.now()).promoted == []
    assert rules.change_capacity(session=day_2, capacity=3, by=academy(), now=clock.now()).promoted == [first]
    assert second.state is WAITLISTED


# --- What the database keeps ---------------------------------------------------------------------------


def _seat(booking: Booking, session: TrainingSession, number: int) -> Seat:
    return Seat(booking_id=booking.id, session_id=session.id, number=number, taken_at=clock.now())


def _twin(booking: Booking, **values: Any) -> Booking:
    now = clock.now()
    defaults = {
        "reference": "TWIN-TWIN",
        "run_id": booking.run_id,
        "person_id": booking.person_id,
        "state": WAITLISTED,
        "queued_at": now,
        "created_at": now,
    }
    return Booking(**(defaults | values))


@pytest.mark.parametrize(
    "broken",
    [
        lambda booking, other, session: _seat(other, session, 1),
        lambda booking, other, session: _seat(booking, session, 2),
        lambda booking, other, session: _seat(other, session, 0),
        lambda booking, other, session: _twin(booking),
        lambda booking, other, session: _twin(
            other, reference=booking.reference, person_id=booking.person_id
        ),
        lambda booking, other, session: _twin(booking, state=CONFIRMED, session_id=session.id),
    ],
    ids=["number twice", "session twice", "number 0", "person twice", "reference twice", "no time"],
)
def test_u04_the_database_refuses_what_the_rules_never_do(broken: Callable[..., Any]) -> None:
    run = factories.run(capacity=1)
    booking, other = booked(run), booked(factories.run())
    db.session.add(broken(booking, other, run.sessions[0]))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_every_state_has_its_moves_and_ended_ones_have_none() -> None:
    assert set(MOVES) == {None, *BookingState}
    assert [state for state in BookingState if not MOVES[state]] == [
        state for state in BookingState if not state.is_open
    ]


# --- What people are told ------------------------------------------------------------------------------


def _message(key: str) -> Message:
    return db.session.scalars(select(Message).where(Message.key == key)).one()


def test_the_confirmation_says_when_and_where_and_carries_calendar_entries(
    travel_to: Callable[..., None],
) -> None:
    travel_to("2022-03-01")
    venue = factories.venue("Plough Lane, Room 1")
    venue.address, venue.access = "Plough Lane\nHereford", "Step-free"
    course = factories.course(title="Signs of Safety 2-day")
    run = factories.run(
        course, days=[date(2022, 3, 21), date(2022, 3, 28)], venue_id=venue.id, mode=Mode.IN_PERSON
    )
    person = factories.staff(first_name="Samuel", preferred_name="Sam", last_name="Oduya")
    factories.user(Role.PRACTITIONER, of=person, password="set")
    booking = rules.book(run=run, person=person, by=own(person), now=clock.now())
    message = _message(f"booking:{booking.id}:confirmed")
    assert message.subject == "Your place on Signs of Safety 2-day is confirmed"
    assert (message.to_address, message.to_name) == (person.email, "Sam Oduya")
    assert message.text == (
        "Hello Sam,\n\n"
        "You have a place on Signs of Safety 2-day.\n\n"
        "Day 1: Monday 21 March 2022, 09:30 to 16:30\n"
        "  Plough Lane, Room 1, Plough Lane, Hereford\n"
        "  Step-free\n"
        "Day 2: Monday 28 March 2022, 09:30 to 16:30\n"
        "  Plough Lane, Room 1, Plough Lane, Hereford\n"
        "  Step-free\n\n"
        f"Your reference: {booking.reference}\n\n"
        "Can’t come? Give up your place, so that somebody else can have it, or send a colleague instead:\n"
        f"http://training.council.example/bookings/{booking.id}\n\n"
        "Free to cancel until the end of Wednesday 16 March.\n\n"
        "Ambleford Council\n"
        "academy@council.example\n\n"
        "A file for each day is attached: open each of them to bring your calendar up to date.\n"
    )
    assert message.useful_until == datetime(2022, 3, 28, 15, 30, tzinfo=UTC)
    lines = (message.calendar or "").splitlines()
    assert "METHOD:REQUEST" in lines
    starts = [line for line in lines if line.startswith("DTSTART;")]
    assert starts == [
        "DTSTART;TZID=Europe/London:20220321T093000",
        "DTSTART;TZID=Europe/London:20220328T093000",
    ]


def test_u05_a_moved_session_keeps_its_uid_and_counts_its_sequence() -> None:
    run, person = factories.run(factories.course(components=1)), factories.staff()
    booking = booked(run, person)
    session = run.sessions[0]
    later = session.held_on + timedelta(days=7)
    supersede(session.dated, by="Tests", now=clock.now())
    moved = SessionDate(
        session_id=session.id,
        held_on=later,
        starts_at=clock.london_time(later, time(9)),
        ends_at=clock.london_time(later, time(12)),
    )
    record(moved, by="Tests", now=clock.now())
    db.session.flush()
    db.session.expire_all()
    rules.cancel(booking=booking, by=own(person), now=clock.now())
    before = (_message(f"booking:{booking.id}:confirmed").calendar or "").splitlines()
    after = (_message(f"booking:{booking.id}:cancelled").calendar or "").splitlines()
    assert [line for line in before if line.startswith("UID")] == [
        line for line in after if line.startswith("UID")
    ]
    assert "SEQUENCE:0" in before
    assert {"SEQUENCE:2", "METHOD:CANCEL", "STATUS:CANCELLED"} <= set(after)


@pytest.mark.parametrize(
    ("change", "subject", "words"),
    [
        ("waitlisted", "You are on the waiting list for Ways", "You are number 1 on the waiting list"),
        ("promoted", "Your place on Ways is confirmed", "A place has become free, and it is yours"),
        ("cancelled", "Your place on Ways is cancelled", "You have given up your place on Ways"),
        ("run_cancelled", "Ways is cancelled", "Reason: The trainer is ill"),
    ],
)
def test_the_words_of_each_message(change: str, subject: str, words: str) -> None:
    run, person = factories.run(factories.course(title="Ways"), capacity=1), factories.staff()
    place, waits = booked(run, person), booked(run)
    rules.cancel(booking=place, by=own(person), now=clock.now())
    rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="The trainer is ill")
    about = place if change == "cancelled" else waits
    message = _message(f"booking:{about.id}:{change}")
    assert message.subject == subject
    assert words in message.text
    assert "\n\nYour reference" in message.text
    assert words in " ".join(message.html.replace("<strong>", "").replace("</strong>", "").split())
    assert "https://meet.example/room" in message.text if change == "promoted" else True
    has_entries = change != "waitlisted"
    assert bool(message.calendar) is has_entries


def test_who_waited_and_never_had_a_place_gets_no_calendar_entry_taken_back() -> None:
    run = factories.run(capacity=1)
    booked(run)
    waits = booked(run)
    rules.cancel(booking=waits, by=academy(), now=clock.now(), reason="Asked by phone")
    message = _message(f"booking:{waits.id}:cancelled")
    assert message.calendar is None
    assert "The academy has taken you off the waiting list" in message.text
    assert "Reason: Asked by phone" in message.text


def test_somebody_without_an_address_is_booked_and_not_written_to() -> None:
    run = factories.run()
    assert booked(run, factories.staff(email=None)).state is CONFIRMED
    assert told() == []
