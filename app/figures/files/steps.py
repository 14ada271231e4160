"""Reach as bars: how many people each step reached, for everybody and for each sector (4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.figures.files.scale import tenths
from app.figures.models import ReachStep
from app.figures.queries import ReachRow

START, END = 100, 430
ROW = 24


@dataclass(frozen=True)
class StepBar:
    """One step's bar, its name before it and its number behind it."""

    name: str
    number: str
    top: int
    width: str
    end: str
    middle: int


@dataclass(frozen=True)
class RequiredMark:
    """A mark across the bar of the step of which the target asks for so many."""

    x: str
    top: int
    bottom: int
    words: str


@dataclass(frozen=True)
class StepsChart:
    """The bars of one sector, or of all; none where its numbers are hidden, and then `words` say so."""

    name: str
    words: str
    bars: Sequence[StepBar]
    height: int
    asked: RequiredMark | None = None


def steps_charts(rows: Sequence[ReachRow], *, step: ReachStep, required: int | None) -> list[StepsChart]:
    """A chart for everybody first, then one for each sector, all on the same scale."""
    everybody, sectors = rows[-1], rows[:-1]
    most = max(required or 0, *(number or 0 for number in everybody.numbers), 1)
    charts = [_chart(row, most) for row in (everybody, *sectors)]
    if not required:
        return charts
    at = list(ReachStep).index(step)
    asked = RequiredMark(
        tenths(_at(required, most)), at * ROW, at * ROW + ROW - 2, f"Asked for: {required:,}"
    )
    first = charts[0]
    words = f"{first.words} {everybody.steps[at][1]}: {required:,} asked for."
    return [StepsChart(first.name, words, first.bars, first.height, asked), *charts[1:]]


def _chart(row: ReachRow, most: int) -> StepsChart:
    if row.is_hidden:
        return StepsChart(row.sector, row.hiding.label, [], 0)
    bars = [
        StepBar(
            name=name,
            number=f"{number:,}",
            top=at * ROW + 3,
            width=tenths((END - START) * 10 * number // most),
            end=tenths(_at(number, most) + 60),
            middle=at * ROW + ROW // 2 + 5,
        )
        for at, (_, name, number) in enumerate(row.steps)
        if number is not None
    ]
    said = ", ".join(
        f"{name.lower()} {bar.number}" for (_, name, _), bar in zip(row.steps, bars, strict=True)
    )
    return StepsChart(row.sector, f"{row.sector}: {said}.", bars, ROW * len(bars))


def _at(number: int, most: int) -> int:
    """Where a bar of so many ends, in tenths."""
    return START * 10 + (END - START) * 10 * number // most
