"""Files for a spreadsheet: a heading over rows of its length, and no formula."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.core.sheets import Sheet, csv_lines, csv_named, csv_text, workbook

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


def test_a_sheet_is_read_on_a_screen_and_on_paper_without_being_set_up() -> None:
    """Numbers are told apart by thousands, long headings and notes are folded, and a filter is at hand."""
    long = "A note that is much longer than the table above it is wide. " * 4
    rows = [("Social workers", 12_345, Decimal("7.5"), date(2022, 3, 31)), ("x" * 300, 2, None, None)]
    heads = ("Target", "Likely if every free place is filled", "Score", "Deadline")
    sheets = [Sheet("Draft: A & B", heads, rows, [long]), Sheet("Empty", ("Target",), [])]
    made = workbook(sheets, title="Pack: A & B", made_at=datetime(2022, 4, 1, tzinfo=UTC))
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        page, empty = (book.read(f"xl/worksheets/sheet{at}.xml").decode() for at in (1, 2))
        looks, about = book.read("xl/styles.xml").decode(), book.read("xl/workbook.xml").decode()
    assert 'name="Draft A &amp; B"' in about
    assert '<autoFilter ref="A1:D3"/>' in page
    assert "autoFilter" not in empty
    assert '<mergeCell ref="A5:D5"/>' in page
    assert float(re.findall(r'<row r="5"[^>]* ht="(\d+)"', page)[0]) >= 45
    widths = [float(one) for one in re.findall(r'<col [^>]*width="([\d.]+)"', page)]
    assert max(widths) < 50
    assert widths[1] < len(heads[1])
    assert 'formatCode="#,##0.0"' in looks
    assert '<c r="B2" s="' in page
    assert "&amp;LPack: A &amp;&amp; B&amp;RDraft: A &amp;&amp; B" in page
    assert "Page &amp;P of &amp;N" in page
