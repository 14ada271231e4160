"""What the last days of HR's file cost in places, seen before it is applied. (U-06)"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from app.bookings.jobs import leavers
from app.bookings.models import ReleaseCause
from app.bookings.rules import cancel
from app.bookings.rules.states import release
from app.core import clock
from app.core.actors import SERVICE
from app.core.db import db
from app.core.permissions import Role
from app.exchange import rules
from app.exchange.models import ImportKind
from tests import factories
from tests.exchange.samples import ACADEMY, bring_in_people, hr, look, person, staff


@pytest.fixture(autouse=True)
def _on_the_first_of_february(travel_to: Callable[..., None]) -> None:
    travel_to("2022-02-01 10:00")


@pytest.mark.parametrize(("role", "is_shown"), [(Role.ACADEMY_MANAGER, True), (Role.ADMINISTRATOR, False)])
def test_u06_the_academy_sees_which_places_go_with_a_files_last_days(
    pages: Any, role: Role, is_shown: bool
) -> None:
    bring_in_people(*staff("000200", "000201", "000202"))
    before, after = (
        factories.run(factories.course(components=1), days=[date(2022, 2, day)]) for day in (10, 14)
    )
    for run in (before, after):
        for number in ("000200", "000201"):
            factories.booking(run, person(number))
    db.session.commit()
    row, plan = look(ImportKind.PEOPLE, hr({"end_date": "2022-02-11"} | staff("000200")[0], *staff("000201")))
    db.session.commit()
    going = rules.places_that_go(plan, now=clock.now())
    assert [(one.run.code, one.person.employee_number) for one in going] == [(after.code, "000200")]
    text = pages.sign_in(factories.user(role)).get(f"/imports/{row.id}").text
    assert (f"Given000200 Archer: {after.version.course.title}, {after.code}" in text) is is_shown
    assert before.code not in text


@pytest.mark.parametrize(("role", "is_shown"), [(Role.ACADEMY_MANAGER, True), (Role.ADMINISTRATOR, False)])
def test_u06_undoing_a_file_names_the_places_that_it_does_not_give_back(
    pages: Any, travel_to: Callable[..., None], role: Role, is_shown: bool
) -> None:
    lines = staff(*(f"{number:06d}" for number in range(200, 211)))
    bring_in_people(*lines)
    run, other = (
        factories.run(factories.course(components=1), days=[date(2022, 2, day)]) for day in (14, 15)
    )
    for number, which in (("000210", run), ("000200", run), ("000210", other)):
        factories.booking(which, person(number))
    row = bring_in_people(*lines[:10], end_missing=True, now=clock.now() + timedelta(hours=1))
    travel_to("2022-02-02 09:00")
    leavers(clock.now())
    told = f"Given000210 Archer: {run.version.course.title}, {run.code}, 14 February 2022"
    pages.sign_in(factories.user(role))
    page = pages.get(f"/imports/{row.id}")
    assert "Places that its leavers have lost by then are not given back." in page.text
    assert "Places that would not be given back 2 places were released because of this import." in page.text
    assert (told in page.text) is is_shown
    assert not page.soup.find("a", string=re.compile("Book again"))
    page = pages.submit(page, form="/undo")
    assert "The import is undone" in page.text
    assert "Places that are not given back 2 places were released because of this import." in page.text
    assert (told in page.text) is is_shown
    assert "Given000200" not in page.text.partition("Differences")[0]
    if is_shown:
        (address,) = [href for text, href in page.links().items() if text.endswith(f"on {run.code}")]
        pages.submit(pages.get(address))
        again = pages.get(f"/imports/{row.id}").text
        assert told not in again
        assert "Places that are not given back 1 place was released because of this import." in again


def test_u06_a_place_that_somebody_gave_up_themselves_is_not_named(
    pages: Any, travel_to: Callable[..., None]
) -> None:
    lines = staff(*(f"{number:06d}" for number in range(200, 211)))
    bring_in_people(*lines)
    run = factories.run(factories.course(components=1), days=[date(2022, 2, 14)])
    given_up = factories.booking(run, person("000210"))
    row = bring_in_people(*lines[:10], end_missing=True, now=clock.now() + timedelta(hours=1))
    cancel(booking=given_up, by=ACADEMY, now=clock.now() + timedelta(hours=2))
    db.session.commit()
    travel_to("2022-02-02 09:00")
    leavers(clock.now())
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert "given back 1 place" not in pages.get(f"/imports/{row.id}").text


def test_u06_a_place_that_ran_out_because_nobody_answered_is_not_named(
    pages: Any, travel_to: Callable[..., None]
) -> None:
    lines = staff(*(f"{number:06d}" for number in range(200, 211)))
    bring_in_people(*lines)
    run = factories.run(factories.course(components=1), days=[date(2022, 2, 14)])
    asked = factories.booking(run, person("000210"))
    row = bring_in_people(*lines[:10], end_missing=True, now=clock.now() + timedelta(hours=1))
    release(asked, ReleaseCause.NOT_ANSWERED, by=SERVICE, now=clock.now() + timedelta(hours=2))
    db.session.commit()
    travel_to("2022-02-02 09:00")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert "given back 1 place" not in pages.get(f"/imports/{row.id}").text
