"""A score's chart: the mean of each wave, against the first and what is wanted (4.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core.filters import day
from app.figures.files.scale import Scale, Spot, Tick
from app.figures.queries import Wave

HIGHEST = 10


@dataclass(frozen=True)
class WavesChart:
    """A mark for each wave, which no line joins: they are not the same people."""

    words: str
    across: Sequence[Tick]
    up: Sequence[Tick]
    waves: Sequence[Spot]
    first: Tick
    wanted: Tick | None
    deadline: Tick | None
    key: Sequence[tuple[str, str]]


def waves_chart(
    waves: Sequence[Wave], *, as_at: date, wanted: Decimal | None, deadline: date | None
) -> WavesChart:
    """The waves in their order, on the scale up to 10; a deadline before the first is not drawn."""
    first = waves[0]
    has_deadline = deadline is not None and deadline >= first.on
    scale = Scale(first.on, max(as_at, deadline or as_at), HIGHEST)
    return WavesChart(
        words=_in_words(waves, wanted, deadline),
        across=scale.across,
        up=scale.up,
        waves=[Spot(scale.x(one.on), scale.y_of(_in_tenths(one.mean)), f"{one.mean:.1f}") for one in waves],
        first=Tick(scale.y_of(_in_tenths(first.mean)), f"{first.mean:.1f}"),
        wanted=Tick(scale.y_of(_in_tenths(wanted)), f"{wanted:.1f}") if wanted else None,
        deadline=Tick(scale.x(deadline), day(deadline)) if deadline and has_deadline else None,
        key=[
            ("wave", "Mean of a wave"),
            ("planned", f"The first, {day(first.on)}: {first.mean:.1f}"),
            *([("required", f"Wanted: {wanted:.1f}")] if wanted else []),
            *([("deadline", f"Deadline: {day(deadline)}")] if deadline and has_deadline else []),
        ],
    )


def _in_tenths(mean: Decimal) -> int:
    return int(mean * 10)


def _in_words(waves: Sequence[Wave], wanted: Decimal | None, deadline: date | None) -> str:
    said = ", ".join(f"{one.mean:.1f} on {day(one.on)}" for one in waves)
    by = f" by {day(deadline)}" if deadline else ""
    return f"Mean of each wave, of 10: {said}.{f' At least {wanted:.1f} is wanted{by}.' if wanted else ''}"
