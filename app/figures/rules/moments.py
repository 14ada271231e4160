"""Reading the two dates of a figure as they are typed: as-at D and known-at K (4.4)."""

from __future__ import annotations

from datetime import date, datetime

from app.core import clock
from app.core.errors import RuleBroken


def as_at_from(typed: str) -> date:
    """The date of a figure, from "2021-08-31"."""
    try:
        return _within_reach(date.fromisoformat(typed.strip()))
    except ValueError:
        raise RuleBroken(f"“{typed}” is not a date. Write it like 2021-08-31.", field="as_at") from None


def known_at_from(typed: str) -> datetime:
    """The instant that a known-at date or datetime means.

    A date is the end of that day in London, so that "2022-04-01" includes what was recorded on 1 April; a
    time without a zone is London's.
    """
    typed = typed.strip()
    try:
        if len(typed) <= len("2022-04-01"):
            return clock.end_of_day(_within_reach(date.fromisoformat(typed)))
        moment = datetime.fromisoformat(typed)
        _within_reach(moment.date())
    except (ValueError, OverflowError):
        sentence = f"“{typed}” is not a date or a time. Write it like 2022-04-01 or 2022-04-01T17:00."
        raise RuleBroken(sentence, field="known_at") from None
    return moment if moment.tzinfo else clock.london_time(moment.date(), moment.time())


def _within_reach(on: date) -> date:
    """The date, if it is one that a form takes too. Raises ValueError for the year 1 and the like."""
    if on.year not in clock.YEARS:
        raise ValueError(on)
    return on
