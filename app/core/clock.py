"""The only place that asks what time it is. Times are aware and in UTC; dates are London's."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
YEARS = range(1900, 2200)  # in which a date that somebody types can be

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_BRITISH = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_offset_file: Path | None = None


def read_offset_from(path: Path | None) -> None:
    """Move the clock by the seconds that `path` holds, for rehearsals; None is the true time.

    The file is read at each call of now(), so that the web server and the scheduler move together.
    Settings refuse it outside a demonstration.
    """
    global _offset_file
    _offset_file = path


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC) + _offset()


def today() -> date:
    """The date in London now."""
    return day_of(now())


def read_day(text: str) -> date | None:
    """The day that somebody typed, 2022-03-31 or 31/3/2022, or None; 03/04/2022 is 3 April, not 4 March.

    It may lie outside `YEARS`: whoever reads it says so in words of their own.
    """
    iso, british = _ISO.fullmatch(text), _BRITISH.fullmatch(text)
    parts = iso.groups() if iso else british.groups()[::-1] if british else ("0", "0", "0")
    year, month, day = (int(part) for part in parts)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def london(moment: datetime) -> datetime:
    """The same instant as a London wall clock shows it."""
    return moment.astimezone(LONDON)


def day_of(moment: datetime) -> date:
    """The date on which this instant is in London: at 23:30 UTC on 30 June it is already 1 July."""
    return london(moment).date()


def london_time(day: date, at: time) -> datetime:
    """The instant, in UTC, at which a London clock shows `at` on `day` (09:30 stays 09:30 in summer)."""
    return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)


def is_shown(day: date, at: time) -> bool:
    """Whether a London clock shows `at` on `day`: on that on which summer time begins it leaves 01:30 out."""
    return london(london_time(day, at)).time() == at


def start_of_day(day: date) -> datetime:
    """The first instant of `day` in London, in UTC."""
    return london_time(day, time.min)


def end_of_day(day: date) -> datetime:
    """The last instant of `day` in London, in UTC: a deadline or a known-at date includes all of its day."""
    return start_of_day(day + timedelta(days=1)) - timedelta(microseconds=1)


def monday_of(day: date) -> date:
    """The first day of its week: of a Sunday, the Monday six days before."""
    return day - timedelta(days=day.weekday())


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months before, or the month's last day when it has no such day:
    3 months before 31 May is 28 February, or 29 in a leap year."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < date.min.year:
        return date.min
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months after, or the month's last day when it has no such day."""
    return months_before(day, -months)


def _offset() -> timedelta:
    if _offset_file is None:
        return timedelta()
    try:
        return timedelta(seconds=float(_offset_file.read_text(encoding="ascii") or 0))
    except (FileNotFoundError, ValueError):
        return timedelta()
