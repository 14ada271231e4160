"""When booking closes, how long a seat is held, and until when a place can be given up freely."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from app.core import clock, workdays
from app.programmes.models import BookingTerms, NoticeUnit
from app.sessions.models import TrainingSession

HOLDS_END = time(17)
HOURS_TO_ANSWER = 8  # a working day


def first_of(sessions: Sequence[TrainingSession]) -> TrainingSession:
    return min(sessions, key=lambda session: session.starts_at)


def days_ahead(sessions: Sequence[TrainingSession], now: datetime) -> list[TrainingSession]:
    """What ends with a place that ends now: the days that have not begun or, on the last one, that day.

    Day 1 of 5 was attended and stays so: nobody is told that they gave it up, or that it was cancelled.
    """
    ahead = [one for one in sessions if one.starts_at > now]
    return ahead or [one for one in sessions if one.ends_at > now] or list(sessions)


def closes_at(sessions: Sequence[TrainingSession], terms: BookingTerms) -> datetime:
    """The instant from which these sessions can no longer be booked, nor a freed place in them be given.

    1 working day before Tuesday 15 March 2022 is Monday 14 March: until the end of that day. 0 working days
    is when the first session begins.
    """
    return closes_before(first_of(sessions).starts_at, terms)


def closes_before(starts_at: datetime, terms: BookingTerms) -> datetime:
    """The same for sessions of which the first begins at an instant."""
    if terms.closes_days == 0:
        return starts_at
    return _end_of(workdays.working_days_before(clock.day_of(starts_at), terms.closes_days))


def free_until(sessions: Sequence[TrainingSession], terms: BookingTerms) -> datetime:
    """The instant from which giving up a place is late; with an earlier notice too, after that one.

    3 working days before Tuesday 15 March 2022 it is free until the end of Thursday 10 March; before
    Tuesday 19 April, until the end of Tuesday 12 April: 15 and 18 are bank holidays. (U-01)
    """
    return _notice_ends(sessions, terms, terms.early_notice_days or terms.notice_days)


def full_from(sessions: Sequence[TrainingSession], terms: BookingTerms) -> datetime:
    """The instant from which giving up a place costs what the terms ask after both notices."""
    return _notice_ends(sessions, terms, terms.notice_days)


def percent_due(sessions: Sequence[TrainingSession], terms: BookingTerms, at: datetime) -> int:
    """The share of the charge that giving up a place at an instant costs: nothing in time, less between an
    earlier notice and the notice than after both."""
    if at < free_until(sessions, terms):
        return 0
    return terms.early_percent if at < full_from(sessions, terms) else terms.late_percent


def _notice_ends(sessions: Sequence[TrainingSession], terms: BookingTerms, days: int) -> datetime:
    first = first_of(sessions)
    return min(_end_of(notice_day(first.held_on, days, terms.notice_unit)), first.starts_at)


def notice_day(held_on: date, days: int, unit: NoticeUnit) -> date:
    """The last day of a notice of so many working or calendar days."""
    if unit is NoticeUnit.CALENDAR_DAYS:
        return held_on - timedelta(days=days)
    return workdays.working_days_before(held_on, days)


def held_until(
    sessions: Sequence[TrainingSession], terms: BookingTerms, now: datetime, *, is_moved: bool = False
) -> datetime:
    """Until when a request holds its seats: 17:00, 3 working days on, or when booking closes if that is
    sooner. Asked for on Monday 7 March 2022, until 17:00 on Thursday 10 March. (ST-02, U-15)

    One that the academy moved here ends as `kept_until` says.
    """
    end = kept_until(sessions, terms, now) if is_moved else closes_at(sessions, terms)
    return min(_at_five(now, terms.hold_days), end)


def kept_until(sessions: Sequence[TrainingSession], terms: BookingTerms, now: datetime) -> datetime:
    """Until when a request or an offer can be answered after the academy moved it: until booking closes or,
    where that leaves less than a working day, until the first session begins. (U-05)

    Nobody loses a place for an answer that could not be given in time, and nobody else could be given it.
    """
    closes = closes_at(sessions, terms)
    return closes if _leaves_a_day(closes, now) else first_of(sessions).starts_at


def offered_until(
    sessions: Sequence[TrainingSession], terms: BookingTerms, now: datetime, *, is_moved: bool = False
) -> datetime:
    """Until when an offer can be accepted: 17:00, 2 working days on; 4 working hours when the first session
    is within those days; never longer than booking is open. (ST-04, U-16)

    One that the academy moved here ends as `kept_until` says.
    """
    today = clock.day_of(now)
    if first_of(sessions).held_on <= workdays.working_days_after(today, terms.offer_days):
        end = workdays.working_hours_after(now, terms.offer_hours)
    else:
        end = _at_five(now, terms.offer_days)
    return min(end, kept_until(sessions, terms, now) if is_moved else closes_at(sessions, terms))


def reconfirmed_by(
    sessions: Sequence[TrainingSession], terms: BookingTerms, now: datetime
) -> datetime | None:
    """By when somebody whose dates changed says that they still come: 17:00, 5 working days on (U-05).

    Never longer than a place that is given up could be passed on; None when it can't be any more, or when
    that leaves them less than a working day: nobody loses a place for not reading an e-mail within minutes.
    """
    closes = closes_at(sessions, terms)
    if closes <= now:
        return None
    last_five = clock.london_time(clock.day_of(closes - timedelta(microseconds=1)), HOLDS_END)
    until = min(_at_five(now, terms.reconfirm_days), last_five if now < last_five < closes else closes)
    return until if _leaves_a_day(until, now) else None


def told_until(sessions: Sequence[TrainingSession], now: datetime) -> datetime | None:
    """By when the academy tells somebody whom no e-mail reaches, and hears whether they come: before their
    next day begins. They keep the place whatever comes of it (U-08); None once all has begun."""
    return min((one.starts_at for one in sessions if one.starts_at > now), default=None)


def _leaves_a_day(end: datetime, now: datetime) -> bool:
    """Whether there is a working day left to answer."""
    return end >= workdays.working_hours_after(now, HOURS_TO_ANSWER)


def passed_until(now: datetime) -> datetime:
    """Until when somebody who turned an offer down is made no other: 09:00 on the next working day."""
    next_day = workdays.working_days_after(clock.day_of(now), 1)
    return clock.london_time(next_day, workdays.DAY_BEGINS)


def _at_five(now: datetime, working_days: int) -> datetime:
    day = workdays.working_days_after(clock.day_of(now), working_days)
    return clock.london_time(day, HOLDS_END)


def _end_of(day: date) -> datetime:
    """The first instant after a day."""
    return clock.start_of_day(day + timedelta(days=1))
