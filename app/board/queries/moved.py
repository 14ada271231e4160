"""The section of a pack that tells what moved since the one before."""

from __future__ import annotations

from collections.abc import Mapping

from app.board.queries.packs import figures_of
from app.board.queries.shape import Column, Section
from app.board.queries.whole import Line, Whole
from app.core.db import db
from app.core.filters import day, day_and_time
from app.figures import queries as figures
from app.figures.models import TargetKind
from app.figures.queries import Restated


def what_moved(told: Whole) -> Section:
    """Since the pack before: what it said, what that is as known now and why, and what happened since."""
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
    before = list(db.session.scalars(figures_of(last)))
    restated = figures.all_restated(before, known_at=told.known_at)
    then = {one.published.target_id: one for one in restated}
    plans = [line.plan for line in told.lines if line.plan is not None]
    people = figures.done_on(plans, as_at=told.as_at, known_at=told.known_at)
    rows = [
        (line.figure.title, *_moved(then[line.target.id], line, people.get(line.target.id, {})))
        if line.target.id in then
        else (line.figure.title, "Not in it", "", "", line.figure.quoted, "")
        for line in told.lines
    ]
    note = (
        f"The last pack: {last.meeting}, {day(last.meets_on)}; figures as at {day(last.as_at)}, as known at "
    )
    return Section(title, columns, rows, [f"{note}{day_and_time(last.known_at)}."])


def _moved(then: Restated, line: Line, people: Mapping[int, bool]) -> tuple[str, str, str, str, str]:
    published, figure = then.published, line.figure
    words = _what_moved(then, line, people) if published.as_at <= figure.as_at else ""
    before = figures.count_in_words(published.numerator, published.denominator, published.shown)
    return before, then.now.quoted, " ".join(then.reasons), figure.quoted, words


def _what_moved(then: Restated, line: Line, people: Mapping[int, bool]) -> str:
    """The steps that lead from what was published to the figure; of a score, which way it went."""
    if figures.counts_people(line.target):
        return figures.moved_since(then, line.figure, people).in_words
    if line.figure.kind is not TargetKind.SCORE:
        return figures.count_moved(then.published, then.now, line.figure)
    way = figures.direction(then.published, line.figure)
    return f"{way.words[0].upper()}{way.words[1:]}." if way else ""
