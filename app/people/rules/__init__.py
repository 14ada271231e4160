"""What may be done to people, their posts and absences, and the lists that they belong to."""

from __future__ import annotations

from app.people.rules.absences import (
    correct_absence,
    record_absence,
    withdraw_absence,
)
from app.people.rules.access import (
    can_see,
    check_can_see,
    check_can_see_team,
    is_colleague,
)
from app.people.rules.addresses import (
    note_bounce,
    try_address,
)
from app.people.rules.belonging import (
    add_organisation,
    add_team,
    edit_organisation,
    edit_team,
    values_of_organisation,
    values_of_team,
)
from app.people.rules.closing import (
    as_listed,
    keep_last_day,
    record_last_day,
    take_back_last_day,
    to_use_again,
    until,
)
from app.people.rules.colleagues import (
    MOST_PEOPLE,
    add_colleague,
    state_headcount,
)
from app.people.rules.corrections import (
    correct_spell,
    withdraw_spell,
)
from app.people.rules.days import gaps
from app.people.rules.deputies import (
    change_deputy,
    check_can_name_deputies,
    end_deputy,
    name_deputy,
)
from app.people.rules.lists import (
    add_role_group,
    add_sector,
    add_service,
    rename_role_group,
    rename_sector,
    rename_service,
)
from app.people.rules.naming import check_names_nobody
from app.people.rules.persons import (
    DETAILS,
    ONE_PERSONS,
    add_person,
    check_can_add,
    edit_person,
    record_edit,
    staff_member,
    values_of_person,
)
from app.people.rules.spells import (
    change_spell,
    end_spell,
    open_spell,
    share_of_full_time,
)
from app.people.rules.working_days import (
    check_can_set_working_days,
    set_working_days,
)

__all__ = [
    "DETAILS",
    "MOST_PEOPLE",
    "ONE_PERSONS",
    "add_colleague",
    "add_organisation",
    "add_person",
    "add_role_group",
    "add_sector",
    "add_service",
    "add_team",
    "as_listed",
    "can_see",
    "change_deputy",
    "change_spell",
    "check_can_add",
    "check_can_name_deputies",
    "check_can_see",
    "check_can_see_team",
    "check_can_set_working_days",
    "check_names_nobody",
    "correct_absence",
    "correct_spell",
    "edit_organisation",
    "edit_person",
    "edit_team",
    "end_deputy",
    "end_spell",
    "gaps",
    "is_colleague",
    "keep_last_day",
    "name_deputy",
    "note_bounce",
    "open_spell",
    "record_absence",
    "record_edit",
    "record_last_day",
    "rename_role_group",
    "rename_sector",
    "rename_service",
    "set_working_days",
    "share_of_full_time",
    "staff_member",
    "state_headcount",
    "take_back_last_day",
    "to_use_again",
    "try_address",
    "until",
    "values_of_organisation",
    "values_of_person",
    "values_of_team",
    "withdraw_absence",
    "withdraw_spell",
]
