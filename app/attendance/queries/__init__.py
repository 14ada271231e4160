"""What registers hold, and how far each person has come."""

from __future__ import annotations

from app.attendance.queries.past import (
    declarations,
    declarations_of,
    declarations_waiting,
    open_declaration,
    past_on,
)
from app.attendance.queries.progress import Day, Progress, done_marks, progress_of
from app.attendance.queries.registers import (
    marks_of,
    parts_measured_before,
    register_counts,
    sessions_moved_since_marked,
    superseded_marks_of,
    windows_of_marks_before,
)
from app.attendance.queries.versions import Consequence, consequence_of

__all__ = [
    "Consequence",
    "Day",
    "Progress",
    "consequence_of",
    "declarations",
    "declarations_of",
    "declarations_waiting",
    "done_marks",
    "marks_of",
    "open_declaration",
    "parts_measured_before",
    "past_on",
    "progress_of",
    "register_counts",
    "sessions_moved_since_marked",
    "superseded_marks_of",
    "windows_of_marks_before",
]
