"""Dates as they are typed."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.clock import read_day

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-04-03", date(2022, 4, 3)),
        ("03/04/2022", date(2022, 4, 3)),
        ("3/4/2022", date(2022, 4, 3)),
        ("0022-04-03", date(22, 4, 3)),
        ("04/13/2022", None),
        ("2022-02-30", None),
        ("0000-01-01", None),
        ("3/4/22", None),
        ("20220403", None),
        ("2022-W14-7", None),
        ("٣/4/2022", None),
        ("3 April 2022", None),
        ("", None),
    ],
)
def test_a_day_is_read_in_two_forms_and_never_in_the_us_order(text: str, expected: date | None) -> None:
    assert read_day(text) == expected
