"""What is wanted of people and by when: the courses that targets and cohorts ask of them. (ST-01, LM-04)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Integer, Row, Select, literal, or_, select, true, union_all
from sqlalchemy.orm import joinedload

from app.core.db import db, live
from app.figures.models import CohortRequirement, Membership, Target, TargetKind, TargetRule
from app.figures.queries import definitions, scopes
from app.figures.queries.ending import had_ended
from app.learning.queries import standings
from app.people.models import Person, Spell
from app.programmes.models import Course

People = Select[tuple[int]]


@dataclass
class WantedBy:
    """That a course is wanted of somebody: by which days, and whether it must be current.

    A coverage target counts only who is current; for a cohort, whoever ever completed a course has (4.3).
    """

    deadlines: set[date] = field(default_factory=set)
    must_be_current: bool = False

    def deadline(self, on: date) -> date | None:
        """The first deadline that is not over; when all are, the last; None where there is none."""
        return min((one for one in self.deadlines if one >= on), default=max(self.deadlines, default=None))

    def is_fulfilled(self, standing: Any) -> bool:
        """Whether it is done, by a row of `standings`, which is None for who never completed the course."""
        return standing is not None and (standing.is_current or not self.must_be_current)


@dataclass(frozen=True)
class Wanted:
    """A course that somebody is to complete, by the end of a day if there is one; when they first did, and
    whether that is all: one that has run out is wanted once more, unless a cohort alone asks for it."""

    course: Course
    deadline: date | None
    completed_on: date | None
    is_done: bool


def wanted_of(person_id: int, *, on: date) -> list[Wanted]:
    """What is wanted of a person on a date, the most urgent first; what is done comes last."""
    wanted_by = wanted_by_each(select(Person.id).where(Person.id == person_id), on=on)
    if not wanted_by:
        return []
    found = standings(sorted(wanted_by), as_at=on, person_id=person_id)
    stands = {row.course_id: row for row in db.session.execute(found)}
    courses = select(Course).where(Course.id.in_(sorted(wanted_by))).options(joinedload(Course.programme))
    wanted = []
    for course in db.session.scalars(courses):
        asked, standing = wanted_by[course.id][person_id], stands.get(course.id)
        completed_on = standing.completed_on if standing else None
        wanted.append(Wanted(course, asked.deadline(on), completed_on, asked.is_fulfilled(standing)))
    return sorted(wanted, key=lambda one: (one.is_done, one.deadline or date.max, one.course.title))


def wanted_by_each(
    people: People, *, on: date, cohort_id: int | None = None
) -> Mapping[int, Mapping[int, WantedBy]]:
    """What is wanted of these people on a date: by course, and in it by person.

    It is the course of each coverage target whose population they are in; what each cohort that they are in
    requires of the cause for which they joined it, with or without a target; and the course that a target of
    such a cohort names. With `cohort_id` it is what that cohort and its targets ask alone. A target that has
    ended asks for nothing.
    """
    targets, rules = _asking(on, cohort_id)
    of_cohort: dict[int | None, list[TargetRule]] = defaultdict(list)
    for target in targets:
        if target.cohort_id is not None and rules[target.id].course_id is None:
            of_cohort[target.cohort_id].append(rules[target.id])
    lasting = {one.id for one in targets if one.kind is TargetKind.COVERAGE}
    wanted_by: dict[int, dict[int, WantedBy]] = defaultdict(lambda: defaultdict(WantedBy))
    for person_id, course_id, required_by, target_id in _asked(people, targets, rules, on, cohort_id):
        asked = wanted_by[course_id][person_id]
        asking = of_cohort[required_by] if target_id is None else [rules[target_id]]
        asked.deadlines.update(rule.deadline for rule in asking if rule.deadline)
        asked.must_be_current = asked.must_be_current or target_id in lasting
    return wanted_by


def _asking(on: date, cohort_id: int | None) -> tuple[Sequence[Target], Mapping[int, TargetRule]]:
    """The targets that ask a course of people, with the rule in force for each."""
    of_people = or_(Target.kind == TargetKind.COVERAGE, Target.cohort_id.is_not(None))
    asked = of_people if cohort_id is None else Target.cohort_id == cohort_id
    targets = db.session.scalars(select(Target).where(asked, ~had_ended(on))).all()
    return targets, definitions.target_rules({target.id for target in targets})


def _asked(
    people: People,
    targets: Iterable[Target],
    rules: Mapping[int, TargetRule],
    on: date,
    cohort_id: int | None,
) -> Sequence[Row[tuple[int, int, int | None, int | None]]]:
    """Person, course, and the cohort that requires it or the target that names it, in one statement."""
    is_listed = (
        scopes.is_counted(on),
        Membership.person_id.in_(people),
        true() if cohort_id is None else Membership.cohort_id == cohort_id,
    )
    nothing = literal(None, Integer)
    parts: list[Select[Any]] = [
        select(Membership.person_id, CohortRequirement.course_id, Membership.cohort_id, nothing)
        .join(
            CohortRequirement,
            (CohortRequirement.cohort_id == Membership.cohort_id)
            & (CohortRequirement.cause == Membership.cause),
        )
        .where(live(CohortRequirement), *is_listed)
    ]
    populations = definitions.population_rules({one.population_id for one in targets if one.population_id})
    for target in targets:
        course_id, named_by = rules[target.id].course_id, literal(target.id)
        if course_id is None:
            continue
        if target.cohort_id is not None:
            member = select(Membership.person_id, literal(course_id), nothing, named_by)
            parts.append(member.where(Membership.cohort_id == target.cohort_id, *is_listed))
        elif target.population_id is not None:
            scope = scopes.in_post(populations[target.population_id], as_at=on)
            columns = (Spell.person_id, literal(course_id), nothing, named_by)
            parts.append(scope.where(Spell.person_id.in_(people)).with_only_columns(*columns))
    return db.session.execute(union_all(*parts)).all()
