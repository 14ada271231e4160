"""Registers: who may mark, what counts, and what happens to a mark that was wrong."""

from app.attendance.rules.accepting import ask_to_count, check_can_ask, check_can_decide_part, decide_part
from app.attendance.rules.doors import WalkIn, alike, mark_at_the_door, over_capacity
from app.attendance.rules.holding import (
    check_can_decide_held,
    code_for_again,
    decide_that_it_counts,
    hold_again,
    mark_not_held,
    note_partly_held,
    take_back_partly_held,
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
from app.attendance.rules.measuring import (
    NewMark,
    as_kept,
    as_measured,
    counts,
    minutes_of,
    opens_on,
    status_for,
)
from app.attendance.rules.undoing import check_can_undo, to_be_undone, undo

__all__ = [
    "LOCKED_AFTER_WORKING_DAYS",
    "NewMark",
    "WalkIn",
    "alike",
    "as_kept",
    "as_measured",
    "ask_to_count",
    "check_can_ask",
    "check_can_decide_held",
    "check_can_decide_part",
    "check_can_see_registers",
    "check_can_undo",
    "check_is_open",
    "code_for_again",
    "counts",
    "decide_part",
    "decide_that_it_counts",
    "hold_again",
    "is_locked",
    "locked_on",
    "mark_at_the_door",
    "mark_not_held",
    "marks_any_register",
    "minutes_of",
    "note_partly_held",
    "opens_on",
    "over_capacity",
    "record_marks",
    "refix_marks",
    "status_for",
    "take_back_partly_held",
    "to_be_undone",
    "undo",
]
