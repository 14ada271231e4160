"""The section of a pack that tells what moved since the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.board.queries.shape import Column, Section
from app.board.queries.whole import Line, Whole
from app.core.filters import day, day_and_time
from app.figures import queries as figures
from app.figures.models import PublishedFigure, TargetEnd
from app.figures.queries import Restated


def what_moved(told: Whole) -> Section:
    """Since the pack before: what it said, what that is as known now and why, and what happened since; last
    the targets that have ended since."""
    columns = (
        Column("Target"),
        Column("In the last pack"),
        Column("The same, as known now"),
        Column("Why restated"),
        Column("Now"),
        Column("What moved"),
    )
    title = "What moved since the last pack"
    last = told.last_pack
    if last is None:
        return Section(title, columns, [], ["This is the first pack."])
    lines = {line.target.id: line for line in told.lines}
    restated = [
        told.past.restated(one, plan)
        for one in last.figures
        if one.target_id in lines and (plan := lines[one.target_id].plan) is not None
    ]
    plans = [line.plan for line in told.lines if line.plan is not None]
    then = {
        one.published.target_id: one for one in figures.with_reasons(restated, plans, known_at=told.known_at)
    }
    rows: list[tuple[str, ...]] = [
        (line.figure.title, *_moved(then[line.target.id], line, told))
        if line.target.id in then
        else (line.figure.title, "Not in it", "", "", line.figure.quoted, "")
        for line in told.lines
    ]
    rows += _ended([one for one in last.figures if one.target_id not in lines], told.ends)
    note = (
        f"The last pack: {last.meeting}, {day(last.meets_on)}; figures as at {day(last.as_at)}, as known at "
    )
    return Section(title, columns, rows, [f"{note}{day_and_time(last.known_at)}."])


def _moved(then: Restated, line: Line, told: Whole) -> tuple[str, str, str, str, str]:
    published, figure = then.published, line.figure
    words = told.past.moved_in_words(then, line.plan, figure) if line.plan else ""
    return _before(published), then.now.quoted, " ".join(then.reasons), figure.quoted, words


def _ended(published: Sequence[PublishedFigure], ends: Mapping[int, TargetEnd]) -> list[tuple[str, ...]]:
    """What was published of targets that are asked for no more, and why they are not."""
    return [
        (one.title, _before(one), "", "", f"Ended on {day(end.last_day)}", end.reason or "")
        for one in published
        if (end := ends.get(one.target_id)) is not None
    ]


def _before(published: PublishedFigure) -> str:
    return figures.count_in_words(published.numerator, published.denominator, published.shown)
