"""Setting up programmes and courses, what a course consists of, and how its places are booked."""

from __future__ import annotations

from app.programmes.rules.courses import (
    EVERYBODY,
    Audience,
    add_course,
    add_programme,
    checked_code,
    code_taken,
    edit_course,
    edit_programme,
    values_of_course,
    values_of_programme,
)
from app.programmes.rules.licences import ask_licence
from app.programmes.rules.settings import (
    BOUNDS,
    SETTING_WORDS,
    Settings,
    change_settings,
    let_stand_in,
    no_longer_stands_in,
    settings_in_words,
    values_of_settings,
)
from app.programmes.rules.terms import (
    WORDS,
    Terms,
    change_booking_terms,
    change_council_terms,
    set_approval,
    set_prerequisites,
    use_council_terms,
    values_of_terms,
)
from app.programmes.rules.versions import (
    add_version,
    change_counts,
    checked_new_version,
    counts_of,
    suggested_mapping,
    version_before,
)
from app.programmes.rules.wording import terms_in_words

__all__ = [
    "BOUNDS",
    "EVERYBODY",
    "SETTING_WORDS",
    "WORDS",
    "Audience",
    "Settings",
    "Terms",
    "add_course",
    "add_programme",
    "add_version",
    "ask_licence",
    "change_booking_terms",
    "change_council_terms",
    "change_counts",
    "change_settings",
    "checked_code",
    "checked_new_version",
    "code_taken",
    "counts_of",
    "edit_course",
    "edit_programme",
    "let_stand_in",
    "no_longer_stands_in",
    "set_approval",
    "set_prerequisites",
    "settings_in_words",
    "suggested_mapping",
    "terms_in_words",
    "use_council_terms",
    "values_of_course",
    "values_of_programme",
    "values_of_settings",
    "values_of_terms",
    "version_before",
]
