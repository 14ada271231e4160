"""What is told of 1 to 4 people, or replies, to whoever may not see names: that they are few (BM-05)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, Self, TypeVar

from app.figures.queries.arithmetic import FEW

FEW_PEOPLE = f"No number is shown of {FEW} people, so that nothing is told of any one of them."
FEW_REPLIES = f"No mean is shown of {FEW} replies, so that nobody’s own can be told from it."
FEW_TO_DRAW = f"{FEW.capitalize()} people are counted on this day, so that nothing is drawn of them."
FEW_TO_MOVE = (
    f"{FEW.capitalize()} people are counted on one of these days, so that nothing is shown of what moved."
)


def few_counted(*, is_score: bool) -> str:
    """What is said in place of their number in a sentence."""
    return f"{FEW} people replied" if is_score else f"{FEW} people are counted"


class _Told(Protocol):
    def for_the_board(self) -> Self: ...


Told = TypeVar("Told", bound=_Told)


def as_seen(found: Iterable[Told], *, sees_names: bool) -> list[Told]:
    """Figures, and what stands beside them, as whoever asks may see them.

    Every page and file of theirs goes through here: of 2 of 3 complete those who may not see names read
    "fewer than 5", those who may "2 of 3 (67%)".
    """
    return list(found) if sees_names else [one.for_the_board() for one in found]
