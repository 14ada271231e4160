"""What is asked of a manager goes to whoever decides the moment that a deputy is named, changed or ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from app.accounts.models import User
from app.bookings.models import Booking
from app.core.db import db
from app.core.permissions import Role
from app.people.models import Person
from tests import factories
from tests.bookings.asking import Team, ask, deputise, letters, run_on
from tests.pages import Pages

FROM, UNTIL = date(2022, 3, 7), date(2022, 3, 18)


@pytest.fixture(autouse=True)
def _monday(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-07 10:00")


def _account(person: Person) -> User:
    return factories.user(Role.LINE_MANAGER, of=person)


def _asked(booking: Booking) -> str | None:
    db.session.expire_all()
    assert booking.approval is not None
    return booking.approval.approver.name if booking.approval.approver else None


def test_lm07_when_the_manager_is_back_early_the_open_requests_come_back_at_once(pages: Pages) -> None:
    team, ana = Team(), factories.staff(first_name="Ana", last_name="Silva")
    deputise(team.manager, ana, FROM, UNTIL)
    booking = ask(run_on(), team.sam)
    assert _asked(booking) == "Ana Silva"
    pages.sign_in(_account(team.manager))
    pages.submit(pages.get(f"/people/{team.manager.id}/deputies"), form="/end")
    assert _asked(booking) == "Maria Lindqvist"
    assert [one.to_address for one in letters("approval_asked")] == [ana.email, team.manager.email]
    assert [one.to_address for one in letters("approval_passed_on")] == [team.sam.email]


def test_lm07_a_deputy_named_from_today_is_asked_at_once_what_the_manager_was_asked(pages: Pages) -> None:
    team, ana = Team(), factories.staff(first_name="Ana", last_name="Silva")
    booking, elsewhere = ask(run_on(), team.sam), ask(run_on(), factories.staff())
    assert _asked(booking) == "Maria Lindqvist"
    pages.sign_in(_account(team.manager))
    page = pages.get(f"/people/{team.manager.id}/deputies")
    typed = {"deputy": ana.email, **_day("first_day", FROM), **_day("last_day", UNTIL)}
    pages.submit(page, typed, button="Name this deputy")
    assert (_asked(booking), _asked(elsewhere)) == ("Ana Silva", None)


def _day(field: str, on: date) -> dict[str, str]:
    return {f"{field}-day": str(on.day), f"{field}-month": str(on.month), f"{field}-year": str(on.year)}
