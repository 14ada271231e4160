"""What registers hold, and how far each person has come."""

from __future__ import annotations

from app.attendance.queries.absences import (
    FLAGGED_FROM,
    Absences,
    absence,
    absences_in_total,
    absences_on,
    answer_of,
    no_shows_marked,
    repeated_count,
    repeated_no_shows,
    stands_as_no_show,
    twelve_months_before,
    unanswered_for,
)
from app.attendance.queries.awards import (
    award_coded,
    awards_of,
    certificates,
    certified_courses,
    days_that_closed,
    standing_awards_of,
    unsettled,
)
from app.attendance.queries.decisions import (
    not_held_to_decide,
    partly_held_to_decide,
    parts_asked_for,
    parts_to_decide,
    submissions_of,
    without_another_day,
)
from app.attendance.queries.deliveries import (
    Delivery,
    deliveries,
)
from app.attendance.queries.files import (
    files_before,
    files_of,
    newest_submission,
    people_addressed,
    people_with_last_names,
)
from app.attendance.queries.outstanding import (
    Outstanding,
    outstanding,
)
from app.attendance.queries.past import (
    declarations,
    declarations_of,
    open_declaration,
    past_on,
)
from app.attendance.queries.progress import (
    Day,
    Progress,
    done_marks,
    progress_of,
)
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
    parts_measured_before,
    people_placed_in,
    register_counts,
    sessions_moved_since_marked,
    superseded_marks_of,
    windows_of_marks_before,
)
from app.attendance.queries.versions import (
    Consequence,
    change_of,
    consequence_of,
)
from app.attendance.queries.ways import (
    checked_in,
    links_of,
    mark_of,
    sessions_checking_in,
)

__all__ = [
    "FLAGGED_FROM",
    "Absences",
    "Consequence",
    "Day",
    "Delivery",
    "Outstanding",
    "Progress",
    "RecordedDay",
    "TrainingRecord",
    "absence",
    "absences_in_total",
    "absences_on",
    "answer_of",
    "award_coded",
    "awards_of",
    "certificates",
    "certified_courses",
    "change_of",
    "checked_in",
    "completions_of_everybody",
    "consequence_of",
    "days_that_closed",
    "declarations",
    "declarations_of",
    "deliveries",
    "done_marks",
    "files_before",
    "files_of",
    "has_taken_part",
    "links_of",
    "mark_of",
    "marks_of",
    "newest_submission",
    "no_shows_marked",
    "not_held_to_decide",
    "open_declaration",
    "outstanding",
    "partly_held_to_decide",
    "parts_asked_for",
    "parts_measured_before",
    "parts_to_decide",
    "past_on",
    "people_addressed",
    "people_placed_in",
    "people_with_last_names",
    "progress_of",
    "record_of",
    "reflections_of",
    "register_counts",
    "repeated_count",
    "repeated_no_shows",
    "sessions_checking_in",
    "sessions_moved_since_marked",
    "sessions_with_marks_out_of_date",
    "standing_awards_of",
    "stands_as_no_show",
    "submissions_of",
    "superseded_marks_of",
    "twelve_months_before",
    "unanswered_for",
    "unsettled",
    "windows_of_marks_before",
    "without_another_day",
]
