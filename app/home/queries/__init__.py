"""What needs somebody today, and what is recorded that cannot be right."""

from __future__ import annotations

from app.home.queries.first_page import (
    SetUp,
    Step,
    coming_sessions,
    lost_messages,
    places_to_answer,
    rows,
    set_up,
    steps_of,
    trainer_sessions,
    waiting_lists,
    waiting_places,
)
from app.home.queries.quality import (
    after_leaving,
    before_first_start,
    leavers_accounts,
    registers_unmarked,
    two_at_once,
    without_email,
    without_manager,
)

__all__ = [
    "SetUp",
    "Step",
    "after_leaving",
    "before_first_start",
    "coming_sessions",
    "leavers_accounts",
    "lost_messages",
    "places_to_answer",
    "registers_unmarked",
    "rows",
    "set_up",
    "steps_of",
    "trainer_sessions",
    "two_at_once",
    "waiting_lists",
    "waiting_places",
    "without_email",
    "without_manager",
]
