"""Coordinators book for, see and add colleagues of their own organisation, never another’s. (MA-05, MA-07)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts import queries as accounts
from app.accounts.models import User
from app.audit import queries as audit
from app.bookings import rules as bookings
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Permission, Role
from app.figures import queries
from app.people import rules as people
from app.people.models import EmploymentType, Organisation, Person
from tests import factories
from tests.pages import Pages

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def school() -> Organisation:
    return factories.organisation("Riverside School")


@pytest.fixture
def hill() -> Organisation:
    return factories.organisation("Hill School")


@pytest.fixture
def coordinator(school: Organisation) -> User:
    return factories.coordinator(school, first_name="Cora", last_name="Ody")


def acting(user: User) -> Actor:
    return accounts.actor_of(user, on=clock.today())


def refusal(action: Callable[..., Any], **values: Any) -> str:
    with pytest.raises((RuleBroken, NotAllowed)) as caught:
        action(**values)
    return caught.value.message


# --- Whom a coordinator acts for ----------------------------------------------------------------------------


def test_ma05_a_coordinator_acts_for_the_organisation_they_belong_to_today(
    coordinator: User, school: Organisation
) -> None:
    assert acting(coordinator).organisation_ids == {school.id}
    assert coordinator.person is not None
    people.end_spell(person=coordinator.person, last_day=date(2020, 1, 1), by=factories.actor(), now=NOW)
    assert acting(coordinator).organisation_ids == frozenset()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
def test_3_0_no_other_role_acts_for_an_organisation(school: Organisation, role: Role) -> None:
    actor = acting(factories.user(role, of=factories.partner(school)))
    assert actor.organisation_ids == frozenset()
    assert not actor.can(Permission.SEE_OWN_ORGANISATION)


def test_3_0_the_coordinator_decides_for_colleagues_of_the_own_organisation(
    coordinator: User, school: Organisation, hill: Organisation
) -> None:
    today = clock.today()
    assert accounts.coordinator_of(factories.partner(school), today) == coordinator.person
    assert accounts.coordinator_of(factories.partner(hill), today) is None
    assert accounts.coordinator_of(factories.staff(), today) is None
    assert accounts.coordinator_of(factories.panel_member(), today) is None
    assert coordinator.person is not None
    assert accounts.coordinator_of(coordinator.person, today) is None
    coordinator.active = False
    assert accounts.coordinator_of(factories.partner(school), today) is None


# --- Booking ------------------------------------------------------------------------------------------------


def test_ma05_three_colleagues_are_booked_and_their_bookings_seen(
    pages: Pages, coordinator: User, school: Organisation
) -> None:
    colleagues = [factories.partner(school) for _ in range(3)]
    run = factories.run(factories.course(components=1))
    pages.sign_in(coordinator)
    for person in colleagues:
        page = pages.get(pages.get("/my-organisation").links()[f"Book a place for {person.name}"])
        assert page.h1 == f"Book a place for {person.name}"
        assert page.links()["Back to my organisation"] == "/my-organisation"
        page = pages.submit(pages.get(f"/runs/{run.id}/book?person={person.id}"), button="Book this place")
        assert "The place is confirmed." in page.html
    page = pages.get("/my-organisation")
    assert page.text.count(run.version.course.title) == 3
    booking = db.session.scalars(select(Booking).where(Booking.person_id == colleagues[0].id)).one()
    page = pages.get(f"/bookings/{booking.id}")
    assert colleagues[0].name in page.h1
    assert booking.run.code not in page.links()
    assert page.links()["Back to my organisation"] == "/my-organisation"
    assert booking.moves[0].by_name == coordinator.name


def test_ma05_approval_is_not_asked_for_what_the_coordinator_books(
    coordinator: User, school: Organisation
) -> None:
    run = factories.run(factories.course(components=1, terms={}))
    booking = bookings.book(
        run=run, person=factories.partner(school), by=acting(coordinator), now=clock.now()
    )
    assert (booking.state, booking.approval) == (BookingState.CONFIRMED, None)


def test_ma05_another_schools_people_and_bookings_are_out_of_reach(
    pages: Pages, coordinator: User, hill: Organisation
) -> None:
    other = factories.partner(hill, first_name="Otto", last_name="Stranger")
    run = factories.run(factories.course(components=1))
    booking = factories.booking(run, other)
    pages.sign_in(coordinator)
    for path in (
        f"/book?person={other.id}",
        f"/runs/{run.id}/book?person={other.id}",
        f"/bookings/{booking.id}",
        f"/bookings/{booking.id}/calendar.ics",
        f"/bookings/{booking.id}/cancel",
        f"/people/{other.id}",
    ):
        page = pages.get(path, status=403)
        assert "Otto Stranger" not in page.html
    pages.post(f"/runs/{run.id}/book", {"person": str(other.id)}, status=403)
    assert "Otto Stranger" not in pages.get("/my-organisation").html


@pytest.mark.parametrize("make", [factories.staff, factories.panel_member])
def test_ma05_neither_staff_nor_panel_members_are_booked_by_a_coordinator(
    coordinator: User, make: Callable[[], Person]
) -> None:
    run = factories.run(factories.course(components=1))
    said = refusal(bookings.book, run=run, person=make(), by=acting(coordinator), now=clock.now())
    assert said.startswith("You can book a place for yourself or, as a line manager or coordinator")


def test_ma05_a_former_colleague_is_out_of_reach(coordinator: User, school: Organisation) -> None:
    gone = factories.person(kind=factories.PersonKind.PARTNER)
    factories.spell(
        gone,
        employment_type=EmploymentType.PARTNER,
        organisation_id=school.id,
        last_day=clock.today().replace(year=clock.today().year - 1),
    )
    run = factories.run(factories.course(components=1))
    refusal(bookings.book, run=run, person=gone, by=acting(coordinator), now=clock.now())


def test_ma07_nobodys_address_is_shown_to_a_coordinator(
    pages: Pages, coordinator: User, school: Organisation
) -> None:
    colleague = factories.partner(school)
    page = pages.sign_in(coordinator).get("/my-organisation")
    assert colleague.name in page.text
    assert str(colleague.email) not in page.html


@pytest.mark.parametrize("role", [Role.TRAINER, Role.COORDINATOR, Role.LINE_MANAGER, Role.ADMINISTRATOR])
def test_ma07_a_panel_members_address_is_shown_to_the_academy_alone(
    pages: Pages, school: Organisation, role: Role
) -> None:
    member = factories.panel_member(email="pat.private@home.example")
    user = factories.user(role, of=factories.partner(school))
    trainer = factories.trainer(user) if role is Role.TRAINER else None
    run = factories.run(factories.course(components=1), trainer_id=trainer.id if trainer else None)
    booking = bookings.book(run=run, person=member, by=factories.actor(Role.ACADEMY_MANAGER), now=clock.now())
    pages.sign_in(user)
    session = run.sessions[0]
    for path in (
        f"/runs/{run.id}/places",
        f"/sessions/{session.id}/register",
        f"/bookings/{booking.id}",
        f"/people/{member.id}",
        "/outbox",
    ):
        answer = pages._fetch("get", path)
        assert "pat.private" not in answer.html, path
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert "pat.private@home.example" in pages.get(f"/people/{member.id}").text


# --- Colleagues ---------------------------------------------------------------------------------------------


def test_ma05_somebody_new_is_added_and_booked(pages: Pages, coordinator: User, school: Organisation) -> None:
    page = pages.sign_in(coordinator).get("/my-organisation/new")
    page = pages.submit(
        page, {"first_name": "Nia", "last_name": "New", "email": "Nia@riverside.example", "job_title": "TA"}
    )
    assert page.h1 == "Book a place for Nia New"
    person = db.session.scalars(select(Person).where(Person.email == "nia@riverside.example")).one()
    spell = person.spell_on(clock.today())
    assert spell is not None
    assert (spell.organisation_id, spell.job_title) == (school.id, "TA")
    assert {one.actor_name for one in db.session.scalars(audit.history_of("person", person.id))} == {
        coordinator.name
    }


@pytest.mark.parametrize(
    ("whose", "error"),
    [
        ("own", "has this address and is in your list already"),
        ("hill", "This address is recorded elsewhere. Ask the academy to move the record"),
        ("panel", "This address is recorded elsewhere. Ask the academy to move the record"),
        ("staff", "This address is recorded elsewhere. Ask the academy to move the record"),
    ],
)
def test_ma05_an_address_that_is_known_does_not_say_whose_it_is(
    pages: Pages, coordinator: User, school: Organisation, hill: Organisation, whose: str, error: str
) -> None:
    values = {"first_name": "Otto", "last_name": "Stranger", "email": "otto@somewhere.example"}
    {
        "own": lambda: factories.partner(school, **values),
        "hill": lambda: factories.partner(hill, **values),
        "panel": lambda: factories.panel_member(**values),
        "staff": lambda: factories.staff(**values),
    }[whose]()
    page = pages.sign_in(coordinator).get("/my-organisation/new")
    page = pages.submit(page, {"first_name": "Nia", "last_name": "New", "email": values["email"]})
    assert error in page.errors[0]
    assert ("Otto Stranger" in page.html) is (whose == "own")
    assert page.value("first_name") == "Nia"


def test_ma05_somebody_of_a_name_in_the_list_is_asked_about_first(
    pages: Pages, coordinator: User, school: Organisation, hill: Organisation
) -> None:
    factories.partner(school, first_name="Nia", last_name="Núñez Ólan", email="one@riverside.example")
    factories.partner(hill, first_name="Otto", last_name="Other")
    page = pages.sign_in(coordinator).get("/my-organisation/new")
    typed = {"first_name": "nia", "last_name": "NÚÑEZ  óLAN", "email": "one@riverside.example"}
    page = pages.submit(page, typed)
    said = "Somebody of this name is in your list already. If it is somebody else, say so"
    assert sorted(page.errors) == sorted(
        ["Nia Núñez Ólan has this address and is in your list already", said]
    )
    page = pages.submit(page, {"is_somebody_else": "y"})
    assert page.errors == ["Nia Núñez Ólan has this address and is in your list already"]
    page = pages.submit(page, {"email": "two@riverside.example"})
    assert page.h1.startswith("Book a place for nia NÚÑEZ")
    page = pages.get("/my-organisation/new")
    page = pages.submit(page, {"first_name": "Otto", "last_name": "Other", "email": "o@riverside.example"})
    assert page.h1 == "Book a place for Otto Other"


def test_ma05_nobody_adds_people_to_another_organisation(coordinator: User, hill: Organisation) -> None:
    said = refusal(
        people.add_colleague,
        organisation=hill,
        first_name="Nia",
        last_name="New",
        email="nia@hill.example",
        job_title=None,
        by=acting(coordinator),
        now=NOW,
    )
    assert said == "You can act for your own organisation only."


def test_ma05_a_coordinator_without_an_organisation_is_told_whom_to_ask(pages: Pages) -> None:
    pages.sign_in(factories.user(Role.COORDINATOR))
    assert "Ask the academy at" in pages.get("/my-organisation").text
    pages.get("/my-organisation/new", status=404)
    pages.get(f"/my-organisation/headcount/{queries.year_of(clock.today())}", status=404)
