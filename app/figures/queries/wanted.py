"""What is wanted of one person and by when: the courses that targets and cohorts ask of them. (ST-01)"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import joinedload

from app.core.db import db, live
from app.figures.models import Membership, PopulationRule, Target, TargetKind
from app.figures.queries import definitions, scopes
from app.learning.queries import completions
from app.people.models import Spell
from app.programmes.models import Course


@dataclass(frozen=True)
class Wanted:
    """A course that somebody is to complete, by the end of a day if there is one; and when they did."""

    course: Course
    deadline: date | None
    completed_on: date | None


def wanted_of(person_id: int, *, on: date) -> list[Wanted]:
    """What is wanted of a person on a date, the most urgent first; what is complete comes last.

    A course that several targets ask for is wanted by the first deadline that is not over; when all are, by
    the last. A cohort asks for the courses of the cause for which they joined it, with or without a target.
    """
    deadlines: dict[int, list[date | None]] = {}
    for course_id, deadline in [*_of_cohorts(person_id, on), *_of_populations(person_id, on)]:
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


def _of_cohorts(person_id: int, on: date) -> Iterator[tuple[int, date | None]]:
    """The courses that the person's cohorts require, with the deadline of each target of that cohort."""
    memberships = db.session.execute(
        select(Membership.cohort_id, Membership.cause).where(
            Membership.person_id == person_id,
            live(Membership),
            scopes.is_member(on),
            scopes.not_left(Membership.person_id, on),
        )
    ).all()
    if not memberships:
        return
    cohort_ids = {cohort_id for cohort_id, _ in memberships}
    targets = db.session.scalars(select(Target).where(Target.cohort_id.in_(sorted(cohort_ids)))).all()
    rules = definitions.target_rules({target.id for target in targets})
    requirements = definitions.cohort_requirements(cohort_ids)
    for cohort_id, cause in memberships:
        needed = [one.course_id for one in requirements.get(cohort_id, []) if one.cause == cause]
        of_cohort = [rules[target.id] for target in targets if target.cohort_id == cohort_id]
        yield from ((course_id, None) for course_id in needed)
        for rule in of_cohort:
            for course_id in [rule.course_id] if rule.course_id else needed:
                yield course_id, rule.deadline


def _of_populations(person_id: int, on: date) -> Iterator[tuple[int, date | None]]:
    """The courses of the coverage targets whose population the person is in on the date."""
    targets = db.session.scalars(select(Target).where(Target.kind == TargetKind.COVERAGE)).all()
    rules = definitions.target_rules({target.id for target in targets})
    populations = definitions.population_rules(
        {target.population_id for target in targets if target.population_id}
    )
    among = _populations_with(person_id, list(populations.values()), on)
    for target in targets:
        rule = rules[target.id]
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
