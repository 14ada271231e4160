"""What registers hold, and how far each person has come."""

from __future__ import annotations

from app.attendance.queries.deliveries import Delivery, deliveries
from app.attendance.queries.progress import Day, Progress, progress_of
from app.attendance.queries.registers import (
    marks_of,
    register_counts,
    sessions_with_marks_out_of_date,
    superseded_marks_of,
)
from app.attendance.queries.ways import checked_in, links_of, mark_of, sessions_checking_in

__all__ = [
    "Day",
    "Delivery",
    "Progress",
    "checked_in",
    "deliveries",
    "links_of",
    "mark_of",
    "marks_of",
    "progress_of",
    "register_counts",
    "sessions_checking_in",
    "sessions_with_marks_out_of_date",
    "superseded_marks_of",
]
