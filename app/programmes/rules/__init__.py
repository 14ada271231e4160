"""Setting up programmes and courses, what a course consists of, and how its places are booked."""

from __future__ import annotations

from app.programmes.rules.courses import (
    EVERYBODY,
    MOST_COMPONENTS,
    Audience,
    add_course,
    add_programme,
    add_version,
    change_terms,
    checked_code,
    edit_course,
    edit_programme,
    window_in_words,
)
from app.programmes.rules.licences import ask_licence
from app.programmes.rules.terms import (
    WORDS,
    Terms,
    change_council_terms,
    change_course_terms,
    set_approval,
    set_prerequisites,
    use_council_terms,
)
from app.programmes.rules.wording import terms_in_words

__all__ = [
    "EVERYBODY",
    "MOST_COMPONENTS",
    "WORDS",
    "Audience",
    "Terms",
    "add_course",
    "add_programme",
    "add_version",
    "ask_licence",
    "change_council_terms",
    "change_course_terms",
    "change_terms",
    "checked_code",
    "edit_course",
    "edit_programme",
    "set_approval",
    "set_prerequisites",
    "terms_in_words",
    "use_council_terms",
    "window_in_words",
]
