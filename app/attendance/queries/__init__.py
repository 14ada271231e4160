"""What registers hold, and how far each person has come."""

from __future__ import annotations

from app.attendance.queries.awards import (
    award_coded,
    awards_of,
    days_that_closed,
    standing_awards_of,
    unsettled,
)
from app.attendance.queries.progress import Day, Progress, progress_of
from app.attendance.queries.records import (
    RecordedDay,
    TrainingRecord,
    completions_of_everybody,
    has_taken_part,
    record_of,
    reflections_of,
)
from app.attendance.queries.registers import (
    marks_of,
    register_counts,
    sessions_with_marks_out_of_date,
    superseded_marks_of,
)

__all__ = [
    "Day",
    "Progress",
    "RecordedDay",
    "TrainingRecord",
    "award_coded",
    "awards_of",
    "completions_of_everybody",
    "days_that_closed",
    "has_taken_part",
    "marks_of",
    "progress_of",
    "record_of",
    "reflections_of",
    "register_counts",
    "sessions_with_marks_out_of_date",
    "standing_awards_of",
    "superseded_marks_of",
    "unsettled",
]
