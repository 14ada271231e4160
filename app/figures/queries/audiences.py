"""Who is asked to complete a course that is not for them: a target may count more people than can book."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, false, or_, true

from app.core.db import db, live
from app.figures.models import Membership
from app.figures.queries import scopes
from app.figures.queries.plans import Plan
from app.figures.queries.prospects import Moment
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


def limited_courses(plan: Plan) -> list[Course]:
    """The courses that a target asks for and that are for some alone."""
    asked = programmes.with_audience([course.id for course in plan.asked_for])
    return [one for one in db.session.scalars(asked).unique() if programmes.has_audience(one)]


def _is_for(course: Course, person_id: Any, moment: Moment) -> ColumnElement[bool]:
    return exists().where(
        Spell.person_id == person_id,
        live(Spell, moment.known_at),
        covers(Spell, moment.as_at),
        programmes.is_audience(course),
    )


def _is_wanted(plan: Plan, course: Course, person_id: Any, moment: Moment) -> ColumnElement[bool]:
    """Of a cohort, whether the cause for which somebody joined requires the course."""
    if plan.rule.course_id:
        return true()
    causes = {one.cause for one in plan.requirements if one.course_id == course.id}
    return exists().where(
        Membership.person_id == person_id,
        Membership.cohort_id == plan.target.cohort_id,
        live(Membership, moment.known_at),
        scopes.is_member(moment.as_at),
        Membership.cause.in_(sorted(causes)),
    )
