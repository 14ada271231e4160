"""The academy's own colour of a target on a day, if it has one (4.12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select

from app.core import clock
from app.core.db import db
from app.figures.models import OVERRIDE_DAYS, ColourOverride, PublishedFigure, Target


def overrides_on(
    target_ids: Collection[int], *, on: date, known_at: datetime | None = None
) -> dict[int, ColourOverride]:
    """The override that is shown of each target at the end of a day, by the target's id.

    One that was taken back during the day is not shown any more. As known at an instant, one that was given
    later is not shown, and one that was taken back later still is (4.4).
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
    if known_at is not None:
        statement = statement.where(ColourOverride.made_at <= known_at)
    return {one.target_id: one for one in db.session.scalars(statement) if _is_shown(one, on, known_at)}


def overrides_published(figures: Iterable[PublishedFigure]) -> dict[int, ColourOverride]:
    """The academy's own colour that stood beside each published figure, by the figure's id: as at its day, as
    known when it was published."""
    published = list(figures)
    target_ids = {one.target_id for one in published}
    if not target_ids:
        return {}
    statement = (
        select(ColourOverride)
        .where(ColourOverride.target_id.in_(sorted(target_ids)))
        .order_by(ColourOverride.made_at, ColourOverride.id)
    )
    of_target: dict[int, list[ColourOverride]] = defaultdict(list)
    for own in db.session.scalars(statement):
        of_target[own.target_id].append(own)
    return {
        one.id: own
        for one in published
        for own in of_target[one.target_id]
        if own.first_day <= one.as_at
        and own.made_at <= one.published_at
        and _is_shown(own, one.as_at, one.published_at)
    }


def _is_shown(override: ColourOverride, on: date, known_at: datetime | None) -> bool:
    ended_at = override.ended_at
    is_known = ended_at is not None and (known_at is None or ended_at <= known_at)
    is_over = is_known and ended_at is not None and clock.london(ended_at).date() <= on
    return override.last_day >= on and not is_over


def override(target: Target, override_id: int) -> Select[tuple[ColourOverride]]:
    """One override of a target."""
    return select(ColourOverride).where(
        ColourOverride.id == override_id, ColourOverride.target_id == target.id
    )
