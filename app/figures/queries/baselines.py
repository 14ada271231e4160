"""How a cohort changed since it was first listed: who joined and who left since (U-12)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, case, func, select

from app.core.db import db, live
from app.figures.models import Membership
from app.figures.queries import scopes


@dataclass(frozen=True)
class Listed:
    """The day on which a cohort was first listed, how many then, how many joined and left since."""

    on: date
    members: int
    joined: int
    left: int


def listed(
    cohort_ids: Collection[int], *, as_at: date, known_at: datetime | None = None
) -> dict[int, Listed]:
    """Of each cohort how its list changed up to a date, by the cohort’s id."""
    if not cohort_ids:
        return {}
    known = live(Membership, known_at)
    first = (
        select(Membership.cohort_id, func.min(Membership.joined_on).label("day"))
        .where(known, Membership.cohort_id.in_(sorted(cohort_ids)), Membership.joined_on <= as_at)
        .group_by(Membership.cohort_id)
        .subquery()
    )
    was_first = Membership.joined_on == first.c.day
    is_in = and_(scopes.is_member(as_at), scopes.not_left(Membership.person_id, as_at, known_at))
    statement = (
        select(
            Membership.cohort_id,
            first.c.day,
            func.sum(case((was_first, 1), else_=0)),
            func.sum(case((was_first, 0), else_=1)),
            func.sum(case((is_in, 0), else_=1)),
        )
        .join(first, first.c.cohort_id == Membership.cohort_id)
        .where(known, Membership.joined_on <= as_at)
        .group_by(Membership.cohort_id, first.c.day)
    )
    return {row[0]: Listed(*row[1:]) for row in db.session.execute(statement)}
