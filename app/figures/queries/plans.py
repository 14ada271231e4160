"""Which rules a figure is computed by: a target with what is in force for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.figures.models import CohortRequirement, PopulationRule, Target, TargetKind, TargetRule
from app.figures.queries import definitions


@dataclass(frozen=True)
class Plan:
    """A target with the rules in force for it."""

    target: Target
    rule: TargetRule
    population: PopulationRule | None
    requirements: Sequence[CohortRequirement]

    @property
    def is_flow(self) -> bool:
        """Whether people count who were trained, wherever they are now; a stock counts who is there."""
        return self.target.kind is TargetKind.PEOPLE_TRAINED

    @property
    def courses(self) -> set[int]:
        """The courses whose completions the figure reads."""
        if self.rule.course_id:
            return {self.rule.course_id}
        return {requirement.course_id for requirement in self.requirements}

    @property
    def usual_capacity(self) -> int:
        """How many places a run of its courses usually has: of the smallest, where there are several."""
        courses = [self.rule.course] if self.rule.course else [one.course for one in self.requirements]
        return min((course.default_capacity for course in courses if course), default=16)


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
