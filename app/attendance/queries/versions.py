"""What a new version of a course would mean for the people who are in the middle of the old one. (U-22)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.core.db import db, live
from app.learning.models import Mark
from app.learning.queries import VersionShape, completions, would_complete
from app.programmes import queries as programmes
from app.programmes.models import Course

_NOT_THERE_YET = 0


@dataclass(frozen=True)
class Consequence:
    """How many are part-way through the version that is, how many of them stand at each number of its days,
    and how many would be complete at once."""

    part_way: int
    by_days: dict[int, int]
    at_once: int


def consequence_of(course: Course, counts: Mapping[int, int], *, size: int, as_at: date) -> Consequence:
    """What becomes of people, when the days of `counts` count for a new version of `size` days."""
    before = course.latest_version
    done = completions([course.id], as_at=as_at).subquery()
    days = (
        select(Mark.person_id, func.count(Mark.component.distinct()).label("days"))
        .where(
            Mark.version_id == before.id,
            Mark.counts,
            live(Mark),
            Mark.held_on <= as_at,
            Mark.person_id.not_in(select(done.c.person_id)),
        )
        .group_by(Mark.person_id)
        .subquery()
    )
    rows = db.session.execute(select(days.c.days, func.count()).group_by(days.c.days).order_by(days.c.days))
    by_days = {number: people for number, people in rows}  # noqa: C416 - a Row is no pair to mypy
    return Consequence(sum(by_days.values()), by_days, _at_once(course, counts, size, as_at))


def _at_once(course: Course, counts: Mapping[int, int], size: int, as_at: date) -> int:
    """Who would be complete without another day: nobody while a new day has no old one that counts."""
    if any(number not in counts for number in range(1, size + 1)):
        return 0
    before, sources = course.latest_version, []
    for number in range(1, size + 1):
        old = before.components[counts[number] - 1]
        earlier = db.session.scalars(programmes.mappings_to([old.id])).all()
        sources.append(
            (
                (_NOT_THERE_YET, number),
                (before.id, old.number),
                *((one.from_component.version_id, one.from_component.number) for one in earlier),
            )
        )
    is_in_order = programmes.terms_of(course.id).is_in_order
    would = would_complete(
        VersionShape(_NOT_THERE_YET, tuple(sources)), is_in_order=is_in_order, as_at=as_at
    ).subquery()
    done = completions([course.id], as_at=as_at).subquery()
    new = select(func.count()).where(would.c.person_id.not_in(select(done.c.person_id)))
    return db.session.scalar(new) or 0
