"""What the last days of HR's file cost in places, seen before it is applied. (U-06)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.exchange import rules
from app.exchange.models import ImportKind
from tests import factories
from tests.exchange.samples import bring_in_people, hr, look, person, staff


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
