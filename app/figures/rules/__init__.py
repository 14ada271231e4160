"""Setting up targets, populations and cohorts, and what is said, set and published about targets."""

from __future__ import annotations

from app.figures.rules.choosing import add_candidates
from app.figures.rules.codes import checked_code
from app.figures.rules.cohorts import (
    LEAVING_CAUSES,
    WITHDRAWN,
    Added,
    add_cohort,
    add_people,
    causes_of,
    change_cohort,
    gone_in_words,
    join,
    leave,
    values_of_cohort,
    withdraw,
)
from app.figures.rules.deliverables import tick_sessions
from app.figures.rules.ending import check_has_end, check_has_not_ended, end_target, take_back_end
from app.figures.rules.milestones import add_milestone, change_milestone, check_milestone, remove_milestone
from app.figures.rules.moments import as_at_from, known_at_from
from app.figures.rules.overrides import (
    CHOSEN,
    can_override,
    check_is_computed,
    override_colour,
    take_back_override,
)
from app.figures.rules.populations import (
    Entries,
    add_population,
    change_population,
    values_of_population,
)
from app.figures.rules.programmes import change_programme
from app.figures.rules.publishing import (
    check_has_begun,
    check_is_known,
    check_publication,
    publish,
    snapshot,
)
from app.figures.rules.stated import check_stated, correct_stated, state_figure, take_back_stated
from app.figures.rules.targets import (
    TargetTerms,
    add_target,
    change_target,
    check_asked,
    check_code,
    check_title,
    values_of_target,
)

__all__ = [
    "CHOSEN",
    "LEAVING_CAUSES",
    "WITHDRAWN",
    "Added",
    "Entries",
    "TargetTerms",
    "add_candidates",
    "add_cohort",
    "add_milestone",
    "add_people",
    "add_population",
    "add_target",
    "as_at_from",
    "can_override",
    "causes_of",
    "change_cohort",
    "change_milestone",
    "change_population",
    "change_programme",
    "change_target",
    "check_asked",
    "check_code",
    "check_has_begun",
    "check_has_end",
    "check_has_not_ended",
    "check_is_computed",
    "check_is_known",
    "check_milestone",
    "check_publication",
    "check_stated",
    "check_title",
    "checked_code",
    "correct_stated",
    "end_target",
    "gone_in_words",
    "join",
    "known_at_from",
    "leave",
    "override_colour",
    "publish",
    "remove_milestone",
    "snapshot",
    "state_figure",
    "take_back_end",
    "take_back_override",
    "take_back_stated",
    "tick_sessions",
    "values_of_cohort",
    "values_of_population",
    "values_of_target",
    "withdraw",
]
