"""Reading figures: `figure(target, as_at=..., known_at=...)`, and what pages list around them."""

from __future__ import annotations

from app.figures.queries.arithmetic import (
    NO_ONE,
    is_met,
    required_number,
    shown_percent,
)
from app.figures.queries.beside import BesideTarget, beside_target
from app.figures.queries.candidates import candidates, candidates_in_words
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
from app.figures.queries.deliverables import (
    Deliveries,
    DeliveryState,
    SessionOnDay,
    deliverables_of_trainer,
    deliveries_of,
    programme_sessions,
    session_on_day,
    sessions_of_programme,
)
from app.figures.queries.figure import (
    Baseline,
    Beside,
    Figure,
    Score,
    Standing,
    Stated,
    Wave,
)
from app.figures.queries.forecast import Forecast
from app.figures.queries.gaps import (
    CourseGaps,
    Gap,
    GapState,
    gaps_of,
)
from app.figures.queries.lists import (
    career_stages,
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
    stated_difference,
    target_coded,
    targets,
    targets_of_cohort,
    targets_of_population,
)
from app.figures.queries.milestones import (
    MilestoneOnDay,
    milestone,
    milestones_of,
    milestones_on,
)
from app.figures.queries.organisation import (
    Reach,
    reach,
    year_of,
    year_words,
)
from app.figures.queries.overrides import override, overrides_on
from app.figures.queries.planning import (
    PlanningAbsence,
    planning_absence,
)
from app.figures.queries.reached import ReachRow, reach_by_sector
from app.figures.queries.reading import (
    figure,
    figures,
    figures_on,
)
from app.figures.queries.scopes import members
from app.figures.queries.stated import (
    Comparison,
    ever_stated,
    stated_before,
    stated_figure,
    stated_figures,
)
from app.figures.queries.wanted import (
    Wanted,
    wanted_of,
)

__all__ = [
    "NO_ONE",
    "Baseline",
    "Beside",
    "BesideTarget",
    "Comparison",
    "CourseGaps",
    "Deliveries",
    "DeliveryState",
    "Figure",
    "Forecast",
    "Gap",
    "GapState",
    "MilestoneOnDay",
    "PlanningAbsence",
    "Reach",
    "ReachRow",
    "Score",
    "SessionOnDay",
    "Standing",
    "Stated",
    "Verdict",
    "Wanted",
    "Wave",
    "beside_target",
    "candidates",
    "candidates_in_words",
    "career_stages",
    "change_log",
    "cohort_coded",
    "cohort_requirements",
    "cohorts",
    "courses_of",
    "deliverables_of_trainer",
    "deliveries_of",
    "ever_stated",
    "figure",
    "figures",
    "figures_on",
    "gaps_of",
    "has_outstanding",
    "is_met",
    "measure_in_words",
    "member_counts",
    "members",
    "memberships",
    "milestone",
    "milestones_of",
    "milestones_on",
    "not_booked",
    "open_memberships",
    "outstanding",
    "override",
    "overrides_on",
    "people_known_by",
    "percent_in_words",
    "planning_absence",
    "population_coded",
    "population_in_words",
    "population_rules",
    "populations",
    "programme_sessions",
    "reach",
    "reach_by_sector",
    "required_number",
    "requirements_in_words",
    "rules_of_population",
    "session_on_day",
    "sessions_of_programme",
    "shown_percent",
    "stated_before",
    "stated_difference",
    "stated_figure",
    "stated_figures",
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
