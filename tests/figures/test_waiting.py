"""Requested, waitlisted and offered places are not B: they are listed (4.11)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from app.bookings.models import Booking, BookingMove, BookingState
from app.core import clock
from app.core.db import db, record
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.queries.counted import Outstanding
from app.people.models import Person
from app.programmes.models import Equivalence
from app.sessions.models import Run, RunState
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import Scene
from tests.pages import Page, Pages
from tests.statements import statements

LATER = clock.now() + timedelta(days=2)
SOON = [clock.today() + timedelta(days=20), clock.today() + timedelta(days=21)]


def has(run: Run, person: Person, state: BookingState, at: datetime = LONG_AGO) -> Booking:
    held = LATER if state in {BookingState.REQUESTED, BookingState.OFFERED} else None
    booking = factories.booking(
        run, person, confirmed_at=None, state=state, held_until=held, queued_at=at, created_at=at
    )
    db.session.add(BookingMove(booking_id=booking.id, to_state=state, at=at, by_name="Tests"))
    db.session.flush()
    return booking


@pytest.fixture
def scene() -> Scene:
    """Of eight one is booked (and waits elsewhere), three wait, of whom one has asked elsewhere, one was
    offered a place."""
    scene = scenes.cohort(members=8, deadline=SOON[-1])
    run = factories.run(scene.course, days=SOON, code="SOS2-07")
    other = factories.run(scene.course, days=SOON, code="SOS2-08")
    booked, first, second, third, offered = scene.people[:5]
    factories.booking(run, booked)
    for number, person in enumerate((second, first, third)):
        has(run, person, BookingState.WAITLISTED, LONG_AGO + timedelta(hours=number))
    for person, state in ((booked, BookingState.WAITLISTED), (third, BookingState.REQUESTED)):
        has(other, person, state)
    has(other, offered, BookingState.OFFERED)
    db.session.commit()
    return scene


def outstanding(scene: Scene) -> Outstanding:
    (plan,) = queries.plans_for([scene.target])
    return queries.outstanding(plan, as_at=clock.today())


def rows_of(page: Page) -> dict[str, str]:
    """What stands in the last column, by name, as it is seen."""
    found = {}
    for row in page.soup.select("main tbody tr"):
        for hidden in row.select(".govuk-visually-hidden"):
            hidden.decompose()
        words = " ".join(row("td")[-1].get_text(" ").split())
        found[row.th.get_text(" ", strip=True)] = words.replace(" :", ":")
    return found


def test_4_11_the_list_of_those_not_booked_says_what_each_of_them_waits_for(
    pages: Pages, scene: Scene
) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get("/targets/new-and-upskill")
    assert "Of them 3 are on a waiting list, 1 waits for approval, 1 was offered a place." in page.text
    _, first, second, third, offered, *rest = (person.name for person in scene.people)
    page = pages.get(page.links()["7 people"])
    run = db.session.query(Run).filter_by(code="SOS2-07").one()
    assert page.links()[f"SOS2-07 for {first}"] == f"/runs/{run.id}"
    assert rows_of(page) == {
        second: "SOS2-07: On the waiting list, number 1",
        first: "SOS2-07: On the waiting list, number 2",
        third: "SOS2-07: On the waiting list, number 3 SOS2-08: Waiting for approval",
        offered: "SOS2-08: Offered",
        **dict.fromkeys(rest, "Nothing"),
    }


def test_4_11_who_may_not_see_names_is_not_told_of_a_few_who_wait(pages: Pages, scene: Scene) -> None:
    page = pages.sign_in(factories.user(Role.BOARD_MEMBER)).get("/targets/new-and-upskill")
    assert "Not booked 7 people" in page.text
    assert "waiting list" not in page.text


@pytest.mark.parametrize("what", ["over", "cancelled", "another course", "released"])
def test_4_11_what_can_no_longer_become_a_place_is_not_listed(what: str) -> None:
    scene = scenes.cohort(members=1, deadline=SOON[-1])
    course = factories.course() if what == "another course" else scene.course
    days = [clock.today() - timedelta(days=3), clock.today()] if what == "over" else SOON
    run = factories.run(course, days=days)
    (person,) = scene.people
    has(run, person, BookingState.RELEASED if what == "released" else BookingState.WAITLISTED)
    if what == "cancelled":
        run.state, run.cancelled_at = RunState.CANCELLED, clock.now()
    db.session.flush()
    assert queries.waiting_of(scene.target, [person.id], as_at=clock.today()) == {}
    assert outstanding(scene).waiting == ""


def test_4_11_of_a_cohort_only_what_the_cause_requires_is_waited_for() -> None:
    """Both wait for the five-day course, which only those need who are to be upskilled."""
    scene = scenes.cohort(members=1, deadline=SOON[-1])
    five_day = factories.course(title="Five-day")
    assert scene.cohort is not None
    rules.change_cohort(
        cohort=scene.cohort,
        name=scene.cohort.name,
        requirements={"untrained": [scene.course], "upskilling": [five_day]},
        by=scenes.ACADEMY,
        now=LONG_AGO,
        reason="Some have the two days",
    )
    skilled = factories.staff()
    rules.join(
        cohort=scene.cohort,
        person=skilled,
        joined_on=scenes.LISTED_ON,
        cause="upskilling",
        by=scenes.ACADEMY,
        now=LONG_AGO,
    )
    run, people = factories.run(five_day, days=SOON), [scene.people[0], skilled]
    for person in people:
        has(run, person, BookingState.WAITLISTED)
    found = queries.waiting_of(scene.target, [person.id for person in people], as_at=clock.today())
    assert list(found) == [skilled.id]


@pytest.mark.parametrize("stands_in", [True, False])
def test_4_11_a_course_that_stands_in_is_waited_for_as_well(stands_in: bool) -> None:
    scene = scenes.cohort(members=1, deadline=SOON[-1])
    other = factories.course()
    if stands_in:
        record(Equivalence(course_id=scene.course.id, satisfied_by_id=other.id), by="Academy", now=LONG_AGO)
    has(factories.run(other, days=SOON), scene.people[0], BookingState.WAITLISTED)
    said = outstanding(scene).waiting
    assert said == ("1 is on a waiting list" if stands_in else "")


def test_4_4_on_a_past_day_they_waited_for_what_they_waited_for_then() -> None:
    """Asked for on 1 March, given on 3 March; the order of a waiting list is kept for now alone."""
    scene = scenes.cohort(members=1)
    run = factories.run(scene.course, days=[date(2022, 3, 15), date(2022, 3, 16)])
    person = scene.people[0]
    booking = has(run, person, BookingState.WAITLISTED, _morning(1))
    booking.state, booking.confirmed_at = BookingState.CONFIRMED, _morning(3)
    db.session.add(
        BookingMove(
            booking_id=booking.id,
            from_state=BookingState.WAITLISTED,
            to_state=BookingState.CONFIRMED,
            at=_morning(3),
            by_name="Tests",
        )
    )
    db.session.flush()

    def said(day: int) -> list[str]:
        found = queries.waiting_of(scene.target, [person.id], as_at=date(2022, 3, day))
        return [one.words for one in found.get(person.id, [])]

    assert (said(1), said(2), said(3)) == (["On the waiting list"], ["On the waiting list"], [])


def _morning(day: int) -> datetime:
    return clock.london_time(date(2022, 3, day), time(9))


def test_what_is_said_of_them_costs_one_statement_however_many_wait(scene: Scene) -> None:
    def cost() -> int:
        db.session.expire_all()
        with statements() as asked:
            outstanding(scene)
        return len(asked)

    cost()  # the first time, more is read that is kept
    before = cost()
    run = db.session.query(Run).filter_by(code="SOS2-07").one()
    for person in scenes.join(scene, 10, on=clock.today()):
        has(run, person, BookingState.WAITLISTED)
    assert cost() == before
