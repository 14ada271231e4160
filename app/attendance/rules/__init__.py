"""Registers: who may mark, what counts, and what happens to a mark that was wrong."""

from app.attendance.rules.links import (
    can_make_link,
    link_last_day,
    link_of,
    link_opens_at,
    make_link,
    mark_by_link,
    revoke_link,
)
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
from app.attendance.rules.measuring import NewMark, as_measured, counts, minutes_of, opens_on, status_for

__all__ = [
    "LOCKED_AFTER_WORKING_DAYS",
    "NewMark",
    "can_make_link",
    "as_measured",
    "check_can_see_registers",
    "check_is_open",
    "counts",
    "is_locked",
    "link_last_day",
    "link_of",
    "link_opens_at",
    "locked_on",
    "make_link",
    "mark_by_link",
    "marks_any_register",
    "minutes_of",
    "opens_on",
    "record_marks",
    "refix_marks",
    "revoke_link",
    "status_for",
]
