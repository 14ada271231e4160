"""Registers: who may mark, what counts, and what happens to a mark that was wrong."""

from app.attendance.rules.absences import (
    LONGEST_NOTE,
    absence_by_link,
    answer_absence,
    check_can_answer,
    secret_for_absence,
    why_not_asked,
)
from app.attendance.rules.accepting import (
    ask_to_count,
    check_can_ask,
    check_can_decide_part,
    decide_part,
)
from app.attendance.rules.doors import (
    WalkIn,
    alike,
    mark_at_the_door,
    over_capacity,
)
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
    as_measured,
    counts,
    minutes_of,
    opens_on,
    status_for,
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
from app.attendance.rules.refixing import (
    sessions_to_refix,
)
from app.attendance.rules.undoing import (
    check_can_undo,
    to_be_undone,
    undo,
)

__all__ = [
    "LOCKED_AFTER_WORKING_DAYS",
    "LONGEST_NOTE",
    "Evidence",
    "NewMark",
    "WalkIn",
    "absence_by_link",
    "add_past",
    "alike",
    "answer_absence",
    "approve_declared",
    "as_measured",
    "ask_to_count",
    "check_can_answer",
    "check_can_ask",
    "check_can_decide_held",
    "check_can_decide_part",
    "check_can_see_registers",
    "check_can_undo",
    "check_is_open",
    "code_for_again",
    "correct_past",
    "counts",
    "decide_part",
    "decide_that_it_counts",
    "declare_training",
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
    "refuse_declared",
    "secret_for_absence",
    "sessions_to_refix",
    "status_for",
    "take_back_partly_held",
    "take_back_past",
    "to_be_undone",
    "undo",
    "why_not_asked",
]
