"""Which parts of a target's rule are another than they were, so that no change of it is told as a record of
somebody. (BM-04)"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from app.core.filters import listed
from app.figures.models import PublishedFigure
from app.figures.queries.definitions import population_in_words
from app.figures.queries.plans import Plan
from app.learning.queries import CourseShape


class RulePart(StrEnum):
    """One part of a target's rule; each but what it asks decides who is counted, and who as complete."""

    ASKED = "asked"
    COURSE = "course"
    POPULATION = "population"
    REQUIREMENTS = "requirements"
    SETTINGS = "settings"
    STAND_INS = "stand-ins"
    DAYS = "days"

    @property
    def label(self) -> str:
        return {
            "asked": "what the target asks",
            "course": "which course it counts",
            "population": "who is in its population",
            "requirements": "what its cohort requires",
            "settings": "the settings of its courses",
            "stand-ins": "which courses stand in for its courses",
            "days": "which days of one version of a course count for another",
        }[self]


Parts = Sequence[RulePart]


def counts_otherwise(changed: Parts) -> bool:
    """Whether by these changes others may be counted, or counted as complete."""
    return any(part is not RulePart.ASKED for part in changed)


def changed_in_words(changed: Parts) -> str:
    """ "The rule changed after publication: who is in its population. The restated figure is by the rule as
    known now." """
    what = listed([part.label for part in changed])
    return f"The rule changed after publication: {what}. The restated figure is by the rule as known now."


def changed_since(published: PublishedFigure, plan: Plan) -> tuple[RulePart, ...]:
    """The parts of its rule that are another in this plan of its target than when it was published."""
    return changed_parts(plan.as_known(published.known_at), plan)


def version_in_words(published: PublishedFigure, plan: Plan) -> str:
    """Which version of each part of its rule a figure was published by: "1, its population’s 2".

    Each is counted from 1, and nothing of it is overwritten: what was recorded by then tells it.
    """
    target, known_at, parts = plan.target, published.known_at, [str(published.rule_number)]
    facts = plan.history.of_rules if plan.history else None
    if facts and target.population_id:
        changed = {one.recorded_at for one in facts.populations if one.population_id == target.population_id}
        parts.append(f"its population’s {_number(changed, known_at)}")
    if facts and target.cohort_id and not plan.rule.course_id:
        required = [one for one in facts.requirements if one.cohort_id == target.cohort_id]
        changed = {one.recorded_at for one in required}
        changed |= {one.superseded_at for one in required if one.superseded_at}
        parts.append(f"its cohort’s requirements’ {_number(changed, known_at)}")
    return ", ".join(parts)


def _number(changed: set[datetime], known_at: datetime) -> int:
    """How many of these versions there were by then; one that was known only later held before it, too."""
    return max(1, sum(at <= known_at for at in changed))


def changed_parts(then: Plan, now: Plan) -> tuple[RulePart, ...]:
    """The parts of a target's rule that differ between two instants as of which it is known.

    The 5-day course stands in for the 2-day from 20 November on: as known on the 19th 117 of 270 have
    completed the 2-day, as known on the 21st 257, and nothing of anybody was recorded late.
    """
    return tuple(dict.fromkeys(_changed(then, now)))


def _changed(then: Plan, now: Plan) -> Iterator[RulePart]:
    if then.rule.number != now.rule.number:
        yield RulePart.ASKED if then.rule.course_id == now.rule.course_id else RulePart.COURSE
    if _population(then) != _population(now):
        yield RulePart.POPULATION
    if not now.rule.course_id and _required(then) != _required(now):
        yield RulePart.REQUIREMENTS
    yield from _changed_of_courses(then, now)


def _changed_of_courses(then: Plan, now: Plan) -> Iterator[RulePart]:
    for before, after in courses_of_both(then, now):
        if before.settings != after.settings:
            yield RulePart.SETTINGS
        if before.satisfied_by != after.satisfied_by and not now.is_flow:
            yield RulePart.STAND_INS
        if before.versions != after.versions:
            yield RulePart.DAYS


def courses_of_both(then: Plan, now: Plan) -> list[tuple[CourseShape, CourseShape]]:
    """Each course that a target reads at both instants, as completion read it and reads it now."""
    both = sorted(_courses(then) & _courses(now))
    return [(then.shapes[course], now.shapes[course]) for course in both]


def _courses(plan: Plan) -> set[int]:
    """The courses that it reads, with those that stand in for them."""
    own = plan.courses & plan.shapes.keys()
    return own | {other for course in own for other in plan.shapes[course].satisfied_by & plan.shapes.keys()}


def _population(plan: Plan) -> str:
    return population_in_words(plan.population) if plan.population else ""


def _required(plan: Plan) -> set[tuple[str, int]]:
    return {(one.cause, one.course_id) for one in plan.requirements}
