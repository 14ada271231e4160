"""Which way a figure went since one that was published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.core.filters import day_seen_from
from app.figures.models import PublishedFigure, TargetKind
from app.figures.queries.arithmetic import count_in_words
from app.figures.queries.figure import Figure, score_of

# What was recorded, corrected or changed later about the earlier day.
ADDED_LATER, TAKEN_OUT_LATER = "recorded late", "taken out later"
# Where the rule is another as well, nobody can say of each which of the two it was.
BY_RULE = "by the rule and the records as known now"
MORE_NOW, FEWER_NOW = f"more {BY_RULE}", f"fewer {BY_RULE}"


def restated_words(*, is_other_rule: bool) -> tuple[str, str]:
    """What is said of those who are counted of the earlier day as known now and were not, and of the
    reverse."""
    return (MORE_NOW, FEWER_NOW) if is_other_rule else (ADDED_LATER, TAKEN_OUT_LATER)


@dataclass(frozen=True)
class Moved:
    """What is told of what moved a figure between two days; `is_same`: nothing did."""

    words: str = ""
    is_same: bool = False


def nothing_moved(before: date, on: date) -> Moved:
    """What is told where nothing moved a figure: "The same as on 31 January." """
    return Moved(f"The same as on {day_seen_from(before, on)}.", is_same=True)


class Way(StrEnum):
    UP = "up"
    DOWN = "down"
    SAME = "same"


_SHARES = {Way.UP: "a larger", Way.DOWN: "a smaller", Way.SAME: "the same"}


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
    where what was published is another number as known now: they say what of it was recorded late. Before
    them it says which way the share went, where not the same number is counted: more may be complete of a
    smaller one.
    """
    found = _direction(before, figure)
    if not moved:
        return found
    more = figure.numerator - before.numerator or (score_of(figure) or 0) - (before.score or 0)
    words = moved.rstrip(".")
    if found and figure.denominator != before.denominator:
        words = f"{_SHARES[found.way]} share. {words}"
    return Direction(found.way if found else _way(more), words)


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


def count_moved(
    before: PublishedFigure, known: Figure, figure: Figure, *, is_other_rule: bool = False
) -> Moved:
    """Why a count that lists nobody moved since it was published; `known` is that figure as known now.

    Sessions: "Up from 0 to 10 since 17 November: 3 delivered, 7 recorded late." Reach: "Up from 42 to 47
    since ...: 5 reached."
    """
    happened = "delivered" if figure.kind is TargetKind.DELIVERABLE else "reached"
    steps = (
        (figure.numerator - known.numerator, happened, f"no longer {happened}"),
        (known.numerator - before.numerator, *restated_words(is_other_rule=is_other_rule)),
    )
    said = ", ".join(f"{abs(more):,} {gained if more > 0 else lost}" for more, gained, lost in steps if more)
    since = day_seen_from(before.as_at, figure.as_at)
    if not said:
        return nothing_moved(before.as_at, figure.as_at)
    went = from_to(before.numerator, figure.numerator)
    return Moved(f"{went[0].upper()}{went[1:]} since {since}: {said}.")


def score_moved(before: PublishedFigure, known: Figure, figure: Figure) -> Moved:
    """The same of a mean that documents state: "Up from 6.0 to 7.4 since 31 January: 6.4 recorded late, 7.4
    stated since."

    Before there was a score: "First score: 7.4, recorded after 31 January."; or, where there were two since,
    "No score on 31 January, 7.4 now: 6.4 recorded late, 7.4 stated since."
    """
    was, is_known, now = before.score, score_of(known), score_of(figure)
    since = day_seen_from(before.as_at, figure.as_at)
    late = f"{is_known:.1f} {ADDED_LATER}" if is_known is not None else "taken back later"
    steps = [late] if is_known != was else []
    if now is not None and now != is_known:
        steps.append(f"{now:.1f} stated since")
    if not steps:
        return nothing_moved(before.as_at, figure.as_at)
    if was is None and now is not None and len(steps) == 1:
        how = "recorded after" if is_known == now else "stated since"
        return Moved(f"First score: {now:.1f}, {how} {since}.")
    if was is None or now is None:
        went = f"{_score(was)} on {since}, {_score(now)} now"
    else:
        went = f"{from_to(was, now)} since {since}"
    return Moved(f"{went[0].upper()}{went[1:]}: {', '.join(steps)}.")


def from_to(before: int | Decimal, after: int | Decimal) -> str:
    """How a number went: "up from 94 to 98", "still 94"; a mean with its one decimal."""
    was, now = (f"{one:.1f}" if isinstance(one, Decimal) else f"{one:,}" for one in (before, after))
    if before == after:
        return f"still {now}"
    return f"{_way(after - before).value} from {was} to {now}"


def _score(mean: Decimal | None) -> str:
    return "no score" if mean is None else f"{mean:.1f}"


def _by(more: int | Decimal, since: str) -> Direction:
    way = _way(more)
    return Direction(way, f"{way.value} {abs(more):,} since {since}" if more else f"the same as on {since}")


def _way(more: int | Fraction | Decimal) -> Way:
    if not more:
        return Way.SAME
    return Way.UP if more > 0 else Way.DOWN
