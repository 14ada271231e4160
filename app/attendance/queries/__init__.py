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
from app.attendance.queries.deliveries import Delivery, deliveries
from app.attendance.queries.progress import Day, Progress, progress_of
from app.attendance.queries.registers import (
    marks_of,
    people_placed_in,
    register_counts,
    sessions_with_marks_out_of_date,
    superseded_marks_of,
)
from app.attendance.queries.ways import checked_in, links_of, mark_of, sessions_checking_in

__all__ = [
    "Day",
    "Delivery",
    "DoubleMark",
    "Progress",
    "checked_in",
    "deliveries",
    "double_marks",
    "links_of",
    "mark_of",
    "marks_of",
    "partly_held_to_decide",
    "parts_asked_for",
    "parts_to_decide",
    "people_placed_in",
    "progress_of",
    "register_counts",
    "sessions_checking_in",
    "sessions_with_marks_out_of_date",
    "submissions_of",
    "superseded_marks_of",
    "to_decide_count",
]
