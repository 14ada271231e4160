"""Registers: who may mark, what counts, and what happens to a mark that was wrong."""

from app.attendance.rules.marking import (
    LOCKED_AFTER_WORKING_DAYS,
    check_can_see_registers,
    check_is_open,
    is_locked,
    locked_on,
    marks_any_register,
    record_marks,
    refix_marks,
)
from app.attendance.rules.measuring import (
    NewMark,
    as_kept,
    as_measured,
    counts,
    minutes_of,
    opens_on,
    status_for,
)

__all__ = [
    "LOCKED_AFTER_WORKING_DAYS",
    "NewMark",
    "as_kept",
    "as_measured",
    "check_can_see_registers",
    "check_is_open",
    "counts",
    "is_locked",
    "locked_on",
    "marks_any_register",
    "minutes_of",
    "opens_on",
    "record_marks",
    "refix_marks",
    "status_for",
]
