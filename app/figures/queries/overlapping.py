"""Which targets tell of some of the same people, so that one breakdown can be taken from another. (BM-05)"""

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
    """The other targets asked for on a day that have a breakdown, and count for the same course some of the
    people whom this one counts, as one of all practitioners and one of those who are no managers.

    Those of the same population or cohort have the same people, and nothing is left between them.
    """
    others = targets(as_at=on).where(
        Target.kind.in_([kind for kind in TargetKind if kind.has_scope]), Target.id != target.id
    )
    plan, *rest = plans_for([target, *db.session.scalars(others)])
    if not plan.has_scope:
        return []
    return [one.target for one in rest if plan.courses & one.courses and _share_people(plan, one, on)]


def _share_people(one: Plan, other: Plan, on: date) -> bool:
    scope = (one.target.population_id, one.target.cohort_id)
    if scope == (other.target.population_id, other.target.cohort_id):
        return False
    shared = intersect(_people(one, on), _people(other, on)).limit(1)
    return db.session.execute(shared).first() is not None


def _people(plan: Plan, on: date) -> Select[Any]:
    if plan.population is not None:
        return scopes.in_post(plan.population, as_at=on)
    assert plan.target.cohort_id is not None
    members = scopes.members(plan.target.cohort_id, as_at=on).subquery()
    return select(members.c.person_id)
