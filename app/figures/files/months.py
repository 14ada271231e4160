"""A deliverable's chart: sessions delivered and scheduled, added up by month, against those contracted."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from app.core.filters import day
from app.figures.files.scale import LEFT, MOST_LABELS, RIGHT, Scale, Tick, months, tenths
from app.figures.queries import MonthOfSessions

MOST_MONTHS = 60


@dataclass(frozen=True)
class Block:
    """One part of a month's bar: where it begins and how high it is; `kind` is what it counts."""

    kind: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class MonthsChart:
    """Bars that grow month by month, a line at what is contracted, and a key in words."""

    words: str
    across: Sequence[Tick]
    up: Sequence[Tick]
    blocks: Sequence[Block]
    contracted: Tick | None
    deadline: Tick | None
    key: Sequence[tuple[str, str]]


def months_chart(
    found: Sequence[MonthOfSessions], *, as_at: date, contracted: int | None, deadline: date | None
) -> MonthsChart:
    """A bar for each month up to the deadline, or to the last session when that is later.

    A bar is what was delivered by the end of its month, and on top of that what is scheduled by then. A
    deadline so far away that bars would be hairs is not drawn.
    """
    drawn = deadline if deadline and _months_between(deadline, found) <= MOST_MONTHS else None
    first = min(found[0].first, drawn or found[0].first).replace(day=1)
    shown = months(first, max(found[-1].first, drawn or found[-1].first))
    by_month = {one.first: one for one in found}
    parts = {
        kind: list(accumulate(getattr(by_month[on], kind) if on in by_month else 0 for on in shown))
        for kind in ("delivered", "confirmed", "unconfirmed")
    }
    most = max(contracted or 0, *(sum(column) for column in zip(*parts.values(), strict=True)))
    scale = Scale(shown[0], shown[-1], most)
    wide = (RIGHT - LEFT) * 10 // len(shown)
    every = -(-len(shown) // MOST_LABELS)
    totals = {kind: numbers[-1] for kind, numbers in parts.items()}
    return MonthsChart(
        words=_in_words(totals, as_at, contracted, deadline),
        across=[
            Tick(tenths(LEFT * 10 + wide * at + wide // 2), f"{shown[at]:%b %Y}")
            for at in range(0, len(shown), every)
        ],
        up=scale.up,
        blocks=_blocks(parts, scale, wide),
        contracted=Tick(scale.y(contracted), f"{contracted:,}") if contracted else None,
        deadline=Tick(_deadline_x(drawn, shown, wide), day(drawn)) if drawn else None,
        key=_key(totals, contracted, drawn),
    )


def _months_between(deadline: date, found: Sequence[MonthOfSessions]) -> int:
    first, last = min(found[0].first, deadline), max(found[-1].first, deadline)
    return (last.year - first.year) * 12 + last.month - first.month


def _blocks(parts: dict[str, list[int]], scale: Scale, wide: int) -> list[Block]:
    """The parts of every bar that count anything, the lowest first."""
    blocks = []
    for at, column in enumerate(zip(*parts.values(), strict=True)):
        below = 0
        for kind, number in zip(parts, column, strict=True):
            if number:
                height = scale.rise(below + number) - scale.rise(below)
                blocks.append(
                    Block(
                        kind=kind,
                        x=tenths(LEFT * 10 + wide * at + wide // 8),
                        y=scale.y(below + number),
                        width=tenths(wide * 3 // 4),
                        height=tenths(height),
                    )
                )
            below += number
    return blocks


def _deadline_x(deadline: date, shown: Sequence[date], wide: int) -> str:
    """At the end of its day, within the bar of its month."""
    days = monthrange(deadline.year, deadline.month)[1]
    return tenths(LEFT * 10 + wide * shown.index(deadline.replace(day=1)) + wide * deadline.day // days)


def _key(totals: dict[str, int], contracted: int | None, deadline: date | None) -> list[tuple[str, str]]:
    key = [("delivered", f"Delivered: {totals['delivered']:,}")]
    if totals["confirmed"]:
        key.append(("confirmed", f"Scheduled: {totals['confirmed']:,}"))
    if totals["unconfirmed"]:
        key.append(("unconfirmed", f"Scheduled, not confirmed: {totals['unconfirmed']:,}"))
    if contracted:
        key.append(("required", f"Contracted: {contracted:,}"))
    if deadline:
        key.append(("deadline", f"Deadline: {day(deadline)}"))
    return key


def _in_words(totals: dict[str, int], as_at: date, contracted: int | None, deadline: date | None) -> str:
    scheduled = totals["confirmed"] + totals["unconfirmed"]
    words = (
        f"Sessions by month, added up: {totals['delivered']:,} delivered by {day(as_at)}, "
        f"{scheduled:,} scheduled after it."
    )
    if contracted:
        words += f" Contracted: {contracted:,}{f' by {day(deadline)}' if deadline else ''}."
    return words
