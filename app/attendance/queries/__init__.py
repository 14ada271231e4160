"""What registers hold, and how far each person has come."""

from __future__ import annotations

from app.attendance.queries.absences import (
    FLAGGED_FROM,
    Absences,
    absence,
    absences_in_total,
    absences_on,
    answer_of,
    no_shows_marked,
    repeated_count,
    repeated_no_shows,
    stands_as_no_show,
    twelve_months_before,
    unanswered_for,
)
from app.attendance.queries.outstanding import Outstanding, outstanding
from app.attendance.queries.progress import Day, Progress, progress_of
from app.attendance.queries.registers import (
    marks_of,
    register_counts,
    sessions_with_marks_out_of_date,
    superseded_marks_of,
)

__all__ = [
    "FLAGGED_FROM",
    "Absences",
    "Day",
    "Outstanding",
    "Progress",
    "absence",
    "absences_in_total",
    "absences_on",
    "answer_of",
    "marks_of",
    "no_shows_marked",
    "outstanding",
    "progress_of",
    "register_counts",
    "repeated_count",
    "repeated_no_shows",
    "sessions_with_marks_out_of_date",
    "stands_as_no_show",
    "superseded_marks_of",
    "twelve_months_before",
    "unanswered_for",
]
