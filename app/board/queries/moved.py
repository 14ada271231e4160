"""The section of a pack that tells what moved since the one before."""

from __future__ import annotations

from collections.abc import Sequence

from app.board.models import Pack
from app.board.queries.shape import Column, Section
from app.board.queries.whole import Line, Told
from app.core.filters import day, day_and_time, listed
from app.figures import queries as figures
from app.figures.models import PublishedFigure
from app.figures.queries import AsPublished, Moved, Restated


def what_moved(told: Told) -> Section:
    """Since the pack before: what it said, what that is as known now and why, and what happened since, with
    its colour where that or its forecast was another; last the targets that have ended since. What has
    neither moved nor been restated, and stands as it did, is named in a note."""
    columns = (
        Column("Target"),
        Column("In the last pack", is_short=True),
        Column("The same, as known now", is_short=True),
        Column("Why restated"),
        Column("Now", is_short=True),
        Column("Colour, then and now"),
        Column("What moved"),
    )
    title = "What moved since the last pack"
    last = told.last_pack
    if last is None:
        return Section(title, columns, [], ["This is the first pack."])
    then = _then(told, last)
    stood = _stood(told, last)
    found = [
        (line.figure, _moved(then.get(line.target.id), stood.get(line.target.id), line, told))
        for line in told.lines
    ]
    moved = [(figure.code, figure.title, *cells) for figure, cells in found if cells]
    asked_for = {line.target.id for line in told.lines}
    ended = [one for one in last.figures if one.target_id not in asked_for and one.target_id in told.ends]
    moved += _ended(ended, told)
    still = [f"“{figure.title}”" for figure, cells in found if not cells]
    notes = [f"Neither moved nor restated: {listed(still)}."] if still else []
    notes.append(
        f"The last pack: {last.meeting}, {day(last.meets_on)}; figures as at {day(last.as_at)}, as known at "
        f"{day_and_time(last.known_at)}."
    )
    return Section(title, columns, [row[1:] for row in moved], notes, codes=[row[0] for row in moved])


def _then(told: Told, last: Pack) -> dict[int, Restated]:
    """What the last pack said of the targets that are still asked for, as known now, by their ids."""
    plans = {line.target.id: line.plan for line in told.lines if line.plan is not None}
    restated = [
        told.past.restated(one, plans[one.target_id]) for one in last.figures if one.target_id in plans
    ]
    with_reasons = figures.with_reasons(
        restated, list(plans.values()), known_at=told.known_at, everybody=told.everybody
    )
    found = figures.as_seen(with_reasons, sees_names=told.sees_names)
    return {one.published.target_id: one for one in found}


def _stood(told: Told, last: Pack) -> dict[int, AsPublished]:
    """How each of these targets stood in the last pack, by its id."""
    asked_for = {line.target.id for line in told.lines}
    of_these = [one for one in last.figures if one.target_id in asked_for]
    return {one.row.target_id: one for one in figures.as_published(of_these, sees_names=told.sees_names)}


def _moved(then: Restated | None, stood: AsPublished | None, line: Line, told: Told) -> tuple[str, ...]:
    """What is told of a target after its title; nothing of one that has neither moved nor been restated, and
    that stands as it did."""
    figure = line.figure
    if then is None:
        return "Not in it", "", "", figure.quoted, "", ""
    colour = figures.colour_moved(stood, figure) if stood else ""
    reasons = " ".join(then.reasons)
    moved = told.past.moved_since(then, line.plan, figure) if line.plan else Moved()
    if moved.is_same and not reasons and not colour:
        return ()
    return then.published_words, then.now.quoted, reasons, figure.quoted, colour, moved.words


def _ended(published: Sequence[PublishedFigure], told: Told) -> list[tuple[str, ...]]:
    """The codes of targets that are asked for no more, what was published of them, and why they are not."""
    seen = figures.as_seen(
        (figures.AsPublished(one, of_few=one.id in told.past.few) for one in published),
        sees_names=told.sees_names,
    )
    rows: list[tuple[str, ...]] = []
    for one in seen:
        end = told.ends[one.row.target_id]
        ended = f"Ended on {day(end.last_day)}"
        rows.append((one.row.target.code, one.row.title, one.count, "", "", ended, "", end.reason or ""))
    return rows
