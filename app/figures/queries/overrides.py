"""The academy's own colour of a target on a day, if it has one (4.12)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Select, select

from app.core import clock
from app.core.db import db
from app.figures.models import ColourOverride, PublishedFigure, Target


def overrides_on(
    target_ids: Collection[int], *, on: date, known_at: datetime | None = None
) -> dict[int, ColourOverride]:
    """The override that is shown of each target at the end of a day, by the target's id.

    One that was taken back during the day is not shown any more. As known at an instant, one that was given
    later is not shown, and one that was taken back later still is (4.4).
    """
    return {one.target_id: one for one in _overrides_of(target_ids) if _is_shown(one, on, known_at)}


def overrides_published(figures: Collection[PublishedFigure]) -> dict[int, ColourOverride]:
    """The same beside each published figure, by the figure's id: on its day, as known when it was
    published."""
    return {
        one.id: own for one in figures for own in one.overrides if _is_shown(own, one.as_at, one.known_at)
    }


def _overrides_of(target_ids: Collection[int]) -> Sequence[ColourOverride]:
    """Every override of these targets, the latest last."""
    if not target_ids:
        return []
    statement = select(ColourOverride).where(ColourOverride.target_id.in_(sorted(target_ids)))
    return db.session.scalars(statement.order_by(ColourOverride.made_at, ColourOverride.id)).all()


def _is_shown(override: ColourOverride, on: date, known_at: datetime | None) -> bool:
    if known_at is not None and override.made_at > known_at:
        return False
    ended_at = override.ended_at
    is_known = ended_at is not None and (known_at is None or ended_at <= known_at)
    is_over = is_known and ended_at is not None and clock.day_of(ended_at) <= on
    return override.first_day <= on <= override.last_day and not is_over


def override(target: Target, override_id: int) -> Select[tuple[ColourOverride]]:
    """One override of a target."""
    return select(ColourOverride).where(
        ColourOverride.id == override_id, ColourOverride.target_id == target.id
    )
