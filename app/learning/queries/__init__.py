"""Who has completed what, computed from marks and never typed (4.3), and what one person has learnt."""

from __future__ import annotations

from app.learning.queries.completion import closings, completions, standings, would_complete
from app.learning.queries.person import marks_of_person, past_completions_of
from app.learning.queries.registers import (
    OUTSTANDING_DAYS,
    components_done,
    count_there,
    is_marked,
    marked_for_longer,
    minutes_held,
    says_not_held,
    says_something,
    sessions_there,
)
from app.learning.queries.shapes import (
    CourseFacts,
    CourseShape,
    VersionShape,
    course_facts,
    earliest_valid,
    shapes_of,
    valid_until,
)

__all__ = [
    "OUTSTANDING_DAYS",
    "CourseFacts",
    "CourseShape",
    "VersionShape",
    "closings",
    "completions",
    "components_done",
    "count_there",
    "course_facts",
    "earliest_valid",
    "is_marked",
    "marked_for_longer",
    "marks_of_person",
    "minutes_held",
    "past_completions_of",
    "says_not_held",
    "says_something",
    "sessions_there",
    "shapes_of",
    "standings",
    "valid_until",
    "would_complete",
]
