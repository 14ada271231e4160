"""What needs somebody today, and what is recorded that cannot be right."""

from __future__ import annotations

from app.home.queries.first_page import (
    coming_sessions,
    messages_in_trouble,
    places_to_answer,
    rows,
    set_up,
    steps_of,
    trainer_sessions,
    waiting_lists,
    waiting_places,
)
from app.home.queries.quality import (
    leavers_accounts,
    registers_unmarked,
    row_counts,
    with_manager_gone,
    without_email,
    without_manager,
)

__all__ = [
    "coming_sessions",
    "leavers_accounts",
    "messages_in_trouble",
    "places_to_answer",
    "registers_unmarked",
    "row_counts",
    "rows",
    "set_up",
    "steps_of",
    "trainer_sessions",
    "waiting_lists",
    "waiting_places",
    "with_manager_gone",
    "without_email",
    "without_manager",
]
