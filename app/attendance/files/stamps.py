"""Dates, times and durations as Teams writes them, in the order of the organiser's country."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from app.core import clock
from app.core.errors import RuleBroken
from app.core.filters import day as in_words

Order = Literal["mdy", "dmy"]
_STAMP = re.compile(
    r"(\d{1,4})[./-](\d{1,2})[./-](\d{2,4}),? (\d{1,2})[:.](\d{2})(?:[:.](\d{2}))? ?([ap])?\.?m?\.?",
    re.IGNORECASE,
)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?\S*")
_DURATION = re.compile(
    r"(?:(\d{1,6}) ?h[a-z]*\.?)? ?(?:(\d{1,6}) ?m[a-z]*\.?)? ?(?:(\d{1,6}) ?s[a-z]*\.?)?", re.IGNORECASE
)
_CLOCK = re.compile(r"(\d{1,6}):(\d{2}):(\d{2})")


class Interval(NamedTuple):
    """From joining to leaving."""

    begins: datetime
    ends: datetime


@lru_cache(maxsize=10_000)
def read_stamp(text: str, order: Order) -> datetime | None:
    """ "7/22/26, 7:02:11 PM" in the American order or "22/07/2026, 19:02:11" in the British one, else None.

    The clock is taken for one in London: a report does not say whose it was.
    """
    iso = _ISO.fullmatch(text)
    if iso:
        year, month, day, hour, minute, second = (int(part or 0) for part in iso.groups())
        return _moment(year, month, day, hour, minute, second)
    found = _STAMP.fullmatch(text)
    if not found:
        return None
    *numbers, half = found.groups()
    one, two, three, hour, minute, second = (int(part or 0) for part in numbers)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    if len(found[1]) > 2:
        return _moment(one, two, three, hour, minute, second)
    day, month = (two, one) if order == "mdy" else (one, two)
    return _moment(three + 2000 if three < 100 else three, month, day, hour, minute, second)


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int) -> datetime | None:
    try:
        return clock.london_time(date(year, month, day), time(hour, minute, second))
    except ValueError:
        return None


def order_of(stamps: Iterable[str], held_on: date) -> Order:
    """The order in which a report writes its dates: the one in which it is about the day of its session.

    3/4/22 is 4 March in the report of a session on 4 March. Raises RuleBroken when it is about another day
    in either order.
    """
    written = sorted(set(stamps))
    if not written:
        return "dmy"
    readings: dict[Order, list[datetime | None]] = {
        order: [read_stamp(stamp, order) for stamp in written] for order in ("dmy", "mdy")
    }
    possible = {order: [at for at in found if at] for order, found in readings.items() if None not in found}
    for order, found in possible.items():
        if held_on in {clock.day_of(at) for at in found}:
            return order
    if not possible:
        raise RuleBroken(
            "The dates of this report are written in two ways. Download it from Teams again.", "file"
        )
    has = re.split(r"[ ,T]", written[0])[0]
    raise RuleBroken(
        f"This is the report of another day: it has {has}, and the session is on {in_words(held_on)}.", "file"
    )


def read_duration(text: str) -> int | None:
    """ "1h 27m 51s", "0h 3m", "27m", "51s" or "1:27:51" in seconds; None for anything else."""
    found = _CLOCK.fullmatch(text) or (_DURATION.fullmatch(text) if text.strip() else None)
    if not found or not any(found.groups()):
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def union(intervals: Sequence[Interval]) -> list[Interval]:
    """The same time with none of it twice, for somebody who was there by telephone, too."""
    merged: list[Interval] = []
    for one in sorted(intervals):
        if merged and one.begins <= merged[-1].ends:
            merged[-1] = Interval(merged[-1].begins, max(merged[-1].ends, one.ends))
        else:
            merged.append(one)
    return merged


def minutes_in(intervals: Sequence[Interval]) -> int:
    return sum((one.ends - one.begins for one in intervals), timedelta()) // timedelta(minutes=1)
