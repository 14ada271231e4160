"""Reading figures: `figure(target, as_at=..., known_at=...)`, and what pages list around them."""

from __future__ import annotations

from app.figures.queries.arithmetic import (
    FEW,
    NO_ONE,
    count_in_words,
)
from app.figures.queries.attended import Listed, places_shown
from app.figures.queries.beside import (
    MOST_DAYS,
    BesideTarget,
    beside_target,
    more_than_in_scope,
    own_milestones,
)
from app.figures.queries.breakdown import (
    Breakdown,
    breakdown,
)
from app.figures.queries.candidates import candidates, candidates_in_words
from app.figures.queries.colours import COLOURS_OF_SCORES, DEFAULT_SCORE_MARGIN
from app.figures.queries.counted import (
    Among,
    Counted,
    counted,
    lists_of,
    not_booked,
    outstanding,
)
from app.figures.queries.current import Grouped, by_programme, is_on
from app.figures.queries.definitions import (
    asked_in_words,
    percent_in_words,
    population_in_words,
    population_rules,
    requirements_in_words,
    target_rules,
)
from app.figures.queries.deliverables import (
    SessionOnDay,
    deliverables_of_trainer,
    deliveries_of,
    programme_sessions,
    session_on_day,
    sessions_of_programme,
)
from app.figures.queries.direction import Direction, Moved, direction
from app.figures.queries.doubts import flagged_people, flags_of, possible_duplicates_counted
from app.figures.queries.ended import ended, ended_count
from app.figures.queries.ending import end_of, ends_of
from app.figures.queries.few import FEW_TO_DRAW, as_seen
from app.figures.queries.figure import (
    STARTED_LATELY,
    Figure,
    colour_of,
    score_of,
)
from app.figures.queries.first_day import first_day_recorded
from app.figures.queries.flags import CHECK_DATA, Flag
from app.figures.queries.forecast import Forecast
from app.figures.queries.gaps import (
    AllGaps,
    CourseGaps,
    GapState,
    gaps_by_person,
    gaps_of,
)
from app.figures.queries.in_time import days_in_time
from app.figures.queries.lists import (
    career_stages,
    change_log,
    cohort_called,
    cohort_coded,
    cohorts,
    gone_by,
    has_targets,
    member_counts,
    memberships,
    memberships_after,
    people_known_by,
    population_called,
    population_coded,
    populations,
    rules_of_population,
    stated_difference,
    target_coded,
    targets,
    targets_of_cohort,
    targets_of_population,
    targets_of_programme,
    targets_with_ends,
)
from app.figures.queries.milestones import (
    MilestoneOnDay,
    milestone,
    milestone_in_words,
    milestones_in_brief,
    milestones_of,
    milestones_on,
    nearest,
)
from app.figures.queries.months import MonthOfSessions
from app.figures.queries.movement import (
    Movement,
    MovementCause,
    movement,
    people_called,
    people_counted,
)
from app.figures.queries.organisation import (
    attendance_of_year,
    year_of,
    year_words,
)
from app.figures.queries.overlapping import overlapping_targets
from app.figures.queries.overrides import override, overrides_on
from app.figures.queries.parts import GROUPS_NOT_SHOWN, Hiding, Part
from app.figures.queries.periods import PersonPeriods, done_on_day, people_periods_of
from app.figures.queries.places import WeekOfPlaces, places_by_week, sessions_of_week
from app.figures.queries.planning import ENOUGH_PLACES, HOW_PLANNED, USUAL_PERCENT, planning_absence
from app.figures.queries.plans import Plan, plans_for
from app.figures.queries.publications import AsPublished, as_published, of_few, why_in_words
from app.figures.queries.published import (
    Restated,
    moved_since,
    people_of,
    people_published,
    published_before,
    published_figures,
    published_of,
    restated,
    with_reasons,
)
from app.figures.queries.rates import Attended, attendance_in, sessions_held
from app.figures.queries.rates_told import rates_told
from app.figures.queries.reached import (
    REACH_STEPS,
    SECTORS_NOT_SHOWN,
    ReachRow,
    booked_to_attend,
    counting_alike,
    marks_of_reach_outstanding,
    reach_by_sector_of,
    reached_people,
    suppressed,
)
from app.figures.queries.reading import (
    figure,
    figure_among_others,
    figures,
    figures_on,
    figures_on_days,
)
from app.figures.queries.reasons import absence_reasons, places_not_used, with_few_together
from app.figures.queries.recoloured import colour_moved, stood_otherwise
from app.figures.queries.rule_parts import changed_since
from app.figures.queries.scopes import member_ids
from app.figures.queries.score import Wave
from app.figures.queries.sources import sources_for
from app.figures.queries.stated import (
    KEPT_AS_STATED,
    Comparison,
    ever_stated,
    stated_figure,
    stated_figures,
)
from app.figures.queries.supply import places_left_of
from app.figures.queries.turnover import (
    TURNOVER_MONTHS,
    CoverageLost,
    Leaver,
    Turnover,
    coverage_lost,
    employees_in_post,
    leavers,
    trained_leavers,
    turnover,
    turnover_in_all,
    turnover_note,
    with_small_together,
)
from app.figures.queries.waiting import waiting_of
from app.figures.queries.wanted import (
    Wanted,
    wanted_of,
)
from app.figures.queries.weekly import (
    YEAR,
    Planned,
    Point,
    drawn,
    planned_line,
    since_it_began,
    weekly,
    weekly_from,
)

__all__ = [
    "CHECK_DATA",
    "COLOURS_OF_SCORES",
    "DEFAULT_SCORE_MARGIN",
    "ENOUGH_PLACES",
    "FEW",
    "FEW_TO_DRAW",
    "GROUPS_NOT_SHOWN",
    "HOW_PLANNED",
    "KEPT_AS_STATED",
    "MOST_DAYS",
    "NO_ONE",
    "REACH_STEPS",
    "SECTORS_NOT_SHOWN",
    "STARTED_LATELY",
    "TURNOVER_MONTHS",
    "USUAL_PERCENT",
    "YEAR",
    "AllGaps",
    "Among",
    "AsPublished",
    "Attended",
    "BesideTarget",
    "Breakdown",
    "Comparison",
    "Counted",
    "CourseGaps",
    "CoverageLost",
    "Direction",
    "Figure",
    "Flag",
    "Forecast",
    "GapState",
    "Grouped",
    "Hiding",
    "Leaver",
    "Listed",
    "MilestoneOnDay",
    "MonthOfSessions",
    "Moved",
    "Movement",
    "MovementCause",
    "Part",
    "PersonPeriods",
    "Plan",
    "Planned",
    "Point",
    "ReachRow",
    "Restated",
    "SessionOnDay",
    "Turnover",
    "Wanted",
    "Wave",
    "WeekOfPlaces",
    "absence_reasons",
    "as_published",
    "as_seen",
    "asked_in_words",
    "attendance_in",
    "attendance_of_year",
    "beside_target",
    "booked_to_attend",
    "breakdown",
    "by_programme",
    "candidates",
    "candidates_in_words",
    "career_stages",
    "change_log",
    "changed_since",
    "cohort_called",
    "cohort_coded",
    "cohorts",
    "colour_moved",
    "colour_of",
    "count_in_words",
    "counted",
    "counting_alike",
    "coverage_lost",
    "days_in_time",
    "deliverables_of_trainer",
    "deliveries_of",
    "direction",
    "done_on_day",
    "drawn",
    "employees_in_post",
    "end_of",
    "ended",
    "ended_count",
    "ends_of",
    "ever_stated",
    "figure",
    "figure_among_others",
    "figures",
    "figures_on",
    "figures_on_days",
    "first_day_recorded",
    "flagged_people",
    "flags_of",
    "gaps_by_person",
    "gaps_of",
    "gone_by",
    "has_targets",
    "is_on",
    "leavers",
    "lists_of",
    "marks_of_reach_outstanding",
    "member_counts",
    "member_ids",
    "memberships",
    "memberships_after",
    "milestone",
    "milestone_in_words",
    "milestones_in_brief",
    "milestones_of",
    "milestones_on",
    "more_than_in_scope",
    "moved_since",
    "movement",
    "nearest",
    "not_booked",
    "of_few",
    "outstanding",
    "overlapping_targets",
    "override",
    "overrides_on",
    "own_milestones",
    "people_called",
    "people_counted",
    "people_known_by",
    "people_of",
    "people_periods_of",
    "people_published",
    "percent_in_words",
    "places_by_week",
    "places_left_of",
    "places_not_used",
    "places_shown",
    "planned_line",
    "planning_absence",
    "plans_for",
    "population_called",
    "population_coded",
    "population_in_words",
    "population_rules",
    "populations",
    "possible_duplicates_counted",
    "programme_sessions",
    "published_before",
    "published_figures",
    "published_of",
    "rates_told",
    "reach_by_sector_of",
    "reached_people",
    "requirements_in_words",
    "restated",
    "rules_of_population",
    "score_of",
    "session_on_day",
    "sessions_held",
    "sessions_of_programme",
    "sessions_of_week",
    "since_it_began",
    "sources_for",
    "stated_difference",
    "stated_figure",
    "stated_figures",
    "stood_otherwise",
    "suppressed",
    "target_coded",
    "target_rules",
    "targets",
    "targets_of_cohort",
    "targets_of_population",
    "targets_of_programme",
    "targets_with_ends",
    "trained_leavers",
    "turnover",
    "turnover_in_all",
    "turnover_note",
    "waiting_of",
    "wanted_of",
    "weekly",
    "weekly_from",
    "why_in_words",
    "with_few_together",
    "with_reasons",
    "with_small_together",
    "year_of",
    "year_words",
]
