"""Reading the two dates of a figure as they are typed: as-at D and known-at K (4.4)."""

from __future__ import annotations

import re
from datetime import date, datetime

from app.core import clock
from app.core.errors import RuleBroken
from app.core.filters import day

_BRITISH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def as_at_from(typed: str) -> date:
    """The date of a figure, from "2021-08-31" or "31/8/2021"; never the US order."""
    try:
        on = date.fromisoformat(_as_iso(typed))
    except ValueError:
        sentence = f"“{typed}” is not a date. Write it like 2021-08-31 or 31/08/2021."
        raise RuleBroken(sentence, field="as_at") from None
    _check_within_reach(on, typed, field="as_at")
    return on


def known_at_from(typed: str) -> datetime:
    """The instant that a known-at date or datetime means.

    A date is the end of that day in London, so that "2022-04-01" includes what was recorded on 1 April; a
    time without a zone is London's.
    """
    written = _as_iso(typed)
    is_day = len(written) <= len("2022-04-01")
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        sentence = (
            f"“{typed.strip()}” is not a date or a time. "
            "Write it like 2022-04-01, 01/04/2022 or 2022-04-01T17:00."
        )
        raise RuleBroken(sentence, field="known_at") from None
    _check_within_reach(moment.date(), typed, field="known_at")
    if is_day:
        return clock.end_of_day(moment.date())
    return moment if moment.tzinfo else clock.london_time(moment.date(), moment.time())


def _as_iso(typed: str) -> str:
    """ "31/8/2021" as "2021-08-31"; everything else as it is."""
    typed = typed.strip()
    found = _BRITISH.fullmatch(typed)
    return f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}" if found else typed


def _check_within_reach(on: date, typed: str, *, field: str) -> None:
    """The years that a form takes too, and with which days can be reckoned."""
    first, last = date(clock.YEARS[0], 1, 1), date(clock.YEARS[-1], 12, 31)
    if not first <= on <= last:
        raise RuleBroken(
            f"“{typed}” is too far off: figures can be asked for days from {day(first)} to {day(last)}.",
            field=field,
        )
