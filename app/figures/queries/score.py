"""A score: the means that documents state for days, and how far the latest moved since the first (4.10)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from app.core.filters import day, plural
from app.figures.queries.arithmetic import FEW, is_few


@dataclass(frozen=True)
class Wave:
    """A mean score that a document states for a day, and how many replied, if it says so (4.10)."""

    on: date
    mean: Decimal
    replies: int | None
    is_approximate: bool = False


@dataclass(frozen=True)
class Score:
    """The waves of a score up to a date, the first of which is the one that its change is counted from
    (AM-16)."""

    waves: tuple[Wave, ...]
    is_part: bool = False  # for those who may not see names: waves of few replies are left out

    def for_the_board(self) -> Score | None:
        """The same for those who may not see names: without waves of 1 to 4 replies (BM-05)."""
        shown = tuple(one for one in self.waves if not is_few(one.replies))
        return Score(shown, is_part=self.is_part or shown != self.waves) if shown else None

    @property
    def first(self) -> Wave:
        return self.waves[0]

    @property
    def last(self) -> Wave:
        return self.waves[-1]

    def by(self, on: date) -> Score | None:
        """The score as it was by the end of a day; None before its first wave."""
        waves = tuple(one for one in self.waves if one.on <= on)
        return replace(self, waves=waves) if waves else None

    @property
    def change(self) -> Decimal | None:
        """How far the mean moved since the first wave; None while there is only one."""
        return None if self.first.on == self.last.on else self.last.mean - self.first.mean

    def in_words(self) -> str:
        """ "6.0 → 7.4 (+1.4): 84 replies; how many replied to the baseline is not recorded. ..." """
        hidden = f" A score of {FEW} replies is not shown." if self.is_part else ""
        return f"{self._in_words}{hidden}"

    @property
    def _in_words(self) -> str:
        if self.change is None:
            which = "The score" if self.is_part else "The first score"
            return f"{which}, as stated: {_mean(self.last)}, {replies_words(self.last.replies)}."
        moved = f"{self.change:+.1f}".replace("-", "−")
        return (
            f"{_mean(self.first)} → {_mean(self.last)} ({moved}): {self._replies_words}. Both are as stated; "
            f"those who replied are not the same people. The baseline is of {day(self.first.on)}."
        )

    @property
    def _replies_words(self) -> str:
        """How many replied, then and now."""
        before, now = self.first.replies, self.last.replies
        if before is None and now is None:
            return "how many replied is not recorded of either"
        if before is None:
            return f"{replies_words(now)}; how many replied to the baseline is not recorded"
        if now is None:
            return f"{replies_words(before)} to the baseline; how many replied since is not recorded"
        return f"{replies_words(now)}, and {before:,} to the baseline"


def _mean(wave: Wave) -> str:
    return f"{'approximately ' if wave.is_approximate else ''}{wave.mean:.1f}"


def replies_words(replies: int | None) -> str:
    """How many replied: "84 replies", or that nobody wrote it down."""
    return plural(replies, "reply", "replies") if replies is not None else "replies not recorded"
