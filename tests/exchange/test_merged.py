"""A file that still names a record that was merged into another. (U-07)"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.core import clock
from app.core.actors import COMMAND_LINE
from app.core.db import db
from app.exchange.models import ImportKind
from app.merging import rules
from tests.exchange.samples import bring_in_people, hr, look, person, staff


@pytest.fixture(autouse=True)
def _two_records(travel_to: Callable[..., None]) -> None:
    """Number 000201 was merged into 000200, which took no detail of it."""
    travel_to("2022-03-01 10:00")
    bring_in_people(*staff("000200", "000201"), now=clock.now())
    rules.merge(survivor=person("000200"), merged=person("000201"), by=COMMAND_LINE, now=clock.now())
    db.session.commit()


def test_u07_the_number_that_was_given_up_is_left_out_and_said() -> None:
    _, plan = look(ImportKind.PEOPLE, hr(*staff("000200", "000201")))
    assert plan.changes_nothing
    assert [one.reason for one in plan.notices] == [
        "This record was merged into Given000200 Archer (000200), so the line is left out."
    ]


def test_u07_the_address_that_was_left_behind_is_free_for_the_person() -> None:
    moved = staff("000200", work_email="p000201@council.example")
    bring_in_people(*moved)
    assert person("000200").email == "p000201@council.example"
    assert person("000201").email is None
