"""What a measurement found, the table that shows it, and the two ways in which we measure."""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

ROUNDS, TURNS = 5, 4


@dataclass(frozen=True)
class Bound:
    """What we hold ourselves to: of our own number, or of its ratio to the baseline."""

    limit: float
    is_least: bool = False
    is_of_ratio: bool = False

    @property
    def words(self) -> str:
        sign = "≥" if self.is_least else "≤"
        return f"{sign} {_number(self.limit)}{'×' if self.is_of_ratio else ''}"

    def holds(self, ours: float, ratio: float | None) -> bool:
        value = ratio if self.is_of_ratio else ours
        if value is None:
            return False
        return value >= self.limit if self.is_least else value <= self.limit


@dataclass(frozen=True)
class Result:
    """One line of the table. `detail` is kept for the JSON, and shown below the table when it is words."""

    what: str
    engine: str
    unit: str
    ours: float
    baseline: float | None = None
    bound: Bound | None = None
    detail: Any = None

    @property
    def ratio(self) -> float | None:
        return self.ours / self.baseline if self.baseline else None

    @property
    def holds(self) -> bool | None:
        return self.bound.holds(self.ours, self.ratio) if self.bound else None

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"ratio": self.ratio, "holds": self.holds}


def as_table(results: Sequence[Result]) -> str:
    """The results as text; a bound that does not hold is marked."""
    head = ("what", "on", "ours", "baseline", "ratio", "bound", "")
    rows = [head, *(_row(result) for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if column in {2, 3, 4} else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "-" * max(len(line) for line in lines))
    return "\n".join(lines)


def _row(result: Result) -> tuple[str, ...]:
    verdict = {True: "holds", False: "MISSED", None: ""}[result.holds]
    return (
        f"{result.what}, {result.unit}",
        result.engine,
        _number(result.ours),
        _number(result.baseline) if result.baseline is not None else "",
        f"{result.ratio:.2f}×" if result.ratio is not None else "",
        result.bound.words if result.bound else "",
        verdict,
    )


def _number(value: float) -> str:
    """Three digits that matter: 0.0421, 4.21, 421; whole numbers as they are."""
    if float(value).is_integer():
        return f"{int(value):,}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(digits, 4)}f}"


# --- Measuring -----------------------------------------------------------------------------------------


def alternate(*works: Callable[[], float], rounds: int = ROUNDS, turns: int = TURNS) -> list[float]:
    """What each of the works returned: the median of the rounds, and of each round the mean of its turns.

    They take turns within a round too: a machine is quicker in one second and slower in the next, and
    neither must meet one of them alone.
    """
    found: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        taken = [[work() for work in works] for _ in range(turns)]
        for values, of_work in zip(found, zip(*taken, strict=True), strict=True):
            values.append(statistics.mean(of_work))
    return [statistics.median(values) for values in found]


def timed(work: Callable[[], object], *, at_least: float = 0.06) -> Callable[[], float]:
    """A work that returns how many seconds it took: the mean of as many times as fill `at_least` seconds.

    Garbage is collected before, as a web worker does between requests, and by nobody meanwhile.
    """

    def measure() -> float:
        gc.collect()
        began, times = time.perf_counter(), 0
        while times == 0 or time.perf_counter() - began < at_least:
            work()
            times += 1
        return (time.perf_counter() - began) / times

    return measure


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
