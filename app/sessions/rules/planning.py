"""Planning dates: patterns, copies, and what somebody should know before (and after) they are saved.

Warnings never stop a save; they are worked out from the dates each time, so that they are never out of date.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from app.core import clock
from app.core.filters import day, long_day, plural
from app.core.workdays import bank_holiday, working_days_after
from app.programmes.models import Course, Programme
from app.sessions import queries
from app.sessions.models import Mode, Run, Trainer, TrainingSession, Venue

WEEK = timedelta(weeks=1)
LINK_WORKING_DAYS = 10
YEAR = timedelta(days=365)  # a date to come with a year too many is always so far ahead
HALF_A_YEAR = timedelta(days=183)  # a move by less than that, with a year too many or too few, is one by more


@dataclass(frozen=True, kw_only=True)
class PlannedSession:
    """One session before it is saved; the times are those of a London clock."""

    held_on: date
    starts: time
    ends: time
    capacity: int
    mode: Mode = Mode.VIRTUAL
    venue: Venue | None = None
    link: str | None = None
    trainer: Trainer | None = None

    @property
    def starts_at(self) -> datetime:
        return clock.london_time(self.held_on, self.starts)

    @property
    def ends_at(self) -> datetime:
        return clock.london_time(self.held_on, self.ends)

    @property
    def closed(self) -> list[Venue | Trainer]:
        """What of its venue and its trainer is closed by its day."""
        return [one for one in (self.venue, self.trainer) if one and one.is_closed_on(self.held_on)]

    @property
    def venue_id(self) -> int | None:
        return self.venue.id if self.venue else None

    @property
    def trainer_id(self) -> int | None:
        return self.trainer.id if self.trainer else None


@dataclass(frozen=True)
class PlannedDay:
    """A day of a run, how it is held and by whom, saved or only planned."""

    title: str
    held_on: date
    mode: Mode
    has_venue: bool
    trainer: Trainer | None = None
    has_link: bool = False


def planned_again(session: TrainingSession) -> PlannedSession:
    """A saved session as a plan, to be copied or changed."""
    return PlannedSession(
        held_on=session.held_on,
        starts=clock.london(session.starts_at).time(),
        ends=clock.london(session.ends_at).time(),
        capacity=session.capacity,
        mode=session.mode,
        venue=session.venue,
        link=session.link,
        trainer=session.trainer,
    )


def day_of(title: str, plan: PlannedSession) -> PlannedDay:
    """What is to be known of a planned session before it is saved."""
    return PlannedDay(title, plan.held_on, plan.mode, plan.venue is not None, plan.trainer, bool(plan.link))


def days_of_run(run: Run) -> list[PlannedDay]:
    """The days of a run, as they are now."""
    return [day_of(one.component.title, planned_again(one)) for one in run.sessions]


# --- Dates ---------------------------------------------------------------------------------------------


def pattern_dates(first: date, count: int, *, every_days: int) -> list[date]:
    """`count` dates from `first`, `every_days` apart: 7 is weekly, 1 is the days after."""
    return [first + timedelta(days=every_days * place) for place in range(count)]


def copied_dates(run: Run, starts_on: date) -> list[date]:
    """The dates of a copy: as far from each other as those of `run`, its first one on `starts_on`."""
    first = run.first_session.held_on
    return [starts_on + (session.held_on - first) for session in run.sessions]


def shifted_off_bank_holidays(dates: Sequence[date]) -> list[date]:
    """The same dates with none on a bank holiday, each still on its weekday.

    A date that falls on one moves a week later, and so does every date after it: Monday 18 April 2022
    becomes Monday 25 April. (AM-03)
    """
    moved = list(dates)
    for place in sorted(range(len(moved)), key=lambda one: dates[one]):
        while bank_holiday(moved[place]):
            behind = moved[place]
            moved = [day + WEEK if day >= behind else day for day in moved]
    return moved


def copied_plans(run: Run, starts_on: date, *, skip_bank_holidays: bool = False) -> list[PlannedSession]:
    """What a copy of `run` that starts on another date would be, session by session; without a venue or a
    trainer that is closed by then."""
    dates = copied_dates(run, starts_on)
    if skip_bank_holidays:
        dates = shifted_off_bank_holidays(dates)
    return [
        _without_closed(replace(planned_again(session), held_on=held_on))
        for session, held_on in zip(run.sessions, dates, strict=True)
    ]


def _without_closed(plan: PlannedSession) -> PlannedSession:
    """A session as it can be held again on another day: what is closed by then is chosen anew."""
    closed = plan.closed
    return replace(
        plan,
        venue=None if plan.venue in closed else plan.venue,
        trainer=None if plan.trainer in closed else plan.trainer,
    )


def left_out(run: Run, copy: Sequence[PlannedSession]) -> list[str]:
    """What a copy of a run does without, as it is closed by then."""
    gone = [
        one
        for was, plan in zip(run.sessions, copy, strict=True)
        for one in (not plan.venue and was.venue, not plan.trainer and was.trainer)
        if one
    ]
    return [
        f"The last day of {one.name} is {day(one.last_day)}: days after it are copied without this "
        f"{one.__tablename__}."
        for one in dict.fromkeys(gone)
    ]


# --- Codes ---------------------------------------------------------------------------------------------


def suggest_code(course: Course) -> str:
    """A free code for the next run of a course: after SOS2-07 comes SOS2-08."""
    return suggest_codes(course, 1)[0]


def suggest_codes(course: Course, count: int) -> list[str]:
    """Free codes for the next runs of a course, in the manner of its newest numbered one."""
    numbered = (re.fullmatch(r"(.*?)(\d+)", code) for code in queries.codes_of_course(course.id))
    newest = next((match for match in numbered if match), None)
    prefix, width = (newest[1], len(newest[2])) if newest else (f"{course.code[:36]}-", 2)
    taken = queries.codes_like(prefix)
    used = [int(code[len(prefix) :]) for code in taken if code[len(prefix) :].isdecimal()]
    first = max(used, default=0) + 1
    return [f"{prefix}{number:0{width}d}" for number in range(first, first + count)]


# --- Warnings ------------------------------------------------------------------------------------------


def warnings_of_run(run: Run, *, today: date) -> list[str]:
    """What the academy should know about a run's days, as they are now."""
    days = days_of_run(run)
    warnings = warnings_about(days, run.version.course.programme, today=today)
    if run.is_cancelled:
        return warnings
    return [*warnings, *venue_warnings(days, today=today), *link_warnings(days, today=today)]


def warnings_about(
    days: Sequence[PlannedDay], programme: Programme, *, today: date | None = None
) -> list[str]:
    """What to know about the dates of a run's days, which may be saved as they are.

    Bank holidays, weekends, a day before the one it follows (AM-02), and days before the programme starts or
    after its deadline (AM-04). With `today`, nothing is said of days that are over, except about those two.
    """
    return [
        warning
        for place, one in enumerate(days)
        for warning in warnings_of_day(one, days[place - 1] if place else None, programme, today=today)
    ]


def warnings_of_day(
    one: PlannedDay, before: PlannedDay | None, programme: Programme, *, today: date | None = None
) -> list[str]:
    """What to know about the date of one day of a run, beside the day that it follows."""
    warnings: list[str] = []
    title, held_on = one.title, one.held_on
    is_over = today is not None and held_on < today
    if before and held_on < before.held_on:
        said = f"{title}, {long_day(held_on)}, is before {before.title}, {long_day(before.held_on)}."
        warnings.append(said)
    if not is_over:
        warnings += _about_the_day(title, held_on)
    if programme.starts_on and held_on < programme.starts_on:
        warnings.append(_about_the_start(title, held_on, programme.starts_on))
    if programme.deadline and held_on > programme.deadline:
        warnings.append(_about_the_deadline(title, held_on, programme.deadline))
    return warnings


def venue_warnings(days: Sequence[PlannedDay], *, today: date) -> list[str]:
    """Which days to come are held in a room that nobody can be told of. They are saved all the same: the
    venue may not be known yet."""
    return [
        f"{one.title}, {long_day(one.held_on)}, is {one.mode.label.lower()} and has no venue: until it has "
        "one, those with a place are not told where to come."
        for one in days
        if one.held_on >= today and one.mode is not Mode.VIRTUAL and not one.has_venue
    ]


def link_warnings(days: Sequence[PlannedDay], *, today: date) -> list[str]:
    """Which days that begin within 10 working days nobody could join from elsewhere: they have no link yet.
    Of those that begin later it is no news."""
    last = working_days_after(today, LINK_WORKING_DAYS)
    return [
        f"{one.title}, {long_day(one.held_on)}, is {one.mode.label.lower()} and has no link: until it has "
        "one, those with a place are told that it will follow."
        for one in days
        if today <= one.held_on <= last and one.mode is not Mode.IN_PERSON and not one.has_link
    ]


def year_warnings(days: Sequence[PlannedDay], *, today: date) -> list[str]:
    """Which new days are so far ahead that their year may be a slip: 22 March 2028, typed in January 2027."""
    return [
        f"{one.title}, {long_day(one.held_on)}, is a year or more ahead: check the year."
        for one in days
        if one.held_on - today >= YEAR
    ]


def year_warnings_of_move(was: date, planned: PlannedDay) -> list[str]:
    """Whether a day moves so far that its year may be a slip: from 15 March 2022 to 22 March 2062."""
    apart = planned.held_on - was
    if abs(apart) < HALF_A_YEAR:
        return []
    far = f"{plural(abs(apart.days), 'day')} {'after' if planned.held_on > was else 'before'}"
    return [
        f"{planned.title}, {long_day(planned.held_on)}, is {far} {long_day(was)}, the date it has now: check "
        "the year."
    ]


def _about_the_day(title: str, held_on: date) -> list[str]:
    holiday = bank_holiday(held_on)
    if holiday:
        return [f"{title}, {long_day(held_on)}, is a bank holiday: {holiday}."]
    if held_on.weekday() >= 5:
        return [f"{title}, {long_day(held_on)}, is at a weekend."]
    return []


def _about_the_start(title: str, held_on: date, starts_on: date) -> str:
    days = plural((starts_on - held_on).days, "day")
    return f"{title}, {long_day(held_on)}, is {days} before the programme starts, on {day(starts_on)}."


def _about_the_deadline(title: str, held_on: date, deadline: date) -> str:
    days = plural((held_on - deadline).days, "day")
    return (
        f"{title}, {long_day(held_on)}, is {days} after the programme’s deadline: the cost is at the "
        f"council’s risk, and completions will not count towards the target of {day(deadline)}."
    )
