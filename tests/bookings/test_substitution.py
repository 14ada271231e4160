"""Sending a colleague instead: the seat moves, the queue does not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app.bookings import queries, rules
from app.bookings.models import Booking, BookingState, Seat
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.learning.models import MarkStatus
from app.outbox.models import Message
from app.people.models import EmploymentType, Person
from tests import factories
from tests.attendance.marking import mark
from tests.bookings.desk import academy, booked
from tests.pages import Pages

CONFIRMED, SUBSTITUTED = BookingState.CONFIRMED, BookingState.SUBSTITUTED


def own(person: Person) -> Actor:
    return factories.actor(Role.PRACTITIONER, of=person)


def give(booking: Booking, to: Person, by: Actor | None = None, **values: Any) -> Booking:
    by = by or own(booking.person)
    return rules.substitute(booking=booking, colleague=to, by=by, now=clock.now(), **values)


def live_seats(booking: Booking) -> list[int]:
    rows = db.session.query(Seat).filter_by(booking_id=booking.id, released_at=None)
    return [seat.number for seat in rows.order_by(Seat.session_id)]


def letters() -> dict[str, Message]:
    """The newest message of each kind."""
    return {one.kind: one for one in db.session.scalars(db.select(Message).order_by(Message.id))}


def test_st07_the_seat_moves_nothing_is_charged_and_the_manager_is_informed() -> None:
    manager = factories.staff(first_name="Mo", last_name="Adair")
    ade = factories.staff(first_name="Ade", last_name="Obi", manager_id=manager.id)
    run = factories.run(factories.course(components=2, title="Signs of Safety"), capacity=2)
    booked(run)
    mine, waits = booked(run, factories.staff(first_name="Sam", last_name="Oduya")), booked(run)
    new = give(mine, ade)
    assert (mine.state, new.state, waits.state) == (SUBSTITUTED, CONFIRMED, BookingState.WAITLISTED)
    assert (live_seats(mine), live_seats(new)) == ([], [2, 2])
    assert new.replaces_id == mine.id
    assert queries.queue_position(waits) == 1
    assert mine.moves[-1].charged_percent is None
    assert queries.capacity_breaches() == []
    told = letters()
    assert "METHOD:CANCEL" in (told["booking_given_on"].calendar or "")
    assert "To Ade Obi" in told["booking_given_on"].text
    assert "METHOD:REQUEST" in (told["booking_taken_over"].calendar or "")
    assert "Sam Oduya has given you their place" in told["booking_taken_over"].text
    assert told["booking_manager_told"].to_address == manager.email
    assert "Ade Obi takes over the place of Sam Oduya" in told["booking_manager_told"].text


def test_st07_pressed_twice_it_happens_once_and_another_colleague_is_refused() -> None:
    mine, ade = booked(factories.run()), factories.staff()
    assert give(mine, ade) is give(mine, ade)
    with pytest.raises(RuleBroken, match="Only a confirmed place can be given to a colleague"):
        give(mine, factories.staff())
    with pytest.raises(NotAllowed):
        give(mine, ade, by=own(factories.staff()))
    assert db.session.query(Booking).count() == 2


def test_st07_what_is_asked_of_anybody_is_asked_of_the_colleague() -> None:
    required = factories.course(title="Core Skills")
    course = factories.course(title="Advanced", components=1)
    course.prerequisites, course.role_groups = [required], [factories.role_group()]
    run = factories.run(course)
    mine = rules.book(run=run, person=factories.staff(), by=academy(), now=clock.now(), reason="Agreed")
    other = factories.run(factories.course(components=1, title="Elsewhere"), days=[run.sessions[0].held_on])
    for colleague, said in (
        (factories.staff(role_group_id=factories.role_group("Manager").id), "Advanced is not for"),
        (factories.staff(), "has not completed. Name somebody else"),
        (factories.staff(last_day=run.sessions[0].held_on.replace(day=1)), "is not recorded as working"),
        (booked(other).person, "has a place on Elsewhere"),
        (mine.person, "this place is theirs already"),
    ):
        if said.startswith("has a place"):
            course.prerequisites = []
        with pytest.raises(RuleBroken, match=said) as refused:
            give(mine, colleague)
        assert refused.value.field == "colleague"
        course.prerequisites = [required]
    assert mine.state is CONFIRMED
    with pytest.raises(RuleBroken, match="Give a reason to do it anyway"):
        give(mine, factories.staff(), by=academy())
    new = give(mine, factories.staff(), by=academy(), reason="Did it elsewhere")
    assert new.override_reason == "Did it elsewhere"


def test_st07_who_waits_leaves_the_queue_and_who_has_a_place_is_refused() -> None:
    run = factories.run(capacity=2)
    mine, other, waits, next_one = booked(run), booked(run), booked(run), booked(run)
    with pytest.raises(RuleBroken, match="has a booking of this run already: confirmed"):
        give(mine, other.person)
    new = give(mine, waits.person)
    assert (waits.state, new.state) == (BookingState.CANCELLED, CONFIRMED)
    assert queries.queue_position(next_one) == 1
    assert "booking_cancelled" not in letters()


def test_st07_one_day_alone_can_be_given_too_but_not_a_run_that_has_begun(travel_to) -> None:
    travel_to("2022-03-01")
    days = [date(2022, 3, 15), date(2022, 3, 22)]
    course, colleague = factories.course(components=2), factories.staff()
    before = factories.run(course, days=[date(2022, 2, 1), date(2022, 2, 8)])
    factories.booking(before, colleague)
    mark(before, 1, colleague)
    mark(before, 2, colleague, status=MarkStatus.ABSENT_APOLOGIES)
    run = factories.run(course, days=days)
    whole = booked(run)
    second = rules.book(
        run=run, person=factories.staff(), by=academy(), now=clock.now(), session=run.sessions[1]
    )
    travel_to("2022-03-15 10:00")
    with pytest.raises(RuleBroken, match=r"began on 15 March 2022, so the place can’t be given"):
        give(whole, factories.staff())
    with pytest.raises(RuleBroken, match=r"has not begun .* yet\. Name somebody else"):
        give(second, factories.staff())
    new = give(second, colleague)
    assert new.session_id == second.session_id
    assert live_seats(new) == [2]


# --- The colleague gives it up -------------------------------------------------------------------------


def _given_to_ade(pages: Pages, by: str = "giver") -> tuple[Booking, Person]:
    """Sam gives a place to Ade by its page, whose manager is told; Ade's booking, and that manager."""
    manager = factories.staff(first_name="Mo", last_name="Adair")
    ade = factories.staff(first_name="Ade", last_name="Obi", manager_id=manager.id)
    sams = factories.staff()
    sam = factories.staff(first_name="Sam", last_name="Oduya", manager_id=sams.id)
    mine = booked(factories.run(factories.course(components=1, title="Signs of Safety")), sam)
    pages.sign_in(
        factories.user(Role.PRACTITIONER, of=sam)
        if by == "giver"
        else factories.user(Role.LINE_MANAGER, of=sams)
    )
    pages.submit(pages.get(f"/bookings/{mine.id}/colleague"), {"colleague": ade.name})
    new = queries.replacement_of(mine)
    assert new is not None
    return new, manager


def _gives_up_by_link(pages: Pages, booking: Booking) -> None:
    page = pages.get(f"/my-place/{rules.secret_for(booking)}/cancel")
    pages.submit(page, {"reason": "I am in court"}, button="Cancel this place")
    assert booking.state is BookingState.CANCELLED


def test_lm05_who_gave_a_place_to_a_colleague_booked_for_nobody_and_is_not_told(pages: Pages) -> None:
    new, _ = _given_to_ade(pages)
    _gives_up_by_link(pages, new)
    assert "booking_objected" not in letters()


def test_lm05_a_manager_who_gave_it_to_a_colleague_is_told(pages: Pages) -> None:
    new, _ = _given_to_ade(pages, by="manager")
    _gives_up_by_link(pages, new)
    assert "I am in court" in letters()["booking_objected"].text


def test_st07_the_manager_who_was_told_that_a_colleague_is_away_is_told_once_they_are_not(
    pages: Pages,
) -> None:
    new, manager = _given_to_ade(pages)
    _gives_up_by_link(pages, new)
    told = letters()["booking_colleague_gave_up"]
    assert told.to_address == manager.email
    for words in (told.text, told.html):
        assert "Ade Obi no longer has the place on" in words
        assert "won’t be away for it on:" in words


def test_st07_who_was_told_is_told_again_and_not_whoever_manages_the_colleague_by_then(pages: Pages) -> None:
    new, manager = _given_to_ade(pages)
    new.person.spells[0].manager_id = factories.staff().id
    db.session.commit()
    _gives_up_by_link(pages, new)
    told = letters()["booking_colleague_gave_up"]
    assert (told.to_address, told.to_name) == (manager.email, manager.name)
    assert "Hello Mo Adair," in told.text


def test_st07_a_manager_who_sends_somebody_else_themselves_is_not_told_of_it(pages: Pages) -> None:
    new, manager = _given_to_ade(pages)
    other = factories.staff(manager_id=manager.id)
    give(new, other, by=factories.actor(Role.LINE_MANAGER, of=manager))
    assert "booking_colleague_gave_up" not in letters()


def test_st07_the_manager_of_whoever_booked_for_themselves_is_not_told_so() -> None:
    mine = booked(factories.run(), factories.staff(manager_id=factories.staff().id))
    rules.cancel(booking=mine, by=own(mine.person), now=clock.now())
    assert "booking_colleague_gave_up" not in letters()


# --- Who may, and who is meant -------------------------------------------------------------------------


def test_the_line_manager_may_and_a_stranger_may_not() -> None:
    manager = factories.staff()
    person = factories.staff(manager_id=manager.id)
    mine, ade = booked(factories.run(), person), factories.staff(manager_id=manager.id)
    with pytest.raises(NotAllowed):
        give(mine, ade, by=factories.actor(Role.LINE_MANAGER, of=factories.staff()))
    give(mine, ade, by=factories.actor(Role.LINE_MANAGER, of=manager))
    assert mine.state is SUBSTITUTED
    assert "booking_manager_told" not in letters()


def test_a_colleague_is_found_by_number_address_or_name() -> None:
    mine = booked(factories.run())
    ade = factories.staff(first_name="Adeola", last_name="Obi", preferred_name="Ade", email="ade@x.example")
    for typed in (ade.employee_number, "ADE@x.example", "ade obi", " Adeola  Obi "):
        assert rules.find_colleague(mine, typed) is ade
    factories.staff(first_name="Ade", last_name="Obi")
    with pytest.raises(RuleBroken, match="2 people have this name"):
        rules.find_colleague(mine, "Ade Obi")
    for typed, said in (("Nobody Here", "We found no colleague"), (" ", "Enter who takes the place")):
        with pytest.raises(RuleBroken, match=said) as refused:
            rules.find_colleague(mine, typed)
        assert refused.value.field == "colleague"


def test_a_partner_finds_colleagues_of_the_same_organisation_alone() -> None:
    mine = booked(factories.run(), factories.partner())
    ade = factories.partner(first_name="Ade", last_name="Obi")
    elsewhere = factories.organisation("Harbour Police", "Police")
    factories.partner(elsewhere, first_name="Bo", last_name="Quill")
    factories.staff(first_name="Cy", last_name="Thistle")
    assert rules.find_colleague(mine, "Ade Obi") is ade
    assert rules.find_colleague(mine, ade.email) is ade
    for typed in ("Bo Quill", "Cy Thistle", mine.person.name):
        with pytest.raises(RuleBroken, match="We found no colleague"):
            rules.find_colleague(mine, typed)


def test_who_has_left_the_organisation_by_then_is_no_colleague() -> None:
    here, elsewhere = factories.organisation(), factories.organisation("Harbour Police", "Police")
    mine = booked(factories.run(), factories.partner(here))
    ade = factories.partner(here, first_name="Ade", last_name="Obi")
    first_day = mine.run.first_session.held_on
    ade.spells[0].last_day = first_day
    assert rules.find_colleague(mine, "Ade Obi") is ade
    ade.spells[0].last_day = first_day - timedelta(days=1)
    factories.spell(
        ade, first_day=first_day, employment_type=EmploymentType.PARTNER, organisation_id=elsewhere.id
    )
    with pytest.raises(RuleBroken, match="We found no colleague"):
        rules.find_colleague(mine, "Ade Obi")
