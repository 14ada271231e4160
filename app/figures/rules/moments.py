"""Reading the two dates of a figure as they are typed: as-at D and known-at K (4.4)."""

from __future__ import annotations

from datetime import date, datetime

from app.core import clock
from app.core.errors import RuleBroken
from app.core.filters import day


def as_at_from(typed: str) -> date:
    """The date of a figure, from "2021-08-31" or "31/8/2021"; never the US order."""
    on = clock.read_day(typed.strip())
    if on is None:
        sentence = f"“{typed}” is not a date. Write it like 2021-08-31 or 31/08/2021."
        raise RuleBroken(sentence, field="as_at")
    _check_within_reach(on, typed, field="as_at")
    return on


def known_at_from(typed: str) -> datetime:
    """The instant that a known-at date or datetime means.

    A date is the end of that day in London, so that "2022-04-01" includes what was recorded on 1 April; a
    time without a zone is London's.
    """
    written = typed.strip()
    if on := clock.read_day(written):
        _check_within_reach(on, typed, field="known_at")
        return clock.end_of_day(on)
    moment = _instant(written)
    if moment is None:
        sentence = (
            f"“{written}” is not a date or a time. Write it like 2022-04-01, 01/04/2022 or 2022-04-01T17:00."
        )
        raise RuleBroken(sentence, field="known_at")
    _check_within_reach(moment.date(), typed, field="known_at")
    return moment if moment.tzinfo else clock.london_time(moment.date(), moment.time())


def _instant(written: str) -> datetime | None:
    """2022-04-01T17:00 or 2022-04-01T17:00:00+01:00, or None; a day alone is none."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if clock.read_day(written[:10]) else None


def _check_within_reach(on: date, typed: str, *, field: str) -> None:
    """The years that a form takes too, and with which days can be reckoned."""
    first, last = date(clock.YEARS[0], 1, 1), date(clock.YEARS[-1], 12, 31)
    if not first <= on <= last:
        raise RuleBroken(
            f"“{typed}” is too far off: figures can be asked for days from {day(first)} to {day(last)}.",
            field=field,
        )
