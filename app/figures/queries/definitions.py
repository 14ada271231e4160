"""Which rule is in force for a figure as known at an instant, and how each rule reads in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, joinedload
from sqlalchemy.sql.base import ExecutableOption

from app.core.db import Recorded, db
from app.core.filters import day, plural
from app.figures.models import (
    Cohort,
    CohortRequirement,
    PopulationItem,
    PopulationRule,
    ReachStep,
    StatedSize,
    Target,
    TargetKind,
    TargetRule,
)
from app.figures.queries.score import Score
from app.learning.queries import CourseShape
from app.people.models import EmploymentType

FactT = TypeVar("FactT", bound=Recorded)

EMPLOYMENT = {
    EmploymentType.EMPLOYEE: "employees",
    EmploymentType.AGENCY: "agency workers",
    EmploymentType.CONTRACTED: "contracted workers",
    EmploymentType.PARTNER: "partners",
    EmploymentType.PANEL_MEMBER: "foster panel members",
}


# --- In force ------------------------------------------------------------------------------------------


def target_rules(target_ids: Collection[int], known_at: datetime | None = None) -> dict[int, TargetRule]:
    """The rule in force of each target, by the target's id."""
    found = in_force(_rules_of(target_ids), lambda rule: rule.target_id, known_at)
    return {key: rules[-1] for key, rules in found.items() if rules}


def population_rules(
    population_ids: Collection[int], known_at: datetime | None = None
) -> dict[int, PopulationRule]:
    """The rule in force of each population, by the population's id."""
    found = in_force(_population_rules_of(population_ids), lambda rule: rule.population_id, known_at)
    return {key: rules[-1] for key, rules in found.items() if rules}


@dataclass(frozen=True)
class RuleFacts:
    """Every rule that some targets, their populations and their cohorts ever had."""

    rules: Sequence[TargetRule]
    populations: Sequence[PopulationRule]
    requirements: Sequence[CohortRequirement]
    sizes: Sequence[StatedSize] = ()

    def stated_size(self, cohort_id: int, known_at: datetime | None) -> StatedSize | None:
        """How many a document said at an instant that a cohort has; before it was entered, the first."""
        own = [one for one in self.sizes if one.cohort_id == cohort_id]
        return next(iter(in_force(own, lambda one: one.cohort_id, known_at).get(cohort_id, [])), None)

    def as_known(
        self, known_at: datetime | None
    ) -> tuple[
        dict[int, list[TargetRule]], dict[int, list[PopulationRule]], dict[int, list[CohortRequirement]]
    ]:
        """Those in force, by the id of the target, the population and the cohort."""
        return (
            in_force(self.rules, lambda rule: rule.target_id, known_at),
            in_force(self.populations, lambda rule: rule.population_id, known_at),
            in_force(self.requirements, lambda requirement: requirement.cohort_id, known_at),
        )


def rule_facts(targets: Iterable[Target]) -> RuleFacts:
    targets = list(targets)
    return RuleFacts(
        _rules_of({one.id for one in targets}),
        _population_rules_of({one.population_id for one in targets if one.population_id}),
        *_facts_of_cohorts({one.cohort_id for one in targets if one.cohort_id}),
    )


def _facts_of_cohorts(
    cohort_ids: Collection[int],
) -> tuple[Sequence[CohortRequirement], Sequence[StatedSize]]:
    """What was ever required in cohorts, and ever stated of their numbers: both are little, so that each of
    the one beside each of the other costs less than another statement."""
    if not cohort_ids:
        return [], []
    statement = (
        select(CohortRequirement, StatedSize)
        .select_from(Cohort)
        .outerjoin(CohortRequirement, CohortRequirement.cohort_id == Cohort.id)
        .outerjoin(StatedSize, StatedSize.cohort_id == Cohort.id)
        .where(Cohort.id.in_(sorted(cohort_ids)))
        .order_by(CohortRequirement.recorded_at, CohortRequirement.id, StatedSize.recorded_at)
    )
    rows = db.session.execute(statement).unique().all()
    requirements = dict.fromkeys(one for one, _size in rows if one is not None)
    return list(requirements), list(dict.fromkeys(one for _required, one in rows if one is not None))


def _rules_of(target_ids: Collection[int]) -> Sequence[TargetRule]:
    return _facts(TargetRule, TargetRule.target_id, target_ids)


def _population_rules_of(population_ids: Collection[int]) -> Sequence[PopulationRule]:
    items = joinedload(PopulationRule.items)
    return _facts(PopulationRule, PopulationRule.population_id, population_ids, items)


def _facts(
    model: type[FactT],
    column: InstrumentedAttribute[int],
    ids: Collection[int],
    *options: ExecutableOption,
) -> Sequence[FactT]:
    """Whatever was ever recorded, as it is little."""
    if not ids:
        return []
    statement = select(model).where(column.in_(sorted(ids))).order_by(model.recorded_at).options(*options)
    return db.session.scalars(statement).unique().all()


def in_force(
    facts: Iterable[FactT], key: Callable[[FactT], int], known_at: datetime | None
) -> dict[int, list[FactT]]:
    """Of each key's facts those known at `known_at`; where none was known yet, those recorded first.

    A target set up in 2026 over people of 2021 has one rule, and "as known in 2022" is asked under it.
    """
    of_key: dict[int, list[FactT]] = defaultdict(list)
    for fact in facts:
        of_key[key(fact)].append(fact)
    return {one: _known_or_first(rules, known_at) for one, rules in of_key.items()}


def _known_or_first(facts: list[FactT], known_at: datetime | None) -> list[FactT]:
    if known_at is None:
        return [fact for fact in facts if fact.superseded_at is None]
    known = [
        fact
        for fact in facts
        if fact.recorded_at <= known_at and (fact.superseded_at is None or fact.superseded_at > known_at)
    ]
    if known or any(fact.recorded_at <= known_at for fact in facts):
        return known
    first = min(fact.recorded_at for fact in facts)
    return [fact for fact in facts if fact.recorded_at == first]


# --- In words ------------------------------------------------------------------------------------------


def population_in_words(rule: PopulationRule) -> str:
    """A population's rule as a sentence: "Employees in post whose role group is Social Worker or ..."."""
    kinds = [EMPLOYMENT[item.employment_type] for item in rule.items if item.employment_type]
    words = f"{_either(kinds).capitalize() if kinds else 'Everybody'} in post"
    for text, names in (
        ("whose role group is", [item.role_group.name for item in rule.items if item.role_group]),
        ("in the service", [item.service.name for item in rule.items if item.service]),
        ("in the team", [_team_name(item) for item in rule.items if item.team]),
        ("from the sector", [item.sector.name for item in rule.items if item.sector]),
        ("at the career stage", [item.career_stage for item in rule.items if item.career_stage]),
    ):
        if names:
            words += f", {text} {_either(names)}"
    words += _started_in_words(rule)
    return words.replace("in post,", "in post", 1)


def _started_in_words(rule: PopulationRule) -> str:
    first, last = rule.started_from, rule.started_to
    if first and last:
        return f", whose employment began from {day(first)} to {day(last)}"
    if first:
        return f", whose employment began on or after {day(first)}"
    return f", whose employment began on or before {day(last)}" if last else ""


def requirements_in_words(requirements: Sequence[CohortRequirement]) -> str:
    """What each cause requires: "untrained: Signs of Safety 2-day; needs upskilling: ..."."""
    courses: dict[str, list[str]] = defaultdict(list)
    for requirement in requirements:
        courses[requirement.cause].append(requirement.course.title)
    return "; ".join(f"{cause}: {' and '.join(titles)}" for cause, titles in courses.items())


def threshold_in_words(rule: TargetRule, required: int | None = None) -> str:
    """What a target asks: "at least 80% (88) by 31 March 2022"; of one that states no minimum, none is due
    by its deadline: "no minimum stated (deadline 31 March 2022)"."""
    if not rule.states_minimum:
        return f"no minimum stated{f' (deadline {day(rule.deadline)})' if rule.deadline else ''}"
    if rule.minimum_percent is not None:
        words = f"at least {percent_in_words(rule.minimum_percent)}"
        words += f" ({required:,})" if required is not None else ""
    elif rule.minimum_count is not None:
        words = f"{rule.minimum_count:,} contracted" if rule.unit else f"at least {rule.minimum_count:,}"
    else:
        words = f"a mean of at least {rule.minimum_score:.1f}"
    return f"{words} by {day(rule.deadline)}" if rule.deadline else words


def asked_in_words(rule: TargetRule) -> dict[str, Any]:
    """All that a target asks, by what its form calls it; None where it does not ask that."""
    percent, absence = rule.minimum_percent, rule.planning_absence
    return {
        "Course": rule.course.title if rule.course else None,
        "Minimum percentage": percent_in_words(percent) if percent is not None else None,
        "Minimum number": rule.minimum_count,
        "Unit": rule.unit,
        "Minimum score": f"{rule.minimum_score:.1f}" if rule.minimum_score is not None else None,
        "Amber within": f"{rule.score_margin:.1f}" if rule.score_margin is not None else None,
        "Deadline": rule.deadline,
        "Planning non-attendance": percent_in_words(absence) if absence is not None else None,
    }


def settings_in_words(course: CourseShape) -> dict[str, str]:
    """All that is set of a course by which its completions are worked out, by what its form calls it."""
    window, validity = course.window_months, course.validity_months
    return {
        "Catch-up window": plural(window, "month") if window else "no limit",
        "Minimum share of a session": f"{course.minimum_percent}%",
        "In order": "yes" if course.is_in_order else "no",
        "Validity": plural(validity, "month") if validity else "for ever",
    }


def percent_in_words(percent: Decimal) -> str:
    """A minimum as it was stated: "80%", "82.5%"."""
    return f"{percent.normalize():f}%"


def measure_in_words(target: Target, rule: TargetRule, shapes: Mapping[int, CourseShape]) -> str:
    """What is counted, of whom: "Practitioners in post who have completed Signs of Safety 2-day"."""
    course = rule.course.title if rule.course else None
    shape = shapes.get(rule.course_id or 0)
    completed = f"completed {course}{_or_a_stand_in(shape, shapes)}"
    if target.kind is TargetKind.COVERAGE:
        return f"{_scope_name(target)} who have {completed}{_lately(shape)}"
    if target.kind is TargetKind.COHORT:
        what = completed if course else "completed every course that their cause requires"
        return f"Members of “{_scope_name(target)}” on the day who have {what}"
    if target.kind is TargetKind.DELIVERABLE:
        unit = unit_of(rule)
        return f"{unit[:1].upper()}{unit[1:]} that are ticked to count, were held and had somebody there"
    if target.kind is TargetKind.REACH and target.reach_step:
        who = f"{_scope_name(target)}" if target.population else "People"
        return f"{who} who {_REACHED[target.reach_step]} {course or 'a course of the programme'}, each once"
    if target.kind is TargetKind.SCORE:
        return "Mean of the replies on the scale of 1 to 10, as a document states it"
    return f"People who completed {course} under the programme, whether or not they have since left"


def _or_a_stand_in(shape: CourseShape | None, shapes: Mapping[int, CourseShape]) -> str:
    """After a course: " or Signs of Safety 5-day, which stands in for it"."""
    titles = sorted(shapes[one].title for one in shape.satisfied_by if one in shapes) if shape else []
    if not titles:
        return ""
    return f" or {_either(titles)}, which {'stands' if len(titles) == 1 else 'stand'} in for it"


def _lately(shape: CourseShape | None) -> str:
    """After a course whose completions hold for some months: " in the last 36 months"."""
    months = shape.validity_months if shape else None
    return f" in the last {plural(months, 'month')}" if months else ""


_REACHED = {
    ReachStep.OFFERED: "were invited to, told of or had a booking for",
    ReachStep.INVITED: "were invited to",
    ReachStep.BOOKED: "had a place on",
    ReachStep.ATTENDED: "attended",
}
_REACHED_BY = {
    ReachStep.OFFERED: "offered training by",
    ReachStep.INVITED: "invited by",
    ReachStep.BOOKED: "with a place by",
    ReachStep.ATTENDED: "who attended by",
}


def subject_in_words(target: Target, rule: TargetRule, number: int, score: Score | None) -> str:
    """What a number without a denominator is of, up to its day: "people trained by"."""
    people = "person" if number == 1 else "people"
    if target.kind is TargetKind.DELIVERABLE:
        return f"{unit_of(rule)} delivered by"
    if target.kind is TargetKind.REACH and target.reach_step:
        return f"{people} {_REACHED_BY[target.reach_step]}"
    if target.kind is TargetKind.SCORE:
        return "of 10, as stated by" if score else "stated by"
    return f"{people} trained by"


def unit_of(rule: TargetRule) -> str:
    """What the contract calls one of its sessions, for several: "practice-led training sessions" (I-15)."""
    return rule.unit or "sessions"


def _scope_name(target: Target) -> str:
    scope = target.population or target.cohort
    return scope.name if scope else ""


def _team_name(item: PopulationItem) -> str:
    return f"{item.team.name} ({item.team.service.name})" if item.team else ""


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
