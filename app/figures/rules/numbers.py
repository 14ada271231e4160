"""The numbers that a target, a milestone or a document states, each checked in one way."""

from __future__ import annotations

from decimal import Decimal

from app.core.errors import RuleBroken


def check_percent(percent: Decimal | None, what: str) -> None:
    """A share that is asked for is more than nothing, at most everybody, and has two decimals at most."""
    if percent is not None and not (0 < percent <= 100 and percent == round(percent, 2)):
        raise RuleBroken(
            f"{what} must be more than 0 and at most 100, with two decimals at most, like 80 or 82.5",
            field="minimum_percent",
        )


def check_count(count: int | None, what: str) -> None:
    """A number that is asked for is of one or more."""
    if count is not None and count < 1:
        raise RuleBroken(f"{what} must be 1 or more", field="minimum_count")


def check_score(score: Decimal | None, what: str, *, field: str, like: str) -> None:
    """A score is a mean on the scale of 1 to 10, with one decimal at most."""
    if score is not None and not (1 <= score <= 10 and score == round(score, 1)):
        raise RuleBroken(
            f"{what} must be between 1 and 10, with one decimal at most, like {like}", field=field
        )
