"""People asked to complete a course that is not for them: a target may count more people than can book."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, exists, false, literal, or_, select, true

from app.core.db import db, live, rows_in_one
from app.figures.queries import scopes
from app.figures.queries.counts import people_done
from app.figures.queries.plans import Plan
from app.figures.queries.prospects import Moment
from app.figures.queries.sources import Sources
from app.people.models import Spell
from app.people.queries import covers
from app.programmes import queries as programmes
from app.programmes.models import Course


def outside_audience(
    plan: Plan, courses: Sequence[Course], person_id: Any, moment: Moment
) -> ColumnElement[bool]:
    """Whether one of these courses is wanted of somebody and is not for them, by their post on the day.

    Of a course for Team Managers a population of Team Managers and Social Workers leaves out the latter. An
    audience is as it is set now.
    """
    parts = [
        _is_wanted(plan, course, person_id, moment) & ~_is_for(course, person_id, moment)
        for course in courses
    ]
    return or_(false(), *parts)


def limited_courses(plans: Sequence[Plan]) -> dict[int, list[Course]]:
    """By each target's id, the courses that it asks for and that are for some alone. One statement for all of
    them, or none."""
    asked = {
        plan.target.id: [course.id for course in plan.asked_for if _is_for_some(plan, course.id)]
        for plan in plans
    }
    ids = sorted({one for of_target in asked.values() for one in of_target})
    found = db.session.scalars(programmes.with_audience(ids)).unique() if ids else ()
    courses = {one.id: one for one in found}
    return {target_id: [courses[one] for one in of_target] for target_id, of_target in asked.items()}


def _is_for_some(plan: Plan, course_id: int) -> bool:
    return course_id in plan.shapes and plan.shapes[course_id].is_for_some


def shut_out(plans: Sequence[Plan], sources: Sources) -> Mapping[int, frozenset[int]]:
    """Of each target those who are neither complete nor booked and whom no place of it is for, by its id: of
    those that have any. A course for which one for everybody stands in shuts nobody out. One statement for
    all of them, besides one for the audiences."""
    scoped = [plan for plan in plans if plan.has_scope]
    limited = limited_courses(scoped)
    parts = []
    for plan in scoped:
        closed = [course for course in limited[plan.target.id] if not plan.stand_ins(course.id)]
        if closed:
            parts.append(_shut_out_of(plan, closed, sources))
    found: dict[int, set[int]] = defaultdict(set)
    for target_id, person_id in rows_in_one(parts).tuples() if parts else ():
        found[target_id].add(person_id)
    return {target_id: frozenset(people) for target_id, people in found.items()}


def _shut_out_of(plan: Plan, limited: Sequence[Course], sources: Sources) -> Select[tuple[int, int]]:
    people = people_done(plan, sources).subquery()
    is_outside = outside_audience(plan, limited, people.c.person_id, sources.moment)
    return select(literal(plan.target.id, Integer), people.c.person_id).where(
        people.c.done == 0, people.c.booked == 0, is_outside
    )


def _is_for(course: Course, person_id: Any, moment: Moment) -> ColumnElement[bool]:
    return exists().where(
        Spell.person_id == person_id,
        live(Spell, moment.known_at),
        covers(Spell, moment.as_at),
        programmes.is_audience(course, moment.as_at, moment.known_at),
    )


def _is_wanted(plan: Plan, course: Course, person_id: Any, moment: Moment) -> ColumnElement[bool]:
    """Of a cohort, whether the cause for which somebody joined requires the course."""
    if plan.rule.course_id:
        return true()
    cohort_id = plan.target.cohort_id
    return scopes.is_required(cohort_id, person_id, course.id, moment.as_at, moment.known_at)
