"""Working days in England: Monday to Friday, less the bank holidays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import holidays

from app.core import clock

DAY_BEGINS, DAY_ENDS = time(9), time(17)


@lru_cache(maxsize=1)
def _united_kingdom() -> type[holidays.HolidayBase]:
    """The file of the United Kingdom alone: asked by name, the package would load every country of the world,
    8 MB in each web worker."""
    file = Path(holidays.__file__).parent / "countries" / "united_kingdom.py"
    spec = spec_from_file_location("holidays.countries.united_kingdom", file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    found: type[holidays.HolidayBase] = module.UnitedKingdom
    return found


@lru_cache
def _bank_holidays(year: int) -> Mapping[date, str]:
    """England's bank holidays of a year, all at once: a calendar of the package that grows by itself lists a
    year before it has filled it, and another thread would see no holidays in it."""
    return dict(_united_kingdom()(subdiv="ENG", years=year, expand=False))


def bank_holiday(day: date) -> str | None:
    """The name of the bank holiday on `day`, or None: 18 April 2022 is "Easter Monday"."""
    name = _bank_holidays(day.year).get(day)
    return name.replace("'", "’") if name else None


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and bank_holiday(day) is None


def working_days_before(day: date, count: int) -> date:
    """The working day that is `count` working days before `day`.

    3 before Tuesday 19 April 2022 is Tuesday 12 April: 18 and 15 April are bank holidays (U-01).
    """
    while count > 0:
        day -= timedelta(days=1)
        if is_working_day(day):
            count -= 1
    return day


def working_days_after(day: date, count: int) -> date:
    """The working day `count` working days after `day`: 1 after Friday 1 April 2022 is Monday 4 April."""
    while count > 0:
        day += timedelta(days=1)
        if is_working_day(day):
            count -= 1
    return day


def working_hours_after(moment: datetime, hours: int) -> datetime:
    """The instant `hours` working hours later: working days have 8, from 09:00 to 17:00 in London.

    4 after Friday 1 April 2022 at 15:00 is Monday 4 April at 11:00.
    """
    left = timedelta(hours=hours)
    day = clock.day_of(moment)
    while True:
        if is_working_day(day):
            begins = max(moment, clock.london_time(day, DAY_BEGINS))
            ends = clock.london_time(day, DAY_ENDS)
            if begins + left <= ends:
                return begins + left
            left -= max(ends - begins, timedelta())
        day += timedelta(days=1)
