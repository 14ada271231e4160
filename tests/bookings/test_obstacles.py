"""What stands between somebody and a place: other sessions at, or close to, the same time. (U-09, ST-06)"""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from app.bookings import queries, rules
from app.bookings.models import BookingState
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.people.models import Person
from app.sessions.models import Mode, Run
from tests import factories
from tests.bookings.desk import told

DAY = date(2099, 3, 16)


def run(start: time, end: time, venue: str | None = None) -> Run:
    return factories.run(
        factories.course(components=1),
        days=[DAY],
        start=start,
        end=end,
        venue_id=factories.venue(venue).id if venue else None,
        mode=Mode.IN_PERSON if venue else Mode.VIRTUAL,
    )


def book(of: Run, person: Person, **how: Any) -> Any:
    by = how.pop("by", None) or factories.actor(Role.PRACTITIONER, of=person)
    return rules.book(run=of, person=person, by=by, now=clock.now(), **how)


@pytest.mark.parametrize(
    ("start", "end", "clashes"),
    [
        (time(9, 30), time(12, 30), True),
        (time(12, 29), time(16), True),
        (time(12, 30), time(16), False),
        (time(8), time(9, 31), True),
        (time(8), time(9, 30), False),
        (time(8), time(17), True),
    ],
)
def test_st06_an_overlap_of_a_minute_stops_self_service_and_names_the_clash(
    start: time, end: time, clashes: bool
) -> None:
    person, held = factories.staff(), run(time(9, 30), time(12, 30))
    book(held, person)
    wanted = run(start, end)
    if not clashes:
        assert book(wanted, person).state is BookingState.CONFIRMED
        return
    with pytest.raises(RuleBroken) as refused:
        book(wanted, person)
    assert f"({held.code}) at the same time: 16 March 2099, 09:30 to 12:30." in refused.value.message
    academy = factories.actor(Role.ACADEMY_MANAGER)
    with pytest.raises(RuleBroken, match="Give a reason to book it anyway"):
        book(wanted, person, by=academy)
    assert book(wanted, person, by=academy, reason="Half a day each").state is BookingState.CONFIRMED


def test_st06_the_page_leads_to_ones_own_booking_that_is_in_the_way(pages: Any) -> None:
    person, held, wanted = factories.staff(), run(time(9, 30), time(12, 30)), run(time(12), time(16))
    way_out = f"See your booking of {held.version.course.title} ({held.code})"
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get(f"/runs/{wanted.id}/book")
    assert way_out not in page.links()
    booking = book(held, person)
    refused = pages.submit(page)  # the other place was booked while this page stood open
    assert "Give up one of them first" in refused.errors[0]
    assert refused.links()[way_out] == f"/bookings/{booking.id}"
    page = pages.get(f"/runs/{wanted.id}/book")
    assert "at the same time" in page.text
    assert "Give up one of them first" not in page.text  # a button does both
    page = pages.get(page.links()[way_out])
    assert booking.reference in page.text
    pages.submit(pages.get(page.links()["Cancel this place"]), {"reason": "The other day is better"})
    page = pages.get(f"/runs/{wanted.id}/book")
    assert way_out not in page.links()
    assert "The place is confirmed." in pages.submit(page).text


def test_st06_a_place_in_the_way_is_given_up_for_the_other_in_one_press(pages: Any) -> None:
    person, held, wanted = factories.staff(), run(time(9, 30), time(12, 30)), run(time(12), time(16))
    booking = book(held, person)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person, password="set"))
    page = pages.get(f"/runs/{wanted.id}/book")
    assert "This is in time." in page.text
    button = f"Give up {held.code} and take this place"
    page = pages.submit(page, {"needs": "A seat at the front"}, button=button)
    assert f"Your place on {held.code} is given up. The place is confirmed." in page.text
    new = queries.open_booking(wanted, person, None)
    assert new is not None
    assert (new.state, booking.state) == (BookingState.CONFIRMED, BookingState.CANCELLED)
    assert "A seat at the front" in page.text
    assert [one.to_state for one in booking.moves] == [BookingState.CONFIRMED, BookingState.CANCELLED]
    assert (told(booking)[-1], told(new)) == ("cancelled", ["confirmed"])
    by = factories.actor(Role.PRACTITIONER, of=person)
    assert rules.swap(given_up=booking, run=wanted, by=by, now=clock.now()).id == new.id


def test_st06_nothing_is_given_up_for_a_place_that_is_gone(pages: Any) -> None:
    person, held, wanted = factories.staff(), run(time(9, 30), time(12, 30)), run(time(12), time(16))
    booking = book(held, person)
    wanted.sessions[0].capacity = 1
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get(f"/runs/{wanted.id}/book")
    book(wanted, factories.staff())
    button = f"Give up {held.code} and take this place"
    page = pages.submit(page, button=button)
    assert page.errors == [f"{wanted.code} has just become full, so you keep your place on {held.code}."]
    assert (booking.state, told(booking)) == (BookingState.CONFIRMED, ["confirmed"])
    assert queries.open_booking(wanted, person, None) is None
    assert button not in pages.get(f"/runs/{wanted.id}/book").text


def test_u01_st06_a_swap_after_the_free_notice_is_late_and_asks_why(pages: Any, travel_to: Any) -> None:
    travel_to("2099-03-01 09:00")
    person, held, wanted = factories.staff(), run(time(9, 30), time(12, 30)), run(time(12), time(16))
    booking = book(held, person)
    travel_to("2099-03-13 09:00")
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get(f"/runs/{wanted.id}/book")
    assert "This is late: it was free until" in page.text
    button = f"Give up {held.code} and take this place"
    refused = pages.submit(page, button=button)
    assert refused.errors == ["Choose why the place is given up: it is late, so the academy asks"]
    assert booking.state is BookingState.CONFIRMED
    cause = db.session.scalars(queries.leaving_causes()).first()
    assert cause is not None
    page = pages.submit(refused, {"cause": str(cause.id)}, button=button)
    assert "The place is confirmed." in page.text
    assert booking.state is BookingState.CANCELLED_LATE


def test_st06_nobody_swaps_for_somebody_else_nor_what_is_not_in_the_way() -> None:
    person, held, wanted = factories.staff(), run(time(9, 30), time(12, 30)), run(time(13), time(16))
    booking = book(held, person)
    by = factories.actor(Role.PRACTITIONER, of=person)
    with pytest.raises(RuleBroken, match="Your places have just changed"):
        rules.swap(given_up=booking, run=wanted, by=by, now=clock.now())
    with pytest.raises(NotAllowed):
        rules.swap(
            given_up=booking,
            run=wanted,
            by=factories.actor(Role.ACADEMY_MANAGER, of=factories.staff()),
            now=clock.now(),
        )


def test_st06_a_manager_reads_of_the_clash_and_the_academy_may_give_a_reason(pages: Any) -> None:
    manager = factories.staff()
    person, held = factories.staff(manager_id=manager.id), run(time(9, 30), time(12, 30))
    wanted = run(time(12), time(16))
    booking = book(held, person)
    for role, of in ((Role.LINE_MANAGER, manager), (Role.ACADEMY_MANAGER, None)):
        pages.sign_in(factories.user(role, of=of) if of else factories.user(role))
        page = pages.get(f"/runs/{wanted.id}/book?person={person.id}")
        assert f"/bookings/{booking.id}" not in page.links().values()
        assert ("Give up one of them first" in page.text) is (role is Role.LINE_MANAGER)


def test_a_place_given_up_clashes_no_more() -> None:
    person, held, wanted = factories.staff(), run(time(9), time(12)), run(time(10), time(11))
    booking = book(held, person)
    rules.cancel(booking=booking, by=factories.actor(Role.PRACTITIONER, of=person), now=clock.now())
    assert book(wanted, person).state is BookingState.CONFIRMED


@pytest.mark.parametrize(
    ("start", "end", "venue", "is_tight"),
    [
        (time(13, 29), time(16), "Larkfield Centre", True),
        (time(13, 30), time(16), "Larkfield Centre", False),
        (time(13), time(16), "Plough Lane", False),
        (time(13), time(16), None, False),
        (time(8), time(8, 31), "Larkfield Centre", True),
        (time(8), time(8, 30), "Larkfield Centre", False),
    ],
)
def test_u09_less_than_an_hour_between_two_venues_warns(
    start: time, end: time, venue: str | None, is_tight: bool
) -> None:
    person, held = factories.staff(), run(time(9, 30), time(12, 30), "Plough Lane")
    book(held, person)
    wanted = run(start, end, venue)
    assert bool(queries.tight_gaps(person.id, wanted.sessions)) is is_tight
    assert book(wanted, person).state is BookingState.CONFIRMED


def test_u09_the_page_says_where_time_is_short(pages: Any) -> None:
    person, held = factories.staff(), run(time(9, 30), time(12, 30), "Plough Lane")
    book(held, person)
    wanted = run(time(13), time(16), "Larkfield Centre")
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    assert f"Little time to travel: {held.version.course.title}" in pages.get(f"/runs/{wanted.id}/book").text
