"""Which way a figure went since it was last published."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.core.filters import day_seen_from
from app.figures.models import PublishedFigure, TargetKind
from app.figures.queries.arithmetic import count_in_words
from app.figures.queries.figure import Figure, score_of


class Way(StrEnum):
    UP = "up"
    DOWN = "down"
    SAME = "same"


@dataclass(frozen=True)
class Direction:
    """Up, down or the same, with the sentence that says since when."""

    way: Way
    words: str


def direction(before: PublishedFigure, figure: Figure, moved: str = "") -> Direction | None:
    """Which way a figure went since one that was published; None without a score then or now, and where no
    one was or is in scope.

    A score of 7.4 after 6.0 is up 1.4. Of a share it is the share's: 239 of 263 and then 211 of 263 is down
    28 since 31 August. Where the number of people in scope changed, it says what the figure was: 94 of 120
    after 90 of 110 is a share that is down although 4 more are complete. `moved` are its steps in words,
    where what was published is another number as known now: they say what of it was restated.
    """
    found = _direction(before, figure)
    if not moved:
        return found
    more = figure.numerator - before.numerator or (score_of(figure) or 0) - (before.score or 0)
    return Direction(found.way if found else _way(more), moved.rstrip("."))


def _direction(before: PublishedFigure, figure: Figure) -> Direction | None:
    since = day_seen_from(before.as_at, figure.as_at)
    if figure.kind is TargetKind.SCORE:
        score = score_of(figure)
        return None if before.score is None or score is None else _by(score - before.score, since)
    if before.denominator == 0 or figure.has_no_one:
        return None
    if before.denominator == figure.denominator or not before.denominator or not figure.denominator:
        return _by(figure.numerator - before.numerator, since)
    way = _way(
        Fraction(figure.numerator, figure.denominator) - Fraction(before.numerator, before.denominator)
    )
    was = f"{count_in_words(before.numerator, before.denominator, before.shown)} on {since}"
    if way is Way.SAME:
        return Direction(way, f"the same share as {was}")
    return Direction(way, f"{way.value} from {was}")


def count_moved(before: PublishedFigure, known: Figure, figure: Figure) -> str:
    """Why a count that lists nobody moved since it was published; `known` is that figure as known now.

    Sessions: "0 → 10 since 17 November: +7 restated, +3 delivered." Reach: "42 → 47 since ...: +5 reached."
    """
    happened = "delivered" if figure.kind is TargetKind.DELIVERABLE else "reached"
    steps = (known.numerator - before.numerator, "restated"), (figure.numerator - known.numerator, happened)
    said = ", ".join(f"{'+' if more > 0 else '−'}{abs(more):,} {word}" for more, word in steps if more)
    since = day_seen_from(before.as_at, figure.as_at)
    if not said:
        return f"No change since {since}: {figure.numerator:,}."
    return f"{before.numerator:,} → {figure.numerator:,} since {since}: {said}."


def score_moved(before: PublishedFigure, known: Figure, figure: Figure) -> str:
    """The same of a mean that documents state: "6.0 → 7.4 since 31 January: +0.4 restated, +1.0 stated."

    Before there was a score: "no score → 7.4 since 31 January: 6.4 restated, +1.0 stated."
    """
    was, is_known, now = before.score, score_of(known), score_of(figure)
    since = day_seen_from(before.as_at, figure.as_at)
    steps = (_score_step(was, is_known, "restated"), _score_step(is_known, now, "stated"))
    said = ", ".join(step for step in steps if step)
    if not said:
        return f"No change since {since}: {_score(now)}."
    return f"{_score(was)} → {_score(now)} since {since}: {said}."


def _score_step(before: Decimal | None, after: Decimal | None, word: str) -> str:
    if before == after:
        return ""
    if before is None or after is None:
        return f"{_score(after)} {word}"
    return f"{'+' if after > before else '−'}{abs(after - before):.1f} {word}"


def _score(mean: Decimal | None) -> str:
    return "no score" if mean is None else f"{mean:.1f}"


def _by(more: int | Decimal, since: str) -> Direction:
    way = _way(more)
    return Direction(way, f"{way.value} {abs(more):,} since {since}" if more else f"the same as on {since}")


def _way(more: int | Fraction | Decimal) -> Way:
    if not more:
        return Way.SAME
    return Way.UP if more > 0 else Way.DOWN
