"""The academy's own colour of a target on a day, if it has one (4.12)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import Select, select

from app.core import clock
from app.core.db import db
from app.figures.models import OVERRIDE_DAYS, ColourOverride, Target


def overrides_on(target_ids: Collection[int], *, on: date) -> dict[int, ColourOverride]:
    """The override that is shown of each target at the end of a day, by the target's id.

    One that was taken back during the day is not shown any more.
    """
    if not target_ids:
        return {}
    statement = (
        select(ColourOverride)
        .where(
            ColourOverride.target_id.in_(sorted(target_ids)),
            ColourOverride.first_day <= on,
            ColourOverride.first_day > on - timedelta(days=OVERRIDE_DAYS),
        )
        .order_by(ColourOverride.made_at, ColourOverride.id)
    )
    return {one.target_id: one for one in db.session.scalars(statement) if _is_shown(one, on)}


def _is_shown(override: ColourOverride, on: date) -> bool:
    is_over = override.ended_at is not None and clock.london(override.ended_at).date() <= on
    return override.last_day >= on and not is_over


def override(target: Target, override_id: int) -> Select[tuple[ColourOverride]]:
    """One override of a target."""
    return select(ColourOverride).where(
        ColourOverride.id == override_id, ColourOverride.target_id == target.id
    )
