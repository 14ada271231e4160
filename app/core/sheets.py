"""Rows as a CSV file, for a spreadsheet or another program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV: ISO dates, and nothing that a spreadsheet would take for a formula.

    The byte order mark is for Excel, which otherwise reads an apostrophe as three letters.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return "\ufeff" + file.getvalue()


def _cell(value: object) -> object:
    if value is None or isinstance(value, int | Decimal):
        return "" if value is None else value
    text = value.isoformat() if isinstance(value, date) else str(value)
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text
