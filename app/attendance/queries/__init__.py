"""Who has completed what, what registers hold, and what one person has learnt."""

from __future__ import annotations

from app.attendance.queries.completion import completions
from app.attendance.queries.learning import Day, Progress, marks_of_person, past_completions_of, progress_of
from app.attendance.queries.registers import (
    marks_of,
    register_counts,
    sessions_with_marks_out_of_date,
    superseded_marks_of,
)

__all__ = [
    "Day",
    "Progress",
    "completions",
    "marks_of",
    "marks_of_person",
    "past_completions_of",
    "progress_of",
    "register_counts",
    "sessions_with_marks_out_of_date",
    "superseded_marks_of",
]
