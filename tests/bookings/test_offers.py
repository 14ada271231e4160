"""The life of an offer (ST-04, U-16): made, taken, turned down, run out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

import pytest

from app.bookings import jobs, queries, rules
from app.bookings.models import Booking, BookingState
from app.core import clock, tokens
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.programmes.models import ApprovalMode, Promotion
from app.sessions.models import Run
from tests import factories
from tests.bookings.desk import academy, books, leaves, message, own, states, told

Travel = Callable[..., None]

CONFIRMED, CANCELLED = BookingState.CONFIRMED, BookingState.CANCELLED
WAITLISTED, OFFERED = BookingState.WAITLISTED, BookingState.OFFERED


def run_on(day: date, **terms: object) -> Run:
    terms = {"promotion": Promotion.OFFER, "closes_days": 1} | terms
    of = factories.course(components=1, title="Signs of Safety", terms=terms)
    return factories.run(of, days=[day], capacity=1, code="SOS2-07")


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return clock.london_time(date(2022, month, day), time(hour, minute))


def sweep() -> None:
    db.session.commit()
    jobs.sweep(clock.now())


# --- How long ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("freed", "session_on", "ends"),
    [
        ("2022-03-07 10:00", date(2022, 3, 15), at(9, 17)),  # 2 working days, until 17:00
        ("2022-03-07 23:30", date(2022, 3, 15), at(9, 17)),
        ("2022-04-13 10:00", date(2022, 4, 26), at(19, 17, month=4)),  # over Easter
        ("2022-03-05 10:00", date(2022, 3, 15), at(8, 17)),  # freed on a Saturday
        ("2022-03-11 10:00", date(2022, 3, 15), at(11, 14)),  # within 2 working days: 4 working hours
        ("2022-03-10 16:00", date(2022, 3, 14), at(11, 12)),  # 1 hour today, 3 tomorrow
        ("2022-03-14 22:00", date(2022, 3, 15), at(15, 0)),  # never past the close of booking
    ],
)
def test_st04_how_long_an_offer_lasts(
    travel_to: Travel, freed: str, session_on: date, ends: datetime
) -> None:
    travel_to("2022-03-01")
    run = run_on(session_on)
    place, waits = books(run), books(run)
    travel_to(freed)
    assert leaves(place) == [waits]
    assert (waits.state, waits.held_until) == (OFFERED, ends)
    assert queries.places_left_for(factories.staff(), [run], on=clock.today()) == {run.id: 0}


# --- Running out ---------------------------------------------------------------------------------------


def test_u16_an_ignored_offer_goes_to_the_next_and_twice_to_the_bottom(travel_to: Travel) -> None:
    """Two working days each: the first keeps her turn after one lapse, and is last after two."""
    travel_to("2022-03-01")
    run = run_on(date(2022, 4, 26))
    place, first, second, third = books(run), books(run), books(run), books(run)
    travel_to("2022-03-07 10:00")
    leaves(place)
    assert states(first, second, third) == [OFFERED, WAITLISTED, WAITLISTED]
    travel_to("2022-03-09 16:59")
    sweep()
    assert first.state is OFFERED
    travel_to("2022-03-09 17:00")
    sweep()
    assert states(first, second, third) == [WAITLISTED, OFFERED, WAITLISTED]
    assert (queries.queue_position(first), queries.queue_position(third)) == (1, 2)
    rules.turn_down(booking=second, waits_on=False, by=own(second.person), now=clock.now())
    assert states(first, second, third) == [OFFERED, CANCELLED, WAITLISTED]
    travel_to("2022-03-11 17:00")
    sweep()
    assert states(first, third) == [WAITLISTED, OFFERED]
    fourth = books(run)
    assert (queries.queue_position(fourth), queries.queue_position(first)) == (2, 1)
    assert first.lapses == 2
    assert told(first) == ["waitlisted", "offered:1", "lapsed:1", "offered:2", "lapsed:2"]
    assert "you now wait at the end of the list" in message(first, "lapsed:2").text
    assert "You keep your turn" in message(first, "lapsed:1").text


def test_u16_who_let_two_offers_lapse_waits_behind_those_who_came_later(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    run = run_on(date(2022, 4, 26))
    place, first, second = books(run), books(run), books(run)
    first.lapses, first.has_priority = 1, True
    leaves(place)
    travel_to("2022-03-03 17:00")
    sweep()
    assert states(first, second) == [WAITLISTED, OFFERED]
    rules.turn_down(booking=second, waits_on=True, by=own(second.person), now=at(3, 17, 1))
    assert states(first, second) == [OFFERED, WAITLISTED]
    assert first.has_priority is False


def test_an_offer_that_runs_out_when_booking_closes_goes_to_nobody(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    run = run_on(date(2022, 3, 15))
    place, first, second = books(run), books(run), books(run)
    travel_to("2022-03-14 22:00")
    leaves(place)
    offer = message(first, "offered:1")
    assert "Take it by the end of Monday 14 March." in offer.text
    assert "Take it by <strong>the end of Monday 14 March</strong>." in offer.html
    travel_to("2022-03-15 00:00")
    sweep()
    assert states(first, second) == [WAITLISTED, WAITLISTED]
    assert queries.capacity_breaches() == []


# --- Taking and turning down ---------------------------------------------------------------------------


def offered(run: Run) -> Booking:
    place, waits = books(run), books(run)
    leaves(place)
    assert waits.state is OFFERED
    return waits


def test_an_offer_is_taken_and_pressing_twice_does_nothing_more(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    booking = offered(run_on(date(2022, 3, 15)))
    for _ in range(2):
        rules.accept(booking=booking, by=own(booking.person), now=clock.now())
    assert (booking.state, booking.held_until) == (CONFIRMED, None)
    assert told(booking) == ["waitlisted", "offered:1", "confirmed"]
    assert message(booking, "confirmed").calendar


@pytest.mark.parametrize(("waits_on", "becomes"), [(True, WAITLISTED), (False, CANCELLED)])
def test_a_place_turned_down_goes_to_the_next_in_the_same_moment(
    travel_to: Travel, waits_on: bool, becomes: BookingState
) -> None:
    travel_to("2022-03-01")
    booking = offered(run_on(date(2022, 3, 15)))
    behind = books(booking.run)
    given = rules.turn_down(booking=booking, waits_on=waits_on, by=own(booking.person), now=clock.now())
    assert (given, states(booking, behind)) == ([behind], [becomes, OFFERED])
    assert booking.moves[-1].reason == "The offer was turned down"
    assert queries.queue_position(booking) == (1 if waits_on else None)


def test_who_waits_on_alone_is_not_offered_the_same_place_again_on_the_same_day(travel_to: Travel) -> None:
    travel_to("2022-03-04 10:00")
    booking = offered(run_on(date(2022, 3, 15)))
    assert rules.turn_down(booking=booking, waits_on=True, by=own(booking.person), now=clock.now()) == []
    sweep()
    assert booking.state is WAITLISTED
    places = queries.occupancy(booking.run_id, now=clock.now())
    assert rules.why_waiting(booking, places, now=clock.now()) == (
        "The last offer was turned down. The next can come from 7 March 2022 at 09:00."
    )
    travel_to("2022-03-07 09:00")
    sweep()
    assert booking.state is OFFERED
    assert told(booking) == ["waitlisted", "offered:1", "offered:2"]


def test_an_offer_is_answered_by_the_person_or_the_academy_alone(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    booking = offered(run_on(date(2022, 3, 15)))
    manager = factories.actor(Role.LINE_MANAGER, of=factories.staff())
    for by in (own(factories.staff()), manager, factories.actor(Role.TRAINER)):
        with pytest.raises(NotAllowed):
            rules.accept(booking=booking, by=by, now=clock.now())
        with pytest.raises(NotAllowed):
            rules.turn_down(booking=booking, waits_on=False, by=by, now=clock.now())
        assert not rules.can_answer(booking, by, clock.now())
    rules.accept(booking=booking, by=academy(), now=clock.now())
    assert (booking.state, booking.moves[-1].by_name) == (CONFIRMED, "Tess Ting")


def test_what_speaks_against_the_place_is_looked_at_again_when_it_is_taken(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    booking = offered(run_on(date(2022, 3, 15)))
    booking.run.version.course.role_groups = [factories.role_group("Team Manager")]
    db.session.flush()
    with pytest.raises(RuleBroken, match="is not for your role or organisation"):
        rules.accept(booking=booking, by=own(booking.person), now=clock.now())
    assert booking.state is OFFERED


def test_each_answer_that_comes_too_late_has_its_own_sentence(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    run = run_on(date(2022, 3, 15))
    taken, turned, ran_out = offered(run), books(run), books(run)
    by = {one.id: own(one.person) for one in (taken, turned, ran_out)}

    def refused(booking: Booking, answer: Callable[..., object], **how: object) -> str:
        with pytest.raises(RuleBroken) as error:
            answer(booking=booking, by=by[booking.id], now=clock.now(), **how)
        return error.value.message

    assert refused(turned, rules.accept) == (
        "No place is offered on this booking yet: it is on the waiting list."
    )
    rules.accept(booking=taken, by=by[taken.id], now=clock.now())
    assert refused(taken, rules.turn_down, waits_on=False) == (
        "This place was taken already: it is confirmed."
    )
    leaves(taken)
    assert refused(taken, rules.accept) == "There is no open offer on this booking: cancelled."
    rules.turn_down(booking=turned, waits_on=False, by=by[turned.id], now=clock.now())
    assert refused(turned, rules.accept) == "This offer was turned down already."
    behind = books(run)
    travel_to("2022-03-03 17:00")
    with pytest.raises(RuleBroken, match=r"^This offer ran out at 17:00 Thursday 3 March\.$"):
        rules.check_can_answer(ran_out, by[ran_out.id], clock.now())
    assert refused(ran_out, rules.accept) == ("This offer ran out. The booking is still on the waiting list.")
    assert behind.state is OFFERED


def test_u16_an_offer_that_ran_out_is_said_to_go_to_the_next_where_somebody_waits(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    booking = offered(run_on(date(2022, 3, 15)))
    books(booking.run)
    travel_to("2022-03-03 17:00")
    sweep()
    lapsed = message(booking, "lapsed:1")
    assert "next person" in lapsed.subject
    for words in (lapsed.text, lapsed.html):
        assert "goes to the next person" in words
        assert "not kept for you any longer" not in words


@pytest.mark.parametrize("by_whom", ["the sweep", "somebody who books"])
def test_u16_what_is_offered_once_more_to_whoever_waits_alone_is_told_in_one_message(
    travel_to: Travel, by_whom: str
) -> None:
    travel_to("2022-03-01")
    booking = offered(run_on(date(2022, 3, 15)))
    travel_to("2022-03-03 17:00")
    if by_whom == "the sweep":
        sweep()
    else:
        assert books(booking.run).state is WAITLISTED
    assert (booking.state, booking.lapses) == (OFFERED, 1)
    assert told(booking) == ["waitlisted", "offered:1", "offered:2"]
    again = message(booking, "offered:2")
    assert again.subject == "A place on Signs of Safety is offered to you once more"
    for words in (again.text, again.html):
        assert "You did not answer. The place on" in words
        assert "has become free" not in words
    assert "Take it by 17:00 Monday 7 March." in again.text


def test_u16_whoever_waits_alone_is_offered_the_place_twice_and_then_it_is_left_to_whoever_books_it(
    travel_to: Travel,
) -> None:
    travel_to("2022-03-01")
    booking = offered(run_on(date(2022, 3, 29)))
    for moment in ("2022-03-03 17:00", "2022-03-07 17:00", "2022-03-09 17:00", "2022-03-11 17:00"):
        travel_to(moment)
        sweep()
    assert (booking.state, booking.lapses) == (WAITLISTED, 2)
    assert told(booking) == ["waitlisted", "offered:1", "offered:2", "lapsed:2"]
    last = message(booking, "lapsed:2")
    for words in (last.text, last.html):
        assert "The place is free, and can be booked by anybody." in words
    places = queries.occupancy(booking.run_id, now=clock.now())
    why = rules.why_waiting(booking, places, now=clock.now())
    assert why.startswith("A place is free, and is offered no more, as two offers were not taken in time.")
    leaves(booking)
    assert books(booking.run, booking.person).state is CONFIRMED


def test_u16_a_place_that_lapsed_twice_is_booked_by_somebody_else(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    booking = offered(run_on(date(2022, 3, 29)))
    for moment in ("2022-03-03 17:00", "2022-03-07 17:00"):
        travel_to(moment)
        sweep()
    other = books(booking.run)
    assert states(booking, other) == [WAITLISTED, CONFIRMED]


def test_u16_an_offer_that_runs_out_when_booking_closes_promises_no_turn(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    booking = offered(run_on(date(2022, 3, 3)))
    factories.user(Role.PRACTITIONER, of=booking.person, password="set")
    travel_to("2022-03-03 00:00")
    sweep()
    assert booking.state is WAITLISTED
    told = message(booking, "lapsed:1")
    for words in (told.text, told.html):
        assert "Booking has closed, so no more places on these dates are given." in words
        assert f"/book?course={booking.run.version.course_id}" in words
        assert "your turn" not in words
        assert "leave the list" not in words


def test_who_is_late_has_the_place_all_the_same_when_nobody_else_waits(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    booking = offered(run_on(date(2022, 3, 15)))
    travel_to("2022-03-03 17:00")
    rules.accept(booking=booking, by=own(booking.person), now=clock.now())
    assert booking.state is CONFIRMED


def test_a_declared_approval_is_kept_while_somebody_waits(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    run = run_on(date(2022, 3, 15), partner_approval=ApprovalMode.DECLARED)
    place, partner = books(run), factories.partner()
    said = rules.Declaration("Mo Head", "mo@school.example")
    waits = books(run, partner, declaration=said)
    leaves(place)
    assert (waits.state, waits.approval is not None and waits.approval.is_approved) == (OFFERED, True)


# --- The link ------------------------------------------------------------------------------------------


def test_the_offer_is_answered_by_a_link_that_the_outbox_does_not_show(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    booking = offered(run_on(date(2022, 3, 15)))
    sent = message(booking, "offered:1")
    assert sent.useful_until == booking.held_until
    assert sent.secret
    assert sent.secret not in sent.text + sent.html
    assert "/offers/{only-in-the-message-as-sent}" in sent.text
    assert rules.offered_by(sent.secret) is booking
    by = rules.holder_of_link(booking.person)
    assert rules.can_answer(booking, by, clock.now())
    assert not by.is_signed_in
    for forged in ("x", sent.secret[:-1], tokens.make("approval", booking.id)):
        with pytest.raises(RuleBroken, match="not complete or not one of ours"):
            rules.offered_by(forged)
    travel_to("2022-04-02")
    with pytest.raises(RuleBroken, match="worked for 30 days"):
        rules.offered_by(sent.secret)
