"""Absences in total as a file: months, courses, reasons and counts, and nobody's name."""

from __future__ import annotations

from collections.abc import Iterable

from app.attendance.queries import Absences
from app.core.sheets import csv_text

ABSENCE_COLUMNS = ("month", "course", "reason", "absences")


def absences_csv(absences: Iterable[Absences]) -> str:
    """A line for each month, course and reason: "2022-03", the course, "Sickness", 4."""
    return csv_text(
        ABSENCE_COLUMNS, ((f"{one.month:%Y-%m}", one.course, one.reason, one.count) for one in absences)
    )
