"""A deliverable's sessions by month: their chart, added up against those contracted, and its rows."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate

from app.core import clock
from app.core.filters import day, number
from app.figures.files.scale import LEFT, MOST_LABELS, RIGHT, Scale, Tick, months, tenths
from app.figures.queries import MonthOfSessions

MOST_MONTHS = 60
MONTHS_AFTER = 12
LATER = "Later"
_NUMBERS = ("delivered", "confirmed", "unconfirmed", "not_marked")


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
    """A bar for each month up to the deadline, or to the last session when that is later; then one for all
    that is later still.

    A bar is what was delivered by the end of its month, and on top of that what is scheduled by then. A
    deadline so far away that bars would be hairs is not drawn.
    """
    found, later = _parted(found, as_at, deadline)
    drawn = deadline if deadline and _months_between(deadline, found) <= MOST_MONTHS else None
    first = min(found[0].first, drawn or found[0].first).replace(day=1)
    shown = months(first, max(found[-1].first, drawn or found[-1].first))
    by_month = {one.first: one for one in found}
    bars = [by_month.get(on) for on in shown] + [later] * bool(later)
    parts = {
        kind: list(accumulate(getattr(one, kind) if one else 0 for one in bars))
        for kind in ("delivered", "confirmed", "unconfirmed")
    }
    most = max(contracted or 0, *(sum(column) for column in zip(*parts.values(), strict=True)))
    scale = Scale(shown[0], shown[-1], most)
    wide = (RIGHT - LEFT) * 10 // len(bars)
    totals = {kind: numbers[-1] for kind, numbers in parts.items()}
    return MonthsChart(
        words=_in_words(totals, as_at, contracted, deadline),
        across=_across(shown, wide, has_later=later is not None),
        up=scale.up,
        blocks=_blocks(parts, scale, wide),
        contracted=Tick(scale.y(contracted), f"{contracted:,}") if contracted else None,
        deadline=Tick(_deadline_x(drawn, shown, wide), day(drawn)) if drawn else None,
        key=_key(totals, contracted, drawn),
    )


def month_rows(found: Sequence[MonthOfSessions], *, as_at: date, deadline: date | None) -> list[list[str]]:
    """The same months as rows of a table, with a last one for all that is later."""
    if not found:
        return []
    shown, later = _parted(found, as_at, deadline)
    rows = [_row(f"{one.first:%B %Y}", one) for one in shown]
    return [*rows, _row(LATER, later)] if later else rows


def _row(name: str, one: MonthOfSessions) -> list[str]:
    numbers = (one.delivered, one.scheduled, one.unconfirmed, one.not_marked, one.so_far)
    return [name, *(number(each) for each in numbers)]


def _parted(
    found: Sequence[MonthOfSessions], as_at: date, deadline: date | None
) -> tuple[Sequence[MonthOfSessions], MonthOfSessions | None]:
    """The months that are shown one by one, and all later ones as one.

    They end with the last session of the 12 months after the deadline or, without one, after `as_at`: of one
    that is scheduled in 2062 for 2026 by a slip, 430 months would follow with nothing in them.
    """
    until = min(deadline or as_at, clock.months_after(as_at, MOST_MONTHS))
    last = clock.months_after(max(until, found[0].first).replace(day=1), MONTHS_AFTER)
    if found[-1].first <= last:
        return found, None
    within = [one.first for one in found if one.first <= last and _counts(one)]
    last = max(within, default=found[0].first)
    shown = [one for one in found if one.first <= last]
    later = found[len(shown) :]
    if not any(map(_counts, later)):
        return shown, None
    return shown, replace(later[-1], **{name: sum(getattr(one, name) for one in later) for name in _NUMBERS})


def _counts(one: MonthOfSessions) -> bool:
    return any(getattr(one, name) for name in _NUMBERS)


def _across(shown: Sequence[date], wide: int, *, has_later: bool) -> list[Tick]:
    """The names of some months, as far from each other as their words need, and that of what is later."""
    count = len(shown) + has_later
    every = -(-count // MOST_LABELS)
    named = {at: f"{shown[at]:%b %Y}" for at in range(0, len(shown), every)}
    if has_later:
        named = {at: name for at, name in named.items() if at <= len(shown) - every} | {len(shown): LATER}
    return [Tick(tenths(LEFT * 10 + wide * at + wide // 2), name) for at, name in named.items()]


def _months_between(deadline: date, found: Sequence[MonthOfSessions]) -> int:
    first, last = min(found[0].first, deadline), max(found[-1].first, deadline)
    return (last.year - first.year) * 12 + last.month - first.month


def _blocks(parts: dict[str, list[int]], scale: Scale, wide: int) -> list[Block]:
    """The parts of every bar that count anything, the lowest first."""
    blocks = []
    for at, column in enumerate(zip(*parts.values(), strict=True)):
        below = 0
        for kind, count in zip(parts, column, strict=True):
            if count:
                height = scale.rise(below + count) - scale.rise(below)
                blocks.append(
                    Block(
                        kind=kind,
                        x=tenths(LEFT * 10 + wide * at + wide // 8),
                        y=scale.y(below + count),
                        width=tenths(wide * 3 // 4),
                        height=tenths(height),
                    )
                )
            below += count
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
