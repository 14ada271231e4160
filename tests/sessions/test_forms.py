"""Dates as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from app.sessions.forms import read_date, read_dates

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18/4/2022", date(2022, 4, 18)),
        ("18/04/2022", date(2022, 4, 18)),
        (" 18 4 2022 ", date(2022, 4, 18)),
        ("18.4.2022", date(2022, 4, 18)),
        ("2022-04-18", date(2022, 4, 18)),
        ("18 April 2022", date(2022, 4, 18)),
        ("18 apr 2022", date(2022, 4, 18)),
        ("Monday 18 April 2022", date(2022, 4, 18)),
        ("Mon, 18 Apr 2022", date(2022, 4, 18)),
        ("4/18/2022", None),
        ("31/2/2022", None),
        ("18/4/22", None),
        ("18/4", None),
        ("1/1/1066", None),
        ("soon", None),
        ("", None),
        ("١٨/4/2022", None),
    ],
)
def test_a_date_is_read_with_the_day_before_the_month(text: str, expected: date | None) -> None:
    assert read_date(text) == expected


def test_lines_are_dates_or_are_told() -> None:
    dates, wrong = read_dates("18/4/2022\r\n\r\n 25 April 2022 \nEaster")
    assert dates == [date(2022, 4, 18), date(2022, 4, 25)]
    assert wrong == ["Easter"]
