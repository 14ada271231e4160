"""What the waiting list promises (ST-04, U-16): who is next, who is passed over, and why each still waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest

from app.bookings import jobs, queries, rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.db import db, supersede
from app.programmes.models import ApprovalMode, Course, Promotion
from app.sessions.models import Run
from tests import factories
from tests.attendance.marking import mark, past
from tests.bookings.desk import academy, books, keeps, leaves, own, partner_of, states, told

Travel = Callable[..., None]

REQUESTED, CONFIRMED = BookingState.REQUESTED, BookingState.CONFIRMED
WAITLISTED, OFFERED = BookingState.WAITLISTED, BookingState.OFFERED
OFFERS = {"promotion": Promotion.OFFER, "closes_days": 1}


def course(**terms: object) -> Course:
    return factories.course(components=1, terms=terms or None)


def run_on(day: date, of: Course | None = None, capacity: int = 1, code: str = "SOS2-07") -> Run:
    return factories.run(of or course(), days=[day], capacity=capacity, code=code)


def why(booking: Booking, *, is_own: bool = True) -> str:
    places = queries.occupancy(booking.run_id, now=clock.now())
    return rules.why_waiting(booking, places, now=clock.now(), is_own=is_own)


# --- Promotion -----------------------------------------------------------------------------------------


def test_st04_a_freed_place_is_passed_on_in_the_transaction_that_freed_it(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    run = run_on(date(2022, 3, 15))
    place, first, second = books(run), books(run), books(run)
    assert leaves(place) == [first]
    assert states(place, first, second) == [BookingState.CANCELLED, CONFIRMED, WAITLISTED]
    db.session.rollback()
    assert db.session.query(Booking).count() == 0


def test_who_was_moved_by_the_academy_comes_before_those_who_came_earlier(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    of = course()
    near, far = run_on(date(2022, 3, 15), of, code="NEAR"), run_on(date(2022, 4, 12), of, code="FAR")
    moved = books(near)
    place, earlier = books(far), books(far)
    moved = rules.transfer(booking=moved, to_run=far, by=academy(), now=clock.now())
    assert (moved.state, queries.queue_position(moved), queries.queue_position(earlier)) == (WAITLISTED, 1, 2)
    assert leaves(place) == [moved]


def test_the_sweep_gives_what_stands_empty_and_finds_nothing_the_second_time(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    run = run_on(date(2022, 3, 15))
    books(run)
    waits = books(run)
    run.sessions[0].capacity = 2  # as no rule leaves it
    db.session.commit()
    assert [jobs.sweep(clock.now()).done for _ in range(2)] == [1, 0]
    assert waits.state is CONFIRMED


def test_nobody_is_promoted_past_the_close_of_booking(travel_to: Travel) -> None:
    """1 working day before Tuesday 15 March: nobody gets a place once Monday is over."""
    travel_to("2022-03-01")
    run = run_on(date(2022, 3, 15), course(closes_days=1), capacity=2)
    first, second, early, late = (books(run) for _ in range(4))
    travel_to("2022-03-14 23:59")
    assert leaves(first) == [early]
    travel_to("2022-03-15 00:00")
    assert leaves(second) == []
    db.session.commit()
    jobs.sweep(clock.now())
    assert late.state is WAITLISTED
    assert why(late) == ("Booking closed at the end of Monday 14 March 2022, so no more places are given.")


def test_a_place_is_held_and_not_given_while_the_manager_has_not_answered(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    run = run_on(date(2022, 3, 15), course(staff_approval=ApprovalMode.MANAGER))
    place = rules.book(run=run, person=factories.staff(), by=academy(), now=clock.now())
    manager = factories.staff()
    asks, agreed = books(run, factories.staff(manager_id=manager.id)), books(run)
    assert why(asks) == "No place has become free yet. Your manager can approve it meanwhile."
    assert why(asks, is_own=False).endswith("Their manager can approve it meanwhile.")
    nobodys = books(run)
    assert why(nobodys) == "No place has become free yet. The academy can approve it meanwhile."
    rules.cancel(booking=nobodys, by=academy(), now=clock.now())
    rules.approve(booking=agreed, by=academy(), now=clock.now())
    assert agreed.state is WAITLISTED
    assert rules.cancel(booking=place, by=academy(), now=clock.now()) == [asks]
    assert (asks.state, asks.held_until) == (REQUESTED, clock.london_time(date(2022, 3, 4), time(17)))
    assert told(asks) == ["waitlisted", "held"]
    travel_to("2022-03-04 17:00")
    db.session.commit()
    jobs.sweep(clock.now())
    assert states(asks, agreed) == [BookingState.RELEASED, CONFIRMED]


def test_st04_who_has_completed_the_course_since_they_asked_is_passed_over(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    of = course()
    run, earlier = run_on(date(2022, 3, 15), of), run_on(date(2022, 3, 8), of, code="SOS2-06")
    place, waits, behind = books(run), books(run), books(run)
    factories.booking(earlier, waits.person)
    mark(earlier, 1, waits.person)
    travel_to("2022-03-09 10:00")
    assert leaves(place) == [behind]
    assert (waits.state, why(waits)) == (
        WAITLISTED,
        f"You have completed {of.title} since, on 8 March 2022.",
    )


def test_st04_who_takes_the_course_again_still_waits_for_a_place(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    of = course()
    run, person = run_on(date(2022, 3, 15), of), factories.staff()
    past(person, of.latest_version, date(2022, 2, 28))
    place, again = books(run), books(run, person)
    assert leaves(place) == [again]


def test_u03_who_has_done_the_one_day_since_is_passed_over(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    of, person = factories.course(components=3), factories.staff()
    first_days = date(2022, 2, 1), date(2022, 3, 2), date(2022, 3, 15)
    before, earlier, full = (
        factories.run(of, days=[first, *(first + timedelta(days=n) for n in (7, 14))], capacity=1)
        for first in first_days
    )
    mark(before, 1, person)
    place = books(full)
    waits = books(full, person, session=full.sessions[1])
    assert waits.state is WAITLISTED
    mark(earlier, 2, person)
    travel_to("2022-03-10 10:00")
    assert leaves(place) == []
    assert why(waits) == "You have done Day 2 since, on 9 March 2022."


@pytest.mark.parametrize("obstacle", ["audience", "prerequisite", "clash", "leaver"])
def test_who_may_no_longer_have_the_place_is_passed_over_and_told_why(
    travel_to: Travel, obstacle: str
) -> None:
    travel_to("2022-03-01")
    of, basics = course(), factories.course(components=1, title="Basics", terms={})
    run, person = run_on(date(2022, 3, 15), of), factories.staff(first_name="Sam", last_name="Oduya")
    place, waits, behind = books(run), books(run, person), books(run, partner_of("Health"))
    if obstacle == "audience":
        of.sectors = [behind.person.spells[0].organisation.sector]
        sentence = f"{of.title} is not for your role or organisation."
    elif obstacle == "prerequisite":
        of.prerequisites = [basics]
        factories.booking(
            factories.run(basics, days=[date(2022, 3, 7)]), behind.person
        )  # will have done it by then
        sentence = f"{of.title} builds on Basics, which you have not completed."
    elif obstacle == "clash":
        other = factories.run(factories.course(components=1, title="Court"), days=[date(2022, 3, 15)])
        books(other, person)
        sentence = (
            f"You have a place on Court ({other.code}) at the same time: 15 March 2022, 09:30 to 16:30."
        )
    else:
        supersede(person.spells[0], by="HR", now=clock.now())
        factories.spell(person, last_day=date(2022, 3, 14), recorded_at=clock.now())
        sentence = "Not recorded as working here on 15 March 2022."
    db.session.flush()
    assert leaves(place) == [behind]
    assert (waits.state, why(waits)) == (WAITLISTED, sentence)
    if obstacle == "prerequisite":
        assert "which Sam Oduya has not completed" in why(waits, is_own=False)


def test_who_was_booked_with_a_reason_is_not_checked_again(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    of = course()
    of.role_groups = [factories.role_group("Team Manager")]
    run = run_on(date(2022, 3, 15), of)
    place, waits = (
        rules.book(run=run, person=factories.staff(), by=academy(), now=clock.now(), reason="Acting up")
        for _ in range(2)
    )
    assert rules.cancel(booking=place, by=academy(), now=clock.now()) == [waits]


# --- Why ------------------------------------------------------------------------------------------------


def test_every_entry_says_why_it_has_not_moved(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    run = run_on(date(2022, 3, 15), capacity=2)
    books(run)
    keeps(run, 1, date(2022, 3, 8))
    waits = books(run)
    assert why(waits) == "The places that are left are kept for others until the end of 8 March 2022."
    books(run, partner_of("Health"))
    assert why(waits) == "No place has become free yet."
    run.sessions[0].capacity = 3
    db.session.flush()
    assert why(waits) == "A place is free. It is given within a minute."


def test_a_list_is_explained_without_asking_about_each_entry(travel_to: Travel) -> None:
    """Six wait with a free place and a clash each: three are looked up, the others lead to the booking."""
    travel_to("2022-03-01")
    run, other = run_on(date(2022, 3, 15)), run_on(date(2022, 3, 15), capacity=20, code="OTHER")
    place = books(run)
    waiting = [books(run) for _ in range(6)]
    for one in waiting:
        books(other, one.person)
    assert leaves(place) == []
    places = queries.occupancy(run.id, now=clock.now())
    reasons = rules.why_each_waits(waiting, places, now=clock.now())
    closely = [reason for reason in reasons.values() if "at the same time: 15 March 2022" in reason]
    assert (len(reasons), len(closely)) == (6, 3)
    assert (
        reasons[waiting[5].id] == "A place is free, but something speaks against it. The booking says what."
    )
    mine = rules.why_own_ones_wait(waiting[5:], now=clock.now())
    assert mine[waiting[5].id].startswith("You have a place on")


def test_positions_move_up_when_somebody_leaves_the_list(travel_to: Travel) -> None:
    travel_to("2022-03-01")
    run = run_on(date(2022, 3, 15), course(**OFFERS))
    books(run)
    first, second, third = books(run), books(run), books(run)
    assert queries.queue_position(third) == 3
    rules.cancel(booking=first, by=own(first.person), now=clock.now())
    assert queries.queue_positions([second.id, third.id]) == {second.id: 1, third.id: 2}
