"""The board's figures as a file, for a spreadsheet or a chart."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from app.core import clock
from app.figures.queries import Figure

COLUMNS = (
    "code",
    "programme",
    "target",
    "kind",
    "as_at",
    "known_at",
    "numerator",
    "denominator",
    "required",
    "met",
    "shown",
    "standing",
    "deadline",
    "rule",
    "notes",
)
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def figures_csv(figures: Iterable[Figure]) -> str:
    """The figures as CSV: one line each, ISO dates, nothing that a spreadsheet would take for a formula.

    The byte order mark is for Excel, which otherwise reads an apostrophe as three letters.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for figure in figures:
        writer.writerow([_cell(value) for value in _values(figure)])
    return "\ufeff" + file.getvalue()


def _values(figure: Figure) -> tuple[object, ...]:
    known_at = clock.london(figure.known_at) if figure.known_at else None
    return (
        figure.code,
        figure.programme,
        figure.title,
        figure.kind.value,
        figure.as_at.isoformat(),
        known_at.isoformat() if known_at else "now",
        figure.numerator,
        figure.denominator,
        figure.required,
        None if figure.met is None else ("yes" if figure.met else "no"),
        figure.shown,
        figure.standing.label,
        figure.deadline.isoformat() if figure.deadline else None,
        figure.rule_words,
        " ".join(figure.notes),
    )


def _cell(value: object) -> object:
    if value is None or isinstance(value, int):
        return "" if value is None else value
    text = str(value)
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text
