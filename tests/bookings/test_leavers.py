"""A leaver in the middle of a programme, from HR's date to coming back. (U-06)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts import rules as accounts
from app.bookings import jobs, rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.figures import rules as figures_rules
from app.figures.models import TargetKind
from app.figures.queries import figure
from app.outbox.models import Message
from app.people import rules as people
from app.people.models import Person
from app.programmes.models import Promotion
from tests import factories
from tests.figures import scenes

LAST_DAY, DAY_AFTER = date(2022, 2, 11), date(2022, 2, 12)
RELEASED, CONFIRMED = BookingState.RELEASED, BookingState.CONFIRMED


@pytest.fixture
def academy(pages: Any, travel_to: Callable[..., None]) -> Any:
    travel_to("2022-02-01 10:00")
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def book(run: Any, person: Person) -> Booking:
    by = factories.actor(Role.ACADEMY_MANAGER)
    return rules.book(run=run, person=person, by=by, now=clock.now(), reason="Test")


def day(name: str, value: date) -> dict[str, str]:
    return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}


def test_u06_a_leaver_in_the_middle_of_a_programme(academy: Any, travel_to: Callable[..., None]) -> None:
    """HR's last day is Friday 11 February 2022: counted on the 11th, not on the 12th; two places are released
    on the 12th and go to whoever waits; attendance, and what was delivered under the contract, stay."""
    scene = scenes.coverage(trained=1, untrained=1)
    person, stays = scene.people
    delivered = figures_rules.add_target(
        code="trained",
        title="People trained",
        kind=TargetKind.PEOPLE_TRAINED,
        programme=scene.course.programme,
        course=scene.course,
        minimum_count=150,
        by=scenes.ACADEMY,
        now=factories.LONG_AGO,
    )
    scenes.attend(person, factories.run(scene.course, days=[date(2022, 1, 11), date(2022, 1, 12)]))
    account = factories.user(Role.PRACTITIONER, of=person, password="kept")
    runs = [
        factories.run(factories.course(components=1), days=[date(2022, month, 8)], capacity=1)
        for month in (3, 4)
    ]
    held = [book(run, person) for run in runs]
    waiting = [book(run, stays) for run in runs]

    page = academy.get(f"/people/{person.id}/posts/end")
    page = academy.submit(page, day("last_day", LAST_DAY))
    assert page.h1 == "Places after the last day"
    assert all(run.code in page.text for run in runs)

    travel_to("2022-02-11 23:50")
    assert jobs.leavers(clock.now()).done == 0
    assert _states(held) == [CONFIRMED] * 2
    assert accounts.may_sign_in(account, clock.today())
    travel_to("2022-02-12 00:10")
    assert jobs.leavers(clock.now()).done == len(held)
    assert (_states(held), _states(waiting)) == ([RELEASED] * 2, [CONFIRMED] * 2)
    assert not accounts.may_sign_in(account, clock.today())

    counted = [figure(scene.target, as_at=on) for on in (LAST_DAY, DAY_AFTER)]
    assert [(one.numerator, one.denominator) for one in counted] == [(1, 2), (0, 1)]
    assert [figure(delivered, as_at=on).numerator for on in (LAST_DAY, DAY_AFTER)] == [1, 1]

    back = date(2022, 6, 1)
    travel_to("2022-06-01 10:00")
    people.open_spell(
        person=person,
        first_day=back,
        by=scenes.ACADEMY,
        now=clock.now(),
        role_group_id=factories.role_group().id,
        team_id=factories.team().id,
    )
    db.session.commit()
    again = figure(scene.target, as_at=back)
    assert (again.numerator, again.denominator) == (1, 2)
    assert accounts.may_sign_in(account, back)
    assert person.spells[-1].employed_from == back


def _states(bookings: list[Booking]) -> list[BookingState]:
    db.session.expire_all()
    return [one.state for one in bookings]


def test_u06_the_academy_releases_a_leavers_places_before_the_last_day(academy: Any) -> None:
    person = factories.staff(first_name="Lea", last_name="Ver")
    run = factories.run(factories.course(components=1), days=[date(2022, 3, 8)], capacity=1)
    stays = factories.run(factories.course(components=1), days=[date(2022, 2, 10)])
    held, kept, waits = book(run, person), book(stays, person), book(run, factories.staff())
    people.end_spell(person=person, last_day=LAST_DAY, by=scenes.ACADEMY, now=clock.now())
    page = academy.get("/people/leaving")
    assert "Lea Ver Last day 11 February 2022" in page.text
    page = academy.get(academy.get(f"/people/{person.id}").links()["Places after the last day"])
    page = academy.submit(page, form="release")
    assert "1 place of Lea Ver is released." in page.html
    assert _states([held, kept, waits]) == [RELEASED, CONFIRMED, CONFIRMED]
    assert academy.get(f"/people/{person.id}/leaving").path == f"/people/{person.id}"
    assert "Nobody has a place" in academy.get("/people/leaving").text


def test_u06_the_wait_and_the_offer_of_a_leaver_are_released_too_and_never_promoted(academy: Any) -> None:
    course = factories.course(components=1, terms={"promotion": Promotion.OFFER})
    offers, waits = (factories.run(course, days=[date(2022, month, 8)], capacity=1) for month in (3, 4))
    leaver, holder, other = factories.staff(), factories.staff(), factories.staff()
    first, second = book(offers, holder), book(waits, holder)
    offer, wait, next_one = book(offers, leaver), book(waits, leaver), book(offers, other)
    by, now = factories.actor(Role.ACADEMY_MANAGER), clock.now()
    rules.cancel(booking=first, by=by, now=now)
    assert (offer.state, next_one.state) == (BookingState.OFFERED, BookingState.WAITLISTED)
    people.end_spell(person=leaver, last_day=LAST_DAY, by=by, now=now)
    rules.cancel(booking=second, by=by, now=now)
    assert wait.state is BookingState.WAITLISTED
    db.session.commit()
    with pytest.raises(RuleBroken, match="not recorded as working for"):
        rules.accept(booking=offer, by=by, now=now)
    db.session.rollback()
    released = rules.release_places_of(person=leaver, by=by, now=now)
    assert {one.id for one in released} == {offer.id, wait.id}
    assert next_one.state is BookingState.OFFERED
    keys = db.session.scalars(select(Message.key).where(Message.key.endswith(":promoted"))).all()
    assert not any(f"booking:{wait.id}:" in key for key in keys)
