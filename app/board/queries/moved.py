"""The section of a pack that tells what moved since the one before."""

from __future__ import annotations

from app.board.queries.shape import Column, Section
from app.board.queries.whole import Line, Told
from app.core.filters import day, day_and_time
from app.figures import queries as figures
from app.figures.models import TargetEnd
from app.figures.queries import Restated


def what_moved(told: Told) -> Section:
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
    with_reasons = figures.with_reasons(restated, plans, known_at=told.known_at)
    then = {one.published.target_id: one for one in figures.as_seen(with_reasons, sees_names=told.sees_names)}
    rows: list[tuple[str, ...]] = [
        (line.figure.title, *_moved(then[line.target.id], line, told))
        if line.target.id in then
        else (line.figure.title, "Not in it", "", "", line.figure.quoted, "")
        for line in told.lines
    ]
    ended = [one for one in last.figures if one.target_id not in lines and one.target_id in told.ends]
    rows += [
        _ended(one, told.ends[one.row.target_id])
        for one in figures.as_seen(
            (figures.AsPublished(one, of_few=one.id in told.past.few) for one in ended),
            sees_names=told.sees_names,
        )
    ]
    codes = [*(line.figure.code for line in told.lines), *(one.target.code for one in ended)]
    note = (
        f"The last pack: {last.meeting}, {day(last.meets_on)}; figures as at {day(last.as_at)}, as known at "
    )
    return Section(title, columns, rows, [f"{note}{day_and_time(last.known_at)}."], codes=codes)


def _moved(then: Restated, line: Line, told: Told) -> tuple[str, str, str, str, str]:
    figure = line.figure
    words = told.past.moved_in_words(then, line.plan, figure) if line.plan else ""
    return then.published_words, then.now.quoted, " ".join(then.reasons), figure.quoted, words


def _ended(published: figures.AsPublished, end: TargetEnd) -> tuple[str, ...]:
    """What was published of a target that is asked for no more, and why it is not."""
    ended = f"Ended on {day(end.last_day)}"
    return published.row.title, published.count, "", "", ended, end.reason or ""
