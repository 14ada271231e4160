"""Which targets tell of some of the same people, so that one table can be taken from another. (BM-05)"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, intersect, select

from app.core.db import db
from app.figures.models import Target, TargetKind
from app.figures.queries import scopes
from app.figures.queries.lists import targets
from app.figures.queries.plans import Plan, plans_for


def overlapping_targets(target: Target, *, on: date) -> list[Target]:
    """The other targets asked for on a day whose tables tell of some of the people of whom this one's do, as
    one of all practitioners and one of those who are no managers.

    How many people are in a group is the same for every course. Of reach it is not: those of the same course
    are compared, or one of every course of the programme with any other of it. Targets of the same
    population or cohort have the same people, and nothing is left between them.
    """
    plan, *rest = plans_for([target, *db.session.scalars(targets(as_at=on).where(Target.id != target.id))])
    return [one.target for one in rest if _are_compared(plan, one) and _share_people(plan, one, on)]


def _are_compared(one: Plan, other: Plan) -> bool:
    """Whether both have a breakdown, or count the same steps of reach."""
    if not one.target.kind is other.target.kind is TargetKind.REACH:
        return one.has_scope and other.has_scope
    courses = {one.rule.course_id, other.rule.course_id}
    if None in courses:
        return one.target.programme_id == other.target.programme_id
    return len(courses) == 1


def _share_people(one: Plan, other: Plan, on: date) -> bool:
    scope = (one.target.population_id, one.target.cohort_id)
    if scope == (other.target.population_id, other.target.cohort_id):
        return False
    people = [found for plan in (one, other) if (found := _people(plan, on)) is not None]
    shared = (intersect(*people) if len(people) > 1 else people[0]).limit(1)
    return db.session.execute(shared).first() is not None


def _people(plan: Plan, on: date) -> Select[Any] | None:
    """Those of whom a target tells; None for everybody, whom a target for reach may count."""
    if plan.population is not None:
        return scopes.in_post(plan.population, as_at=on)
    if plan.target.cohort_id is None:
        return None
    members = scopes.members(plan.target.cohort_id, as_at=on).subquery()
    return select(members.c.person_id)
