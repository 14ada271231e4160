"""Days on which somebody belongs somewhere: nobody is in two places on one of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)

Days = tuple[date, date | None]  # the first and the last, which both count; None is not known yet


def gaps(wanted: Days, taken: Iterable[Days]) -> list[Days]:
    """What is left of some days when others are taken out of them: of March, without the 10th, 1 to 9 March
    and 11 to 31 March."""
    left: list[Days] = []
    begins: date | None = wanted[0]
    end = wanted[1]
    for first_day, last_day in sorted(taken):
        if begins is None or (end is not None and first_day > end):
            break
        if last_day is not None and last_day < begins:
            continue
        if first_day > begins:
            left.append((begins, first_day - ONE_DAY))
        begins = last_day + ONE_DAY if last_day is not None else None
    if begins is not None and (end is None or begins <= end):
        left.append((begins, end))
    return left
