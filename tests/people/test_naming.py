"""Whom a text names (3.0): what a board reads is looked through before it is kept."""

from __future__ import annotations

import pytest

from app.core.db import db
from app.people.queries import named_in
from tests import factories


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("Waiting for joy okafor", True),
        ("Okafor, Joy asked", True),
        ("moved for Joy  Okafor-", True),
        ("ask JOY.OKAFOR@council.example, please", True),
        ("010008 moved", True),
        ("Joy to the world", False),
        ("Two of them left in March 2022", False),
        ("0100081 places", False),
    ],
)
def test_3_0_a_text_names_by_name_address_or_number(text: str, is_named: bool) -> None:
    found = factories.staff(
        first_name="Joy",
        last_name="Okafor",
        email="joy.okafor@council.example",
        employee_number="010008",
    )
    factories.staff(first_name="Year", last_name="Like", employee_number="2022")
    assert db.session.scalars(named_in(text)).all() == ([found] if is_named else [])
