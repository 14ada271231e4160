"""Which targets are still asked for on a day, as known at an instant, and how the others ended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, select

from app.core.db import db, live
from app.figures.models import Target, TargetEnd


def had_ended(on: date, known_at: datetime | None = None) -> ColumnElement[bool]:
    """Whether a target’s last day was over on a day: one whose last day is 3 March had ended on 4 March."""
    return exists().where(
        TargetEnd.target_id == Target.id, live(TargetEnd, known_at), TargetEnd.last_day < on
    )


def ends_of(target_ids: Collection[int], known_at: datetime | None = None) -> dict[int, TargetEnd]:
    """The end of each of these targets that has one, which may be still to come, by the target's id."""
    if not target_ids:
        return {}
    found = select(TargetEnd).where(TargetEnd.target_id.in_(sorted(target_ids)), live(TargetEnd, known_at))
    return {one.target_id: one for one in db.session.scalars(found)}


def end_of(target: Target) -> TargetEnd | None:
    """The end of a target as known now, if it has one."""
    return ends_of([target.id]).get(target.id)
