"""The rules of runs and sessions: planning, clashes, scheduling and changing, venues and trainers."""

from __future__ import annotations

from app.sessions.rules.clashes import Clash, refuse_clashes
from app.sessions.rules.deciding import cancel, go_ahead
from app.sessions.rules.editions import ChangedMeanwhile, edition
from app.sessions.rules.fitting import check_sessions
from app.sessions.rules.joining import (
    add_material,
    check_can_edit_instructions,
    check_can_edit_materials,
    edit_material,
    give_instructions,
    move_material_up,
    remove_material,
)
from app.sessions.rules.planning import (
    PlannedSession,
    copied_plans,
    pattern_dates,
    shifted_off_bank_holidays,
    suggest_code,
    suggest_codes,
    warnings_about,
    warnings_of_run,
)
from app.sessions.rules.resources import add_trainer, add_venue, edit_trainer, edit_venue
from app.sessions.rules.runs import (
    can_see_links,
    change_run,
    change_session,
    check_can_see,
    check_not_cancelled,
    copy_run,
    is_held_otherwise,
    schedule_run,
    set_capacity,
)

__all__ = [
    "ChangedMeanwhile",
    "Clash",
    "PlannedSession",
    "add_material",
    "add_trainer",
    "add_venue",
    "can_see_links",
    "cancel",
    "change_run",
    "change_session",
    "check_can_edit_instructions",
    "check_can_edit_materials",
    "check_can_see",
    "check_not_cancelled",
    "check_sessions",
    "copied_plans",
    "copy_run",
    "edit_material",
    "edit_trainer",
    "edit_venue",
    "edition",
    "give_instructions",
    "go_ahead",
    "is_held_otherwise",
    "move_material_up",
    "pattern_dates",
    "refuse_clashes",
    "remove_material",
    "schedule_run",
    "set_capacity",
    "shifted_off_bank_holidays",
    "suggest_code",
    "suggest_codes",
    "warnings_about",
    "warnings_of_run",
]
