"""The arithmetic of targets (4.5), and setting up targets, populations and cohorts."""

from __future__ import annotations

from app.figures.queries.arithmetic import NO_ONE, is_met, required_number, shown_percent
from app.figures.rules.codes import checked_code
from app.figures.rules.cohorts import (
    LEAVING_CAUSES,
    WITHDRAWN,
    Added,
    add_cohort,
    add_people,
    causes_of,
    change_cohort,
    checked_cause,
    join,
    leave,
    withdraw,
)
from app.figures.rules.moments import as_at_from, known_at_from
from app.figures.rules.populations import Entries, add_population, change_population
from app.figures.rules.publishing import publish
from app.figures.rules.targets import add_target, change_target

__all__ = [
    "LEAVING_CAUSES",
    "NO_ONE",
    "WITHDRAWN",
    "Added",
    "Entries",
    "add_cohort",
    "add_people",
    "add_population",
    "add_target",
    "as_at_from",
    "causes_of",
    "change_cohort",
    "change_population",
    "change_target",
    "checked_cause",
    "checked_code",
    "is_met",
    "join",
    "known_at_from",
    "leave",
    "publish",
    "required_number",
    "shown_percent",
    "withdraw",
]
