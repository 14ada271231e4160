"""Reading figures: `figure(target, as_at=..., known_at=...)`, and what pages list around them."""

from __future__ import annotations

from app.figures.queries.arithmetic import (
    NO_ONE,
    is_met,
    required_number,
    shown_percent,
)
from app.figures.queries.colours import Verdict
from app.figures.queries.definitions import (
    cohort_requirements,
    measure_in_words,
    percent_in_words,
    population_in_words,
    population_rules,
    requirements_in_words,
    target_rules,
    threshold_in_words,
)
from app.figures.queries.figure import (
    Baseline,
    Figure,
    Standing,
    Stated,
)
from app.figures.queries.forecast import Forecast
from app.figures.queries.gaps import (
    CourseGaps,
    Gap,
    GapState,
    gaps_of,
)
from app.figures.queries.lists import (
    change_log,
    cohort_coded,
    cohorts,
    courses_of,
    has_outstanding,
    member_counts,
    memberships,
    not_booked,
    open_memberships,
    outstanding,
    people_known_by,
    population_coded,
    populations,
    rules_of_population,
    target_coded,
    targets,
    targets_of_cohort,
    targets_of_population,
)
from app.figures.queries.organisation import (
    Reach,
    reach,
    year_of,
    year_words,
)
from app.figures.queries.planning import (
    PlanningAbsence,
    planning_absence,
)
from app.figures.queries.reading import (
    figure,
    figures,
)
from app.figures.queries.scopes import members
from app.figures.queries.wanted import (
    Wanted,
    wanted_of,
)

__all__ = [
    "NO_ONE",
    "Baseline",
    "CourseGaps",
    "Figure",
    "Forecast",
    "Gap",
    "GapState",
    "PlanningAbsence",
    "Reach",
    "Standing",
    "Stated",
    "Verdict",
    "Wanted",
    "change_log",
    "cohort_coded",
    "cohort_requirements",
    "cohorts",
    "courses_of",
    "figure",
    "figures",
    "gaps_of",
    "has_outstanding",
    "is_met",
    "measure_in_words",
    "member_counts",
    "members",
    "memberships",
    "not_booked",
    "open_memberships",
    "outstanding",
    "people_known_by",
    "percent_in_words",
    "planning_absence",
    "population_coded",
    "population_in_words",
    "population_rules",
    "populations",
    "reach",
    "required_number",
    "requirements_in_words",
    "rules_of_population",
    "shown_percent",
    "target_coded",
    "target_rules",
    "targets",
    "targets_of_cohort",
    "targets_of_population",
    "threshold_in_words",
    "wanted_of",
    "year_of",
    "year_words",
]
