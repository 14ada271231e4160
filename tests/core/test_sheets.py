"""Files for a spreadsheet: a heading over rows of its length, and no formula."""

from __future__ import annotations

import pytest

from app.core.sheets import csv_lines, csv_named, csv_text

pytestmark = pytest.mark.once


@pytest.mark.parametrize("row", [("Ann",), ("Ann", 4, "more")])
def test_a_row_that_does_not_fit_its_heading_is_refused(row: tuple[object, ...]) -> None:
    """Else all that follows would stand under another heading, and nobody would see it."""
    with pytest.raises(ValueError, match="zip"):
        csv_text(("name", "days"), [row])
    assert csv_text(("name", "days"), [("Ann", 4)]) == "\ufeffname,days\r\nAnn,4\r\n"


@pytest.mark.parametrize("row", [{"name": "Ann"}, {"name": "Ann", "days": 4, "hours": 8}])
def test_a_row_by_name_has_every_column_and_no_other(row: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"^In the row or the heading alone: (days|hours)$"):
        csv_named(("name", "days"), [row])
    assert csv_named(("name", "days"), [{"days": 4, "name": "Ann"}]) == "\ufeffname,days\r\nAnn,4\r\n"


def test_no_line_is_a_formula_not_even_the_first() -> None:
    assert csv_lines([("=1+1",), ("days", -4)]) == "\ufeff'=1+1\r\ndays,-4\r\n"
