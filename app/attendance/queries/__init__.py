"""What registers hold, and how far each person has come."""

from __future__ import annotations

from app.attendance.queries.progress import Day, Progress, progress_of
from app.attendance.queries.registers import (
    links_of,
    marks_of,
    register_counts,
    sessions_with_marks_out_of_date,
    superseded_marks_of,
)

__all__ = [
    "Day",
    "Progress",
    "links_of",
    "marks_of",
    "progress_of",
    "register_counts",
    "sessions_with_marks_out_of_date",
    "superseded_marks_of",
]
