"""What somebody may have to be reminded of, and what the academy must chase."""

from __future__ import annotations

from app.reminders.queries.chasing import (
    REGISTERS_LOOK_BACK,
    Waiting,
    late_approvals,
    open_registers,
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
    "REGISTERS_LOOK_BACK",
    "Waiting",
    "confirmed_bookings",
    "courses_with_validity",
    "expiring",
    "late_approvals",
    "open_registers",
    "register_links",
    "runs_with_sessions_between",
    "sessions_without_all_marks",
    "under_filled_runs",
    "unreachable_people",
    "waiting",
]
