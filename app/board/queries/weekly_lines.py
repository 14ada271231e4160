"""A year of weeks of the targets that a board follows: the lines of a pack's charts (4.11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.board.queries.whole import Line, Whole
from app.figures import queries as figures
from app.figures.queries import YEAR, Plan, Planned, Point

QUARTER = 13


@dataclass(frozen=True)
class WeeklyLine:
    """How one target came to where it stands, week by week, and the milestones on its way."""

    line: Line
    points: Sequence[Point]
    planned: Sequence[Planned]

    @property
    def quarters(self) -> Sequence[Point]:
        """The points a quarter of a year apart, the last of which is the figure itself."""
        return self.points[(len(self.points) - 1) % QUARTER :: QUARTER]


def weekly_lines(told: Whole) -> list[WeeklyLine]:
    """Of each target of a programme that is on and that counts people's completions, from its past.

    Where no one is in scope there is nothing to draw.
    """
    followed = [
        (line, line.plan)
        for _title, _deadline, lines in told.programmes
        for line in lines
        if line.plan is not None and line.target.kind.counts_people and not line.figure.has_no_one
    ]
    return [
        WeeklyLine(
            line,
            figures.drawn(figures.as_seen(_points(told, line, plan), sees_names=told.sees_names)),
            figures.planned_line(
                told.past.milestones.get(line.target.id, []), in_scope=line.figure.denominator
            ),
        )
        for line, plan in followed
    ]


def _points(told: Whole, line: Line, plan: Plan) -> Sequence[Point]:
    year = figures.weekly_from(
        plan, told.past.people_periods[line.target.id], first=told.as_at - YEAR, last=told.as_at
    )
    return figures.since_it_began(year, line.target.programme.starts_on)
