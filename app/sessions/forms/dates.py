"""Dates typed in one go, as people write them."""

from __future__ import annotations

import re
from datetime import date, datetime

from app.core import clock

_PATTERNS = ("%d/%m/%Y", "%d %B %Y", "%d %b %Y", "%Y-%m-%d")
_MARKS = re.compile(r"[\s.,/-]+")


def read_date(text: str) -> date | None:
    """The date that a text names, or None: 18/4/2022, 18 April 2022, Mon 18 Apr 2022 and 2022-04-18 are one.

    The day comes before the month, never after it.
    """
    words = [word for word in _MARKS.split(text.strip()) if word]
    if len(words) == 4 and words[0].isalpha():
        words = words[1:]
    if len(words) != 3:
        return None
    joined = {"%d/%m/%Y": "/", "%Y-%m-%d": "-"}
    for pattern in _PATTERNS:
        try:
            found = datetime.strptime(joined.get(pattern, " ").join(words), pattern).date()  # noqa: DTZ007 - only its date is used
        except ValueError:
            continue
        return found if found.year in clock.YEARS else None
    return None


def read_dates(text: str) -> tuple[list[date], list[str]]:
    """The dates on the lines of a text in their order, and the lines that are none."""
    dates: list[date] = []
    wrong: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        found = read_date(line)
        if found:
            dates.append(found)
        else:
            wrong.append(line)
    return dates, wrong
