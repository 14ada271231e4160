"""Rows as a CSV file, for a spreadsheet or another program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

_LINES_A_PART = 500
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV: ISO dates, and nothing that a spreadsheet would take for a formula.

    The byte order mark is for Excel, which otherwise reads an apostrophe as three letters.
    """
    return "".join(csv_parts(columns, rows))


def csv_parts(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The same some hundred lines at a time, for a file that is sent while it is still being read."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    file.write("\ufeff")
    writer.writerow(columns)
    for number, row in enumerate(rows, start=1):
        writer.writerow([_cell(value) for value in row])
        if number % _LINES_A_PART == 0:
            yield file.getvalue()
            file.seek(0)
            file.truncate()
    yield file.getvalue()


def _cell(value: object) -> object:
    if value is None or isinstance(value, int | Decimal):
        return "" if value is None else value
    text = value.isoformat() if isinstance(value, date) else str(value)
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text
