"""How dates, times and numbers are shown; London's clock appears here and nowhere below."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from markupsafe import Markup, escape

from app.core import clock

_KEPT = re.compile(r"\d{4}-\d\d-\d\d(T.+\+\d\d:\d\d)?")  # as isoformat() writes dates and aware instants
_LONG = 20  # letters: no word of a table has more, and a column of words is as wide
_ADDRESS = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)])")


def day(value: date | None) -> str:
    """A date: "31 March 2022"; nothing for none."""
    return f"{value.day} {value:%B %Y}" if value else ""


def short_day(value: date | None) -> str:
    """A date with its weekday for lists: "Thu 31 Mar 2022"."""
    return f"{value:%a} {value.day} {value:%b %Y}" if value else ""


def long_day(value: date | None) -> str:
    """A date with its weekday: "Thursday 31 March 2022"."""
    return f"{value:%A} {value.day} {value:%B %Y}" if value else ""


def weekday(value: date | None) -> str:
    """A date with its weekday where the year is plain: "Thursday 31 March"."""
    return f"{value:%A} {value.day} {value:%B}" if value else ""


def clock_time(value: datetime | None) -> str:
    """The London time of an instant: "09:30"."""
    return f"{clock.london(value):%H:%M}" if value else ""


def day_and_time(value: datetime | None) -> str:
    """An instant as London shows it: "31 March 2022 at 09:30"."""
    return f"{day(clock.day_of(value))} at {clock_time(value)}" if value else ""


def in_words(value: Any) -> Any:
    """A value as the audit keeps it, a date or an instant as elsewhere: "2022-03-31" is "31 March 2022"."""
    found = _KEPT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    try:
        return day_and_time(datetime.fromisoformat(value)) if found[1] else day(date.fromisoformat(value))
    except ValueError:  # somebody's reference that only looks like a date
        return value


def day_of_year(value: date | None) -> str:
    """A date near enough to need no year: "15 March"."""
    return f"{value.day} {value:%B}" if value else ""


def day_seen_from(then: date, now: date) -> str:
    """ "31 March" from a day of the same year, and else "31 March 2022"."""
    return day_of_year(then) if then.year == now.year else day(then)


def until(value: datetime | None) -> str:
    """An instant at which something near ends: "17:00 Thursday 10 March", "the end of Monday 14 March"."""
    if value is None:
        return ""
    if clock.london(value).time() == time.min:
        last = clock.day_of(value - timedelta(microseconds=1))
        return f"the end of {last:%A} {day_of_year(last)}"
    on = clock.day_of(value)
    return f"{clock_time(value)} {on:%A} {day_of_year(on)}"


def number(value: int | Decimal | None) -> str:
    """A number with thousands separated: "1,204"; of a score "7.5"."""
    return f"{value:,}" if value is not None else ""


def duration(minutes: int) -> str:
    """A length of time: "7 hours", "6 hours 40 minutes", "45 minutes"."""
    hours, rest = divmod(minutes, 60)
    words = [plural(hours, "hour")] if hours else []
    return " ".join([*words, *([plural(rest, "minute")] if rest or not hours else [])])


def lasting(length: timedelta) -> str:
    """The same of a length as the rules keep it: "12 hours", "30 minutes"."""
    return duration(int(length.total_seconds()) // 60)


def pounds(value: Decimal | None) -> str:
    """An amount of money: "£1,204.50", and "£90" where there are no pence."""
    if value is None:
        return ""
    return f"£{value:,.0f}" if value == value.to_integral_value() else f"£{value:,.2f}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: plural(1, "person", "people") is "1 person"; 0 is "0 people"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(words: Any, last: str = "and") -> str:
    """Words as a sentence lists them: "Health, Education and Police"."""
    items = [str(word) for word in words]
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def first_listed(first: Collection[str], count: int, other: str, others: str | None = None) -> str:
    """The first of so many words, and how many others: "SOS2-07, SOS2-08 and 12 other runs"."""
    more = count - len(first)
    return listed([*first, plural(more, other, others)] if more > 0 else first)


def with_links(words: str) -> Markup:
    """Plain text as HTML: its lines stay lines, and each address in it becomes a link."""
    parts = _ADDRESS.split("\n".join(words.splitlines()))
    return Markup("").join(
        Markup('<a class="govuk-link" href="{0}" rel="noreferrer">{0}</a>').format(part)
        if number % 2
        else escape(part).replace("\n", Markup("<br>"))
        for number, part in enumerate(parts)
    )


def breakable(words: str) -> Markup:
    """Words for a column: those of more than 20 letters, an address perhaps, may break anywhere.

    Where every word may, whoever lays the table out tries every letter, which takes twice as long.
    """
    if len(words) <= _LONG:
        return escape(words)
    return Markup(" ").join(
        Markup('<span class="takeup-breakable">{}</span>').format(word) if len(word) > _LONG else escape(word)
        for word in words.split(" ")
    )


_FILTERS = (
    day,
    short_day,
    long_day,
    until,
    in_words,
    clock_time,
    day_and_time,
    number,
    duration,
    pounds,
    plural,
    listed,
    with_links,
    breakable,
)


def register(app: Flask) -> None:
    """Give every template these filters under the functions' names."""
    for function in _FILTERS:
        app.add_template_filter(function)
