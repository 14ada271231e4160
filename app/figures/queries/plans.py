"""Which rules a figure is computed by: a target with what is in force for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from app.figures.models import CohortRequirement, PopulationRule, StatedSize, Target, TargetKind, TargetRule
from app.figures.queries import definitions
from app.figures.queries.arithmetic import required_number
from app.learning.queries import CourseFacts, CourseShape, course_facts
from app.people.models import EmploymentType
from app.programmes.models import USUAL_CAPACITY, Course

LEFT_OUT = (EmploymentType.AGENCY, EmploymentType.CONTRACTED)


class Whoever(Enum):
    """People who could take a place, when it is not for partners of some sectors alone."""

    ANYBODY = "anybody"
    STAFF = "staff"


# Partners of these sectors; of any, when there are none.
Takers = Whoever | frozenset[int]


@dataclass(frozen=True)
class Plan:
    """A target with the rules in force for it: whatever is read of it is read by these.

    `shapes` are its courses as completion reads them, and may be those of the targets that were asked for
    with it, too. `history` is all that was ever recorded of these rules.
    """

    target: Target
    rule: TargetRule
    population: PopulationRule | None
    requirements: Sequence[CohortRequirement]
    shapes: Mapping[int, CourseShape] = field(default_factory=dict)
    history: History | None = field(default=None, repr=False, compare=False)
    members_from: frozenset[int] | None = None  # the sectors of a cohort of partners, if that was asked for

    def as_known(self, known_at: datetime | None) -> Plan:
        """The same target with the rules in force as known at another instant, to compare them: of a course
        that it counted then, and not now, nothing is known. No statement."""
        return self.history.plan(self.target, known_at) if self.history else self

    def stated_size(self, known_at: datetime | None) -> StatedSize | None:
        """How many a document said at an instant that its cohort has."""
        if self.history is None or self.target.cohort_id is None:
            return None
        return self.history.of_rules.stated_size(self.target.cohort_id, known_at)

    @property
    def is_flow(self) -> bool:
        """Whether people count who were trained, wherever they are now; a stock counts who is there."""
        return self.target.kind is TargetKind.PEOPLE_TRAINED

    @property
    def has_scope(self) -> bool:
        """Whether it is a share of the people in a population or a cohort, who are its denominator."""
        return self.target.kind.has_scope

    @property
    def asks_a_share(self) -> bool:
        """Whether so many of its denominator are asked for, so that it has a colour."""
        is_asked = self.rule.minimum_percent is not None or self.rule.minimum_count is not None
        return self.has_scope and is_asked

    @property
    def left_out(self) -> list[EmploymentType]:
        """The workers in the same roles whom a rule for employees leaves out: a line of their own (4.6)."""
        if not self.has_scope or self.population is None:
            return []
        types = {item.employment_type for item in self.population.items if item.employment_type}
        return [one for one in LEFT_OUT if EmploymentType.EMPLOYEE in types and one not in types]

    @property
    def courses(self) -> set[int]:
        """The courses whose completions the figure reads."""
        if not self.target.kind.counts_people:
            return set()
        if self.rule.course_id:
            return {self.rule.course_id}
        return {requirement.course_id for requirement in self.requirements}

    @property
    def needs_differ(self) -> bool:
        """Whether each member of its cohort may need something else, by the cause for which they joined."""
        return self.has_scope and self.population is None and not self.rule.course_id

    @property
    def takers(self) -> Takers:
        """People who could take a place for it: anybody, where it counts whoever is trained or reached; else
        staff, or partners of the sectors of its population or of its cohort’s members."""
        if self.members_from is not None:
            return self.members_from
        if self.population is None and not self.has_scope:
            return Whoever.ANYBODY
        items = self.population.items if self.population is not None else []
        sectors = frozenset(item.sector_id for item in items if item.sector_id is not None)
        kinds = {item.employment_type for item in items if item.employment_type is not None}
        return sectors if sectors or kinds == {EmploymentType.PARTNER} else Whoever.STAFF

    def stand_ins(self, course: int) -> set[int]:
        """The other courses for everybody by which its people could complete this one; none of people
        trained, of whom marks alone count. One that the target asks for by itself has its own places."""
        if self.is_flow or course not in self.shapes:
            return set()
        others = self.shapes[course].satisfied_by - self.courses
        return {other for other in others if other in self.shapes and not self.shapes[other].is_for_some}

    @property
    def courses_served(self) -> set[int]:
        """The courses whose free places its people could take."""
        return self.courses | {other for course in self.courses for other in self.stand_ins(course)}

    @property
    def asked_for(self) -> tuple[Course, ...]:
        """The courses that it asks for, by title: one or, of a cohort, those that its causes require."""
        asked = {self.rule.course, *(one.course for one in self.requirements if not self.rule.course)}
        return tuple(sorted((one for one in asked if one), key=lambda course: course.title))

    @property
    def usual_capacity(self) -> int:
        """How many places a run of its courses usually has: of the smallest, where there are several."""
        return min((course.default_capacity for course in self.asked_for), default=USUAL_CAPACITY)


def plans_for(targets: Sequence[Target], known_at: datetime | None = None) -> list[Plan]:
    """Each target with the rules that were in force as known at an instant."""
    history = History(definitions.rule_facts(targets))
    plans = [history.plan(target, known_at) for target in targets]
    courses = {course for plan in plans for course in plan.courses}
    if courses:
        history = replace(history, of_courses=course_facts(courses))
        shapes = history.of_courses.shapes(known_at)
        plans = [replace(plan, shapes=shapes) for plan in plans]
    return [replace(plan, history=history) for plan in plans]


@dataclass(frozen=True)
class History:
    """All that was ever recorded of the rules of some targets, and of their courses."""

    of_rules: definitions.RuleFacts
    of_courses: CourseFacts = field(default_factory=CourseFacts)

    def plan(self, target: Target, known_at: datetime | None) -> Plan:
        """A target with the rules in force as known at an instant, and what is known of its courses."""
        rules, populations, requirements = self.of_rules.as_known(known_at)
        return Plan(
            target,
            rules[target.id][-1],
            populations[target.population_id][-1] if target.population_id else None,
            requirements.get(target.cohort_id, []) if target.cohort_id else [],
            self.of_courses.shapes(known_at),
            self,
        )


def shapes_in(plans: Sequence[Plan]) -> dict[int, CourseShape]:
    """The courses of all these targets, as completion reads them."""
    return {course: shape for plan in plans for course, shape in plan.shapes.items()}


def required_of(rule: TargetRule, people: int | None) -> int | None:
    """How many a rule asks for: a share of so many people, if they are counted, or a number; or nothing, as
    it does of nobody."""
    if people == 0:
        return None
    if rule.minimum_percent is not None and people is not None:
        return required_number(rule.minimum_percent, people)
    return rule.minimum_count
