"""What registers hold, and how far each person has come."""

from __future__ import annotations

from app.attendance.queries.decisions import (
    DoubleMark,
    double_marks,
    partly_held_to_decide,
    parts_asked_for,
    parts_to_decide,
    submissions_of,
    to_decide_count,
)
from app.attendance.queries.files import (
    files_before,
    files_of,
    newest_submission,
    people_addressed,
    people_with_last_names,
)
from app.attendance.queries.progress import Day, Progress, progress_of
from app.attendance.queries.registers import (
    marks_of,
    people_placed_in,
    register_counts,
    sessions_with_marks_out_of_date,
    superseded_marks_of,
)

__all__ = [
    "Day",
    "DoubleMark",
    "Progress",
    "double_marks",
    "files_before",
    "files_of",
    "marks_of",
    "newest_submission",
    "partly_held_to_decide",
    "parts_asked_for",
    "parts_to_decide",
    "people_addressed",
    "people_placed_in",
    "people_with_last_names",
    "progress_of",
    "register_counts",
    "sessions_with_marks_out_of_date",
    "submissions_of",
    "superseded_marks_of",
    "to_decide_count",
]
