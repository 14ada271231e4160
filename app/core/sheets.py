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
_WIDEST, _NARROWEST, _ROOM = 45, 12, 3  # letters; the room is for the button that filters
_WIDEST_NOTE = 120
_LINE_HIGH = 15  # points


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
    """Sheets as one XLSX file: numbers and dates are such, and no text is a formula. Printed, each is as wide
    as a page, and says at its edges what it is of and which page of how many."""
    import xlsxwriter  # when the first is made: it takes memory that no page needs

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": title, "created": made_at.replace(tzinfo=None)})
    top, wrapped = {"valign": "top"}, {"valign": "top", "text_wrap": True}
    looks = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}),
        "text": book.add_format(wrapped),
        "whole": book.add_format(top | {"num_format": "#,##0"}),
        "decimal": book.add_format(top | {"num_format": "#,##0.0"}),
        "day": book.add_format(top | {"num_format": "d mmmm yyyy", "align": "left"}),
    }
    for sheet in sheets:
        page = book.add_worksheet(_name(sheet.name))
        _fill(page, sheet, looks)
        _set_for_print(page, sheet, title)
    book.close()
    return content.getvalue()


def _name(words: str) -> str:
    """A sheet's name, as spreadsheets take it: "Draft, not issued: Pack" is "Draft, not issued Pack"."""
    return " ".join(_NOT_IN_A_NAME.sub(" ", words).split())[:_LONGEST_NAME].strip()


def _fill(page: Any, sheet: Sheet, looks: dict[str, Any]) -> None:
    widths = [_width(heading, [row[at] for row in sheet.rows]) for at, heading in enumerate(sheet.columns)]
    for at, (heading, width) in enumerate(zip(sheet.columns, widths, strict=True)):
        page.set_column(at, at, width)
        page.write_string(0, at, safe_text(heading), looks["head"])
    for line, row in enumerate(sheet.rows, 1):
        for at, value in enumerate(row):
            _write(page, line, at, value, looks)
    for line, note in enumerate(sheet.notes, len(sheet.rows) + 2):
        _write_note(page, line, note, widths, looks["text"])
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    page.freeze_panes(1, 1)


def _width(heading: str, values: Sequence[object]) -> int:
    """As wide as the longest value, up to where it is better folded; a long heading is folded once."""
    words = [*heading.split(), ""]
    folded = len(heading) if len(heading) <= _NARROWEST else max(len(heading) // 2, *map(len, words))
    longest = max((len(_shown(value)) for value in values), default=0)
    return min(max(longest, folded, _NARROWEST), _WIDEST) + _ROOM


def _write_note(page: Any, line: int, note: str, widths: Sequence[int], look: Any) -> None:
    """A note below a table, as wide as that is: no spreadsheet makes such a row as high as its words need."""
    across = min(sum(widths), _WIDEST_NOTE)
    last = next((at for at in range(len(widths)) if sum(widths[: at + 1]) >= across), len(widths) - 1)
    if last > 0:
        page.merge_range(line, 0, line, last, "", look)
    page.write_string(line, 0, safe_text(note), look)
    page.set_row(line, _LINE_HIGH * -(-len(note) // across))


def _set_for_print(page: Any, sheet: Sheet, title: str) -> None:
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_header(f"&L{title.replace('&', '&&')}&R{sheet.name.replace('&', '&&')}")
    page.set_footer("&RPage &P of &N")


def _write(page: Any, line: int, at: int, value: object, looks: dict[str, Any]) -> None:
    if isinstance(value, int | Decimal):
        page.write_number(line, at, value, looks["whole" if isinstance(value, int) else "decimal"])
    elif isinstance(value, date):
        page.write_datetime(line, at, value, looks["day"])
    elif value is not None and value != "":
        page.write_string(line, at, safe_text(str(value)), looks["text"])


def _shown(value: object) -> str:
    return "30 September 2022" if isinstance(value, date) else str(value or "")
