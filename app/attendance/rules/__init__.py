"""Registers: who may mark, what counts, and what happens to a mark that was wrong."""

from app.attendance.rules.absences import (
    LONGEST_NOTE,
    absence_by_link,
    answer_absence,
    check_can_answer,
    secret_for_absence,
    why_not_asked,
)
from app.attendance.rules.marking import (
    LOCKED_AFTER_WORKING_DAYS,
    NewMark,
    check_can_see_registers,
    check_is_open,
    counts,
    is_locked,
    locked_on,
    marks_any_register,
    minutes_of,
    opens_on,
    record_marks,
    refix_marks,
)
from app.attendance.rules.past import (
    Evidence,
    add_past,
    approve_declared,
    correct_past,
    declare_training,
    refuse_declared,
    take_back_past,
)
from app.attendance.rules.refixing import sessions_to_refix

__all__ = [
    "LOCKED_AFTER_WORKING_DAYS",
    "LONGEST_NOTE",
    "Evidence",
    "NewMark",
    "absence_by_link",
    "add_past",
    "answer_absence",
    "approve_declared",
    "check_can_answer",
    "check_can_see_registers",
    "check_is_open",
    "correct_past",
    "counts",
    "declare_training",
    "is_locked",
    "locked_on",
    "marks_any_register",
    "minutes_of",
    "opens_on",
    "record_marks",
    "refix_marks",
    "refuse_declared",
    "secret_for_absence",
    "sessions_to_refix",
    "take_back_past",
    "why_not_asked",
]
