"""What somebody may have to be reminded of, and what the academy must chase."""

from __future__ import annotations

from app.reminders.queries.chasing import (
    Waiting,
    late_approvals,
    open_registers,
    open_registers_in_all,
    unreachable_people,
    waiting,
)
from app.reminders.queries.due import (
    confirmed_bookings,
    courses_with_validity,
    expiring,
    register_links,
    runs_with_sessions_between,
    sessions_without_all_marks,
    under_filled_runs,
)

__all__ = [
    "Waiting",
    "confirmed_bookings",
    "courses_with_validity",
    "expiring",
    "late_approvals",
    "open_registers",
    "open_registers_in_all",
    "register_links",
    "runs_with_sessions_between",
    "sessions_without_all_marks",
    "under_filled_runs",
    "unreachable_people",
    "waiting",
]
