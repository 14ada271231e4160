"""Where days and numbers stand in a chart: whole tenths, as nothing in a picture is compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from app.core import clock

WIDTH, HEIGHT = 480, 280
LEFT, RIGHT, TOP, BOTTOM = 52, 468, 22, 244
MOST_LABELS = 5
MOST_STEPS = 4


@dataclass(frozen=True)
class Tick:
    """A word at an axis, and where it stands."""

    at: str
    label: str


@dataclass(frozen=True)
class Spot:
    """A place in the chart, with what is written there."""

    x: str
    y: str
    label: str = ""


class Scale:
    """From days and numbers to places in the chart, in whole tenths of its unit."""

    def __init__(self, first: date, last: date, most: int) -> None:
        self.first, self.days = first, max(1, (last - first).days)
        self.step = _step(most)
        self.top = self.step * max(1, -(-most // self.step))

    def x(self, on: date) -> str:
        """Where a day stands."""
        return tenths(LEFT * 10 + (RIGHT - LEFT) * 10 * (on - self.first).days // self.days)

    def y(self, value: int) -> str:
        """Where a number stands."""
        return tenths(BOTTOM * 10 - self.rise(value))

    def rise(self, value: int) -> int:
        """How high a number stands above the axis, in tenths."""
        return (BOTTOM - TOP) * 10 * value // self.top

    def y_of(self, tenths_of_it: int) -> str:
        """Where a number with one decimal stands, given in tenths: 74 for 7.4."""
        return tenths(BOTTOM * 10 - (BOTTOM - TOP) * tenths_of_it // self.top)

    @property
    def up(self) -> list[Tick]:
        return [Tick(self.y(value), f"{value:,}") for value in range(0, self.top + 1, self.step)]

    @property
    def across(self) -> list[Tick]:
        """The first days of some months, the same number of months apart."""
        last = self.first + timedelta(days=self.days)
        starts = [one for one in months(self.first, last) if one >= self.first]
        every = -(-len(starts) // MOST_LABELS) or 1
        return [Tick(self.x(one), f"{one:%b %Y}") for one in starts[::every]]


def tenths(value: int) -> str:
    """A place in the chart, from tenths of its unit."""
    return f"{value // 10}.{value % 10}"


def _step(most: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 ... of which four reach `most`."""
    steps = (base * 10**power for power in count() for base in (1, 2, 5))
    return next(step for step in steps if step * MOST_STEPS >= most)


def months(first: date, last: date) -> list[date]:
    """The first day of each month from that of `first` to that of `last`."""
    found = [first.replace(day=1)]
    while (following := clock.months_after(found[-1], 1)) <= last:
        found.append(following)
    return found
