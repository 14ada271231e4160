"""Rows as a CSV file or a workbook, for a spreadsheet or another program."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
_LONGEST_NAME = 31
_WIDEST, _NARROWEST = 60, 9


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV. Raises ValueError for a row that is longer or shorter than its heading."""
    return csv_lines(_table(columns, rows))


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    yield columns
    for row in rows:
        yield [value for _column, value in zip(columns, row, strict=True)]


def csv_named(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """The same of rows whose values stand under the names of their columns. Raises ValueError for a row
    that lacks a column, or has another."""
    return csv_text(columns, (_in_order(columns, row) for row in rows))


def _in_order(columns: Sequence[str], row: Mapping[str, object]) -> list[object]:
    if strange := row.keys() ^ set(columns):
        raise ValueError(f"In the row or the heading alone: {', '.join(sorted(strange))}")
    return [row[name] for name in columns]


def csv_lines(lines: Iterable[Sequence[object]]) -> str:
    """Lines of any length as CSV: ISO dates, and nothing that a spreadsheet would take for a formula.

    The byte order mark is for Excel, which otherwise reads an apostrophe as three letters.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    for line in lines:
        writer.writerow([_cell(value) for value in line])
    return "\ufeff" + file.getvalue()


def safe_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula: "=1+1" is "'=1+1"."""
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text


def _cell(value: object) -> object:
    if value is None or isinstance(value, int | Decimal):
        return "" if value is None else value
    return safe_text(value.isoformat() if isinstance(value, date) else str(value))


# --- Workbooks -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: a table with its heading in the first row, and notes below it."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    notes: Sequence[str] = ()


def workbook(sheets: Sequence[Sheet], *, title: str, made_at: datetime) -> bytes:
    """Sheets as one XLSX file: numbers and dates are such, and no text is a formula."""
    import xlsxwriter  # when the first is made: it takes memory that no page needs

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": title, "created": made_at.replace(tzinfo=None)})
    looks = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "day": book.add_format({"num_format": "d mmmm yyyy", "align": "left", "valign": "top"}),
        "note": book.add_format({"valign": "top"}),
    }
    for sheet in sheets:
        _fill(book.add_worksheet(_NOT_IN_A_NAME.sub(" ", sheet.name)[:_LONGEST_NAME]), sheet, looks)
    book.close()
    return content.getvalue()


def _fill(page: Any, sheet: Sheet, looks: dict[str, Any]) -> None:
    for at, heading in enumerate(sheet.columns):
        page.write_string(0, at, safe_text(heading), looks["head"])
        longest = max((len(_shown(row[at])) for row in sheet.rows), default=0)
        page.set_column(at, at, min(max(longest, len(heading), _NARROWEST), _WIDEST) + 2)
    for line, row in enumerate(sheet.rows, 1):
        for at, value in enumerate(row):
            _write(page, line, at, value, looks)
    for line, note in enumerate(sheet.notes, len(sheet.rows) + 2):
        page.write_string(line, 0, safe_text(note), looks["note"])
    page.freeze_panes(1, 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _write(page: Any, line: int, at: int, value: object, looks: dict[str, Any]) -> None:
    if isinstance(value, int | Decimal):
        page.write_number(line, at, value, looks["text"])
    elif isinstance(value, date):
        page.write_datetime(line, at, value, looks["day"])
    elif value is not None and value != "":
        page.write_string(line, at, safe_text(str(value)), looks["text"])


def _shown(value: object) -> str:
    return "30 September 2022" if isinstance(value, date) else str(value or "")
