"""Where the lines and bars of a chart go: templates draw them as SVG, on the server and without a script.

A chart is 480 wide, so that its words can still be read when a phone shows it 330 wide. Every number in it
also stands in the table beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.filters import day, day_of_year, plural
from app.figures.files.scale import LEFT, RIGHT, Scale, Spot, Tick, tenths
from app.figures.queries import NO_ONE, Figure, Planned, Point, WeekOfPlaces


@dataclass(frozen=True)
class Outlook:
    """What a forecast expects on a day: at the likely end, and at best."""

    on: date
    likely: int
    best: int


def outlook_of(figure: Figure) -> Outlook | None:
    """A figure's forecast for its deadline, or for another day to come; None when that day is over, or the
    target is met."""
    on = figure.forecast_for or figure.deadline
    if not figure.is_open or figure.forecast is None or on is None or on <= figure.as_at:
        return None
    return Outlook(on, figure.forecast.likely, figure.forecast.best)


@dataclass(frozen=True)
class ProgressChart:
    """Completions over time: lines as SVG points, and the words that stand for the whole picture."""

    words: str
    across: Sequence[Tick]
    up: Sequence[Tick]
    complete: str
    required: str
    planned: Sequence[Spot]
    last: Spot
    deadline: Tick | None
    likely: Spot | None
    best: Spot | None

    @property
    def key(self) -> list[tuple[str, str]]:
        """What each line and mark is, in words."""
        key = [("complete", f"Complete: {self.last.label}")]
        if self.required:
            key.append(("required", "Required"))
        if self.planned:
            key.append(("milestones", "Planned: milestones"))
        if self.deadline:
            key.append(("deadline", f"Deadline: {self.deadline.label}"))
        if self.likely and self.best:
            key.append(("range", f"Forecast: {self.likely.label} likely, {self.best.label} at best"))
        return key

    @property
    def planned_line(self) -> str:
        return " ".join(f"{one.x},{one.y}" for one in self.planned)


@dataclass(frozen=True)
class Bar:
    """One week's bar: how high its capacity and its bookings reach, from the bottom."""

    x: str
    width: str
    capacity_y: str
    capacity_height: str
    booked_y: str
    booked_height: str


@dataclass(frozen=True)
class WeeksChart:
    """Bookings against capacity: a bar for each week; `today` is where what is to come begins."""

    words: str
    across: Sequence[Tick]
    up: Sequence[Tick]
    bars: Sequence[Bar]
    today: str | None


# --- Completions against the target --------------------------------------------------------------------


def progress_chart(
    points: Sequence[Point],
    planned: Sequence[Planned] = (),
    *,
    deadline: date | None = None,
    outlook: Outlook | None = None,
) -> ProgressChart:
    """A figure's weekly points, with what is required, the planned line, the deadline and the forecast.

    What is required holds on after the last point, to the end. A deadline or a milestone before the first
    point is not drawn.
    """
    first, last = points[0], points[-1]
    planned = [one for one in planned if one.on >= first.on]
    ends = [last.on, *(one.on for one in planned), *([outlook.on] if outlook else [])]
    ends += [deadline] if deadline and deadline >= first.on else []
    heights = [one.complete for one in points] + [one.required or 0 for one in points]
    heights += [one.complete for one in planned] + ([outlook.best] if outlook else [])
    scale = Scale(first.on, max(ends), max(heights))
    return ProgressChart(
        words=_progress_in_words(points, deadline, outlook),
        across=scale.across,
        up=scale.up,
        complete=" ".join(f"{scale.x(one.on)},{scale.y(one.complete)}" for one in points),
        required=_required_line(points, scale, max(ends)),
        planned=[Spot(scale.x(one.on), scale.y(one.complete), one.words) for one in planned],
        last=Spot(scale.x(last.on), scale.y(last.complete), f"{last.complete:,}"),
        deadline=Tick(scale.x(deadline), day(deadline)) if deadline and deadline >= first.on else None,
        likely=_spot(scale, outlook.on, outlook.likely) if outlook else None,
        best=_spot(scale, outlook.on, outlook.best) if outlook else None,
    )


def _spot(scale: Scale, on: date, value: int) -> Spot:
    return Spot(scale.x(on), scale.y(value), f"{value:,}")


def _required_line(points: Sequence[Point], scale: Scale, end: date) -> str:
    """Nothing is required of nobody: a line begins when there is somebody in scope."""
    asked = [(one.on, one.required) for one in points if one.required is not None and one.in_scope != 0]
    if asked:
        asked.append((end, asked[-1][1]))
    return " ".join(f"{scale.x(on)},{scale.y(required)}" for on, required in asked)


def _progress_in_words(points: Sequence[Point], deadline: date | None, outlook: Outlook | None) -> str:
    first, last = points[0], points[-1]
    words = f"Completions by week: {_said(first)} at {day(first.on)}, {_said(last)} at {day(last.on)}."
    if last.required is not None and last.in_scope != 0:
        words += f" Required: {last.required:,}{f' by {day(deadline)}' if deadline else ''}."
    if outlook is not None:
        words += f" Forecast for {day(outlook.on)}: {outlook.likely:,} likely, {outlook.best:,} at best."
    return words


def _said(point: Point) -> str:
    """ "4 of 10"; of an empty cohort "no one in scope", as everywhere (4.5.5, U-26)."""
    if point.in_scope is None:
        return f"{point.complete:,}"
    if point.in_scope == 0:
        return NO_ONE
    return f"{point.complete:,} of {point.in_scope:,}"


# --- Bookings against capacity -------------------------------------------------------------------------


def weeks_chart(weeks: Sequence[WeekOfPlaces], *, as_at: date) -> WeeksChart:
    """A bar for each week: as high as its places are many, and filled as far as they are booked."""
    end = weeks[-1].monday + timedelta(weeks=1)
    scale = Scale(weeks[0].monday, end, max(max(one.capacity, one.booked) for one in weeks))
    wide = (RIGHT - LEFT) * 10 // len(weeks)
    is_within = weeks[0].monday <= as_at < end
    return WeeksChart(
        words=_weeks_in_words(weeks, as_at),
        across=scale.across,
        up=scale.up,
        bars=[
            Bar(
                x=tenths(LEFT * 10 + number * wide + wide // 8),
                width=tenths(wide * 3 // 4),
                capacity_y=scale.y(one.capacity),
                capacity_height=tenths(scale.rise(one.capacity)),
                booked_y=scale.y(one.booked),
                booked_height=tenths(scale.rise(one.booked)),
            )
            for number, one in enumerate(weeks)
        ],
        today=scale.x(as_at + timedelta(days=1)) if is_within else None,
    )


def _weeks_in_words(weeks: Sequence[WeekOfPlaces], as_at: date) -> str:
    to_come = [one for one in weeks if one.monday > as_at]
    capacity, booked = sum(one.capacity for one in to_come), sum(one.booked for one in to_come)
    return (
        f"Places by week from {day(weeks[0].monday)}, and how many are booked. In the "
        f"{plural(len(to_come), 'week')} after that of {day_of_year(as_at)}: {booked:,} of "
        f"{capacity:,} booked."
    )
