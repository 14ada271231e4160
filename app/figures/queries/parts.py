"""A group of people with its numbers, and which rows of a table are hidden with a small one (BM-05)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from app.figures.queries.arithmetic import FEW, FEWEST_SHOWN, shown_percent

Key = TypeVar("Key", bound=Hashable)


GROUPS_NOT_SHOWN = (
    f"Groups of {FEW} people are not shown, nor others from which their numbers could be worked out."
)


class Hiding(StrEnum):
    """Whether a row's numbers are shown: small ones are not, nor others by which they could be worked out."""

    NO = "no"
    SMALL = "small"
    WITH_OTHERS = "with_others"

    @property
    def label(self) -> str:
        return {"no": "", "small": FEW, "with_others": "not shown"}[self]


@dataclass(frozen=True)
class Part:
    """One group of a target's people: how many, how many of them are complete, and how many are neither
    complete nor booked, where that is asked.

    Of a hidden one the numbers are gone, so that no page or file can give them away.
    """

    name: str
    complete: int | None
    of: int | None
    hiding: Hiding = Hiding.NO
    minimum_percent: Decimal | None = None
    to_book: int | None = None

    @property
    def is_small(self) -> bool:
        """Whether it has too few people to be told of, to those who may not see names."""
        return (self.of or 0) < FEWEST_SHOWN

    @property
    def is_hidden(self) -> bool:
        return self.hiding is not Hiding.NO

    @property
    def outstanding(self) -> int | None:
        """How many are still to be trained."""
        return None if self.of is None or self.complete is None else self.of - self.complete

    @property
    def percent(self) -> str:
        """The share that is complete, as it is shown: "91%"; nothing of a hidden one."""
        if self.of is None or self.complete is None:
            return ""
        return shown_percent(self.complete, self.of, self.minimum_percent)

    @property
    def words(self) -> str:
        """ "239 of 263 (91%)", or why there is no number."""
        if self.is_hidden:
            return self.hiding.label
        return f"{self.complete:,} of {self.of:,} ({self.percent})"

    def without_numbers(self) -> Part:
        """The same hidden."""
        hiding = Hiding.SMALL if self.is_small else Hiding.WITH_OTHERS
        return replace(self, complete=None, of=None, to_book=None, hiding=hiding)


def suppress(parts: Sequence[Part]) -> list[Part]:
    """The rows of a table as those see them who may not see names, when its total is known to them.

    When nothing helps, such as for a single row of 4, there is no table at all: an empty list.
    """
    rows = dict(enumerate(parts))
    hidden = hidden_with([number for number, one in rows.items() if one.is_small], rows)
    if hidden is None:
        return []
    return [one.without_numbers() if number in hidden else one for number, one in rows.items()]


def hidden_with(hidden: Collection[Key], rows: Mapping[Key, Part]) -> set[Key] | None:
    """Which rows are hidden when these must be, and the sum of all of them is known; None when nothing helps.

    As that sum less all that is shown is what is hidden, further rows are hidden with them, the smallest
    first, until none of them `can_be_worked_out`. A team of 3 beside others of 12, 20 and 30: the 3 and the
    12 are hidden.
    """
    if not hidden:
        return set()
    others = sorted((key for key in rows if key not in hidden), key=lambda key: rows[key].of or 0)
    for more in range(len(others) + 1):
        found = [*hidden, *others[:more]]
        if not can_be_worked_out([rows[key] for key in found], [rows[key] for key in others[more:]]):
            return set(found)
    return None


def can_be_worked_out(hidden: Sequence[Part], shown: Sequence[Part]) -> bool:
    """Whether the sum of hidden rows, from which it is known what they have together, tells of one of them:
    how many it is, that all or none of its people are complete, or that all or none are left to book."""
    return not (
        _keeps_sizes(hidden, shown)
        and _keeps_mixed(hidden, shown, lambda one: one.complete)
        and _keeps_mixed(hidden, shown, lambda one: one.to_book)
    )


def _keeps_sizes(hidden: Sequence[Part], shown: Sequence[Part]) -> bool:
    """Whether every hidden row may be of more than one size, for whoever knows what is hidden in sum.

    They know, too, that a small row has 1 to 4 people, and that any other hidden row has 5 or more and no
    more than the smallest that is shown, unless it had to be hidden for another table: beside rows of 12, a
    hidden 4 and 12 could be no other 16.
    """
    sizes = [one.of or 0 for one in hidden]
    total = sum(sizes)
    most = max(FEWEST_SHOWN, *sizes, min((one.of or 0 for one in shown), default=total))
    ranges = [(1, FEWEST_SHOWN - 1) if one.is_small else (FEWEST_SHOWN, most) for one in hidden]
    lowest, highest = sum(low for low, _ in ranges), sum(high for _, high in ranges)
    return total >= FEWEST_SHOWN and all(
        max(low, total - (highest - high)) < min(high, total - (lowest - low)) for low, high in ranges
    )


def _keeps_mixed(
    hidden: Sequence[Part], shown: Sequence[Part], number_of: Callable[[Part], int | None]
) -> bool:
    """Whether some in the hidden rows are complete (or left to book) and some are not: otherwise all of them
    would be known, unless that is so of everybody, which the figure itself says."""
    return _is_mixed(hidden, number_of) or not _is_mixed([*hidden, *shown], number_of)


def _is_mixed(parts: Sequence[Part], number_of: Callable[[Part], int | None]) -> bool:
    return 0 < sum(number_of(one) or 0 for one in parts) < sum(one.of or 0 for one in parts)
