"""What is wanted of one person and by when: the courses that targets and cohorts ask of them. (ST-01)"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import literal, or_, select, union_all
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.figures.models import Membership, PopulationRule, Target, TargetKind, TargetRule
from app.figures.queries import definitions, scopes
from app.figures.queries.ending import had_ended
from app.learning.queries import completions
from app.people.models import Spell
from app.programmes.models import Course

ByRule = tuple[Target, TargetRule]  # a target with the rule in force for it


@dataclass(frozen=True)
class Wanted:
    """A course that somebody is to complete, by the end of a day if there is one; and when they did."""

    course: Course
    deadline: date | None
    completed_on: date | None


def wanted_of(person_id: int, *, on: date) -> list[Wanted]:
    """What is wanted of a person on a date, the most urgent first; what is complete comes last.

    A course that several targets ask for is wanted by the first deadline that is not over; when all are, by
    the last. A cohort asks for the courses of the cause for which they joined it, with or without a target;
    a target that has ended asks for nothing.
    """
    memberships = _memberships(person_id, on)
    asked = or_(
        Target.kind == TargetKind.COVERAGE, Target.cohort_id.in_(sorted({one for one, _ in memberships}))
    )
    targets = db.session.scalars(select(Target).where(asked, ~had_ended(on))).all()
    rules = definitions.target_rules({target.id for target in targets})
    by_rule = [(target, rules[target.id]) for target in targets]
    deadlines: dict[int, list[date | None]] = {}
    for course_id, deadline in [*_of_cohorts(memberships, by_rule), *_of_populations(person_id, by_rule, on)]:
        deadlines.setdefault(course_id, []).append(deadline)
    found = completions(sorted(deadlines), as_at=on, person_id=person_id)
    completed = {course_id: done for _, course_id, done in db.session.execute(found)} if deadlines else {}
    courses = select(Course).where(Course.id.in_(sorted(deadlines))).options(joinedload(Course.programme))
    wanted = [
        Wanted(course, _the_one(deadlines[course.id], on), completed.get(course.id))
        for course in db.session.scalars(courses)
    ]
    return sorted(
        wanted, key=lambda one: (one.completed_on is not None, one.deadline or date.max, one.course.title)
    )


def _the_one(deadlines: Sequence[date | None], on: date) -> date | None:
    stated = sorted(one for one in deadlines if one is not None)
    return next((one for one in stated if one >= on), stated[-1] if stated else None)


def _memberships(person_id: int, on: date) -> Sequence[tuple[int, str]]:
    """The cohorts in which the person is on the date, each with the cause for which they joined."""
    statement = select(Membership.cohort_id, Membership.cause).where(
        Membership.person_id == person_id, scopes.is_counted(on)
    )
    return list(db.session.execute(statement).tuples())


def _of_cohorts(
    memberships: Sequence[tuple[int, str]], by_rule: Sequence[ByRule]
) -> Iterator[tuple[int, date | None]]:
    """The courses that the person's cohorts require, with the deadline of each target of that cohort."""
    requirements = definitions.cohort_requirements({cohort_id for cohort_id, _ in memberships})
    for cohort_id, cause in memberships:
        needed = [one.course_id for one in requirements.get(cohort_id, []) if one.cause == cause]
        yield from ((course_id, None) for course_id in needed)
        for target, rule in by_rule:
            if target.cohort_id == cohort_id:
                for course_id in [rule.course_id] if rule.course_id else needed:
                    yield course_id, rule.deadline


def _of_populations(person_id: int, by_rule: Sequence[ByRule], on: date) -> Iterator[tuple[int, date | None]]:
    """The courses of the coverage targets whose population the person is in on the date."""
    populations = definitions.population_rules(
        {target.population_id for target, _ in by_rule if target.population_id}
    )
    among = _populations_with(person_id, list(populations.values()), on)
    for target, rule in by_rule:
        if target.population_id in among and rule.course_id:
            yield rule.course_id, rule.deadline


def _populations_with(person_id: int, rules: Sequence[PopulationRule], on: date) -> set[int]:
    """Which of these populations a person is in, in one statement."""
    if not rules:
        return set()
    asked = [
        scopes.in_post(rule, as_at=on)
        .where(Spell.person_id == person_id)
        .with_only_columns(literal(rule.population_id))
        for rule in rules
    ]
    return set(db.session.scalars(union_all(*asked)))
