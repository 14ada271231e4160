"""Required numbers, tests and percentages, in whole numbers only: nothing here is ever a float (4.5)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil

NO_ONE = "no one in scope"
FEWEST_SHOWN = 5  # of fewer people, whoever may not see names is told no number (BM-05)
FEW = f"fewer than {FEWEST_SHOWN}"


def required_number(minimum_percent: Decimal, denominator: int) -> int:
    """The fewest people that are at least `minimum_percent` of `denominator`.

    80% of 110 is 88; 80% of 109 is 87.2, so that 88 are required.
    """
    return ceil(Fraction(minimum_percent) * denominator / 100)


def is_met(numerator: int, required: int) -> bool:
    """A target is met on exact counts, never on a rounded percentage."""
    return numerator >= required


def shown_percent(numerator: int, denominator: int, minimum_percent: Decimal | None = None) -> str:
    """A percentage as it is shown: to the nearest whole number, halves up, unless that would mislead.

    It would mislead when it shows a value at or above a minimum that is not met (87 of 109 is "79.8%", not
    80%), 100% when somebody is missing (262 of 263 is "99.6%"), or 0% when somebody is done (1 of 263 is
    "0.3%"): then one decimal is shown, cut off rather than rounded, and more only while it would read 0.0.
    """
    if denominator == 0:
        return NO_ONE
    whole = (200 * numerator + denominator) // (2 * denominator)
    if not _would_mislead(whole, numerator, denominator, minimum_percent):
        return f"{whole}%"
    places = 1
    while (cut := 100 * 10**places * numerator // denominator) == 0:
        places += 1
    return f"{cut // 10**places}.{cut % 10**places:0{places}d}%"


def count_in_words(numerator: int, denominator: int | None, shown: str) -> str:
    """A figure as it is quoted: "85 of 110 (77%)", "120" of people trained, "no one in scope"."""
    if not denominator:
        return shown
    return f"{numerator:,} of {denominator:,} ({shown})"


def is_few(people: int | None) -> bool:
    """Whether these are so few people, or replies, that whoever may not see names is told no number of them:
    1 to 4. Of nobody, and of what is counted without a whole, there is nothing to hide."""
    return people is not None and 0 < people < FEWEST_SHOWN


def _would_mislead(whole: int, numerator: int, denominator: int, minimum_percent: Decimal | None) -> bool:
    if (
        minimum_percent is not None
        and whole >= minimum_percent
        and not is_met(numerator, required_number(minimum_percent, denominator))
    ):
        return True
    return (whole >= 100 and numerator < denominator) or (whole == 0 and numerator > 0)
