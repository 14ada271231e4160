"""The board's figures as a file, for a spreadsheet or a chart."""

from __future__ import annotations

from collections.abc import Iterable

from app.core import clock
from app.core.sheets import csv_text
from app.figures.models import TargetKind
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


def figures_csv(figures: Iterable[Figure]) -> str:
    """The figures as CSV: one line each."""
    return csv_text(COLUMNS, (_values(figure) for figure in figures))


def _values(figure: Figure) -> tuple[object, ...]:
    known_at = clock.london(figure.known_at) if figure.known_at else None
    return (
        figure.code,
        figure.programme,
        figure.title,
        figure.kind.value,
        figure.as_at.isoformat(),
        known_at.isoformat() if known_at else "now",
        None if figure.kind is TargetKind.SCORE else figure.numerator,
        figure.denominator,
        figure.required,
        None if figure.met is None else ("yes" if figure.met else "no"),
        figure.shown,
        figure.standing.label,
        figure.deadline.isoformat() if figure.deadline else None,
        figure.rule_words,
        " ".join(figure.notes),
    )
