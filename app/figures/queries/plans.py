"""A target with the rules in force for it, and what one row of the counting statement says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.figures.models import CohortRequirement, PopulationRule, Target, TargetKind, TargetRule
from app.figures.queries import definitions
from app.people.models import EmploymentType

HEADLINE = ""  # beside it stand rows of those whom the rule leaves out, by their type of employment
LEFT_OUT = (EmploymentType.AGENCY, EmploymentType.CONTRACTED)
WITH_SCOPE = (TargetKind.COVERAGE, TargetKind.COHORT)
WITH_COMPLETIONS = (*WITH_SCOPE, TargetKind.PEOPLE_TRAINED)


@dataclass(frozen=True)
class Plan:
    """A target with the rules in force for it."""

    target: Target
    rule: TargetRule
    population: PopulationRule | None
    requirements: Sequence[CohortRequirement]

    @property
    def courses(self) -> set[int]:
        """The courses whose completions the figure reads."""
        if self.target.kind not in WITH_COMPLETIONS:
            return set()
        if self.rule.course_id:
            return {self.rule.course_id}
        return {requirement.course_id for requirement in self.requirements}


@dataclass(frozen=True)
class Count:
    """What one row of the statement counts; in scope and away only for those who have a scope."""

    in_scope: int
    done: int
    away: int
    away_done: int
    newcomers: int


def plans_for(targets: Sequence[Target], known_at: datetime | None = None) -> list[Plan]:
    """Each target with the rules that were in force as known at an instant."""
    rules = definitions.target_rules({target.id for target in targets}, known_at)
    populations = definitions.population_rules(
        {target.population_id for target in targets if target.population_id}, known_at
    )
    requirements = definitions.cohort_requirements(
        {target.cohort_id for target in targets if target.cohort_id}, known_at
    )
    return [
        Plan(
            target,
            rules[target.id],
            populations[target.population_id] if target.population_id else None,
            requirements.get(target.cohort_id, []) if target.cohort_id else [],
        )
        for target in targets
    ]
