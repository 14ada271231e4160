"""The rules of runs and sessions: planning, clashes, scheduling and changing, venues and trainers."""

from __future__ import annotations

from app.sessions.rules.before_saving import warnings_before_saving
from app.sessions.rules.clashes import (
    ClashRefused,
)
from app.sessions.rules.closing import record_last_day
from app.sessions.rules.contacts import (
    can_see_contacts,
    show_contacts,
)
from app.sessions.rules.deciding import (
    cancel,
    go_ahead,
)
from app.sessions.rules.editions import edition
from app.sessions.rules.fitting import (
    check_pattern,
    check_run,
    check_session,
    check_sessions,
    days_over,
)
from app.sessions.rules.joining import (
    add_material,
    check_can_edit_materials,
    edit_material,
    give_instructions,
    move_material_up,
    remove_material,
)
from app.sessions.rules.licences import (
    give_licence,
    licence_warnings_of_run,
    runs_without_licence,
    sessions_without_licence,
    take_licence,
    warn_of_licence,
)
from app.sessions.rules.planning import (
    PlannedDay,
    PlannedSession,
    copied_plans,
    day_of,
    left_out,
    pattern_dates,
    shifted_off_bank_holidays,
    suggest_code,
    suggest_codes,
    venue_warnings,
    warnings_of_day,
    warnings_of_run,
)
from app.sessions.rules.proposing import (
    can_propose,
    check_can_propose,
    check_is_proposed,
    decline_proposal,
    propose_date,
    settle_proposal,
    withdraw_proposal,
)
from app.sessions.rules.resources import (
    add_trainer,
    add_venue,
    change_roles,
    edit_trainer,
    edit_venue,
    link_trainer,
    values_of_trainer,
    values_of_venue,
)
from app.sessions.rules.runs import (
    can_see_links,
    change_run,
    change_session,
    check_can_see,
    check_capacity,
    check_not_cancelled,
    copy_run,
    is_held_otherwise,
    own_runs_only,
    schedule_run,
    set_capacity,
)
from app.sessions.rules.unable import (
    can_say_unable,
    check_can_say_unable,
    say_unable,
    settle_unable,
)

__all__ = [
    "ClashRefused",
    "PlannedDay",
    "PlannedSession",
    "add_material",
    "add_trainer",
    "add_venue",
    "can_propose",
    "can_say_unable",
    "can_see_contacts",
    "can_see_links",
    "cancel",
    "change_roles",
    "change_run",
    "change_session",
    "check_can_edit_materials",
    "check_can_propose",
    "check_can_say_unable",
    "check_can_see",
    "check_capacity",
    "check_is_proposed",
    "check_not_cancelled",
    "check_pattern",
    "check_run",
    "check_session",
    "check_sessions",
    "copied_plans",
    "copy_run",
    "day_of",
    "days_over",
    "decline_proposal",
    "edit_material",
    "edit_trainer",
    "edit_venue",
    "edition",
    "give_instructions",
    "give_licence",
    "go_ahead",
    "is_held_otherwise",
    "left_out",
    "licence_warnings_of_run",
    "link_trainer",
    "move_material_up",
    "own_runs_only",
    "pattern_dates",
    "propose_date",
    "record_last_day",
    "remove_material",
    "runs_without_licence",
    "say_unable",
    "schedule_run",
    "sessions_without_licence",
    "set_capacity",
    "settle_proposal",
    "settle_unable",
    "shifted_off_bank_holidays",
    "show_contacts",
    "suggest_code",
    "suggest_codes",
    "take_licence",
    "values_of_trainer",
    "values_of_venue",
    "venue_warnings",
    "warn_of_licence",
    "warnings_before_saving",
    "warnings_of_day",
    "warnings_of_run",
    "withdraw_proposal",
]
