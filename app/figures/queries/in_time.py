"""Days by the deadline with seats free, for people whose booked places complete them too late (U-11)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from app.bookings.queries import seats_left_unless_kept, sessions_in_time
from app.core import clock
from app.core.db import db
from app.figures.models import Target
from app.figures.queries.begun import days_of
from app.figures.queries.catching_up import Days, Supply, Term, Ways
from app.figures.queries.plans import Plan, plans_for
from app.figures.queries.prospects import Day, Moment, free_runs, is_kept_from
from app.figures.queries.sources import Sources, sources_for
from app.figures.queries.takers import with_takers
from app.people.models import Person
from app.sessions.models import TrainingSession

MOST_DAYS = 50
Told = tuple[int, int, date]  # a day by its version, its component and when it is held


@dataclass(frozen=True)
class DayInTime:
    """A day of a course that can still be had by the deadline: how many seats it has left, and whom it
    completes by then beside the days that they have."""

    session: TrainingSession
    left: int
    completes: Sequence[Person]


def days_in_time(target: Target, people: Sequence[Person], *, now: datetime) -> list[DayInTime]:
    """The days that these people would do after the deadline, in the runs that hold them up to it and have a
    seat for them, soonest first.

    Day 5 of SOS5-03 is on 4 April, after the deadline: day 5 of SOS5-02 on 29 March has 3 seats left, and
    completes each of them who has done days 1 to 4 by then. Whoever lacks more is completed by no day alone.
    """
    plan = plans_for([target])[0]
    sources = sources_for([plan], clock.day_of(now), None, has_ahead=True)
    last = sources.forecast_day(plan)
    if last is None or sources.bookings is None or not people:
        return []
    has = days_of(
        [one.id for one in people],
        sources.versions_asked(plan),
        sources.bookings,
        sources.moment,
        since=date.min,
    )
    too_late = {
        (day.version_id, day.component) for days in has.values() for day in days if day.held_on > last
    }
    sessions = db.session.scalars(sessions_in_time(too_late, until=last, now=now).limit(MOST_DAYS)).unique()
    left = _seats_left(plan, sessions.all(), sources)
    days = _days_of(left, sources.moment)
    completed = _completed(people, has, plan, sources, days=days)
    return [DayInTime(one, seats, completed[_told(one)]) for one, seats in left.items()]


def _completed(
    people: Sequence[Person], has: Mapping[int, Days], plan: Plan, sources: Sources, *, days: Collection[Day]
) -> Mapping[Told, list[Person]]:
    """Whom each of these days alone completes by the last day of the forecast."""
    found = defaultdict[Told, list[Person]](list)
    term = Term(sources.moment.as_at, sources.last_day(plan))
    for course in plan.courses:
        supply = Supply(Ways(sources.shapes[course], term), 0, Counter(days), has)
        for person in people:
            for day in supply.lacks(person.id).single:
                found[day[:3]].append(person)
    return found


def _seats_left(
    plan: Plan, sessions: Sequence[TrainingSession], sources: Sources
) -> dict[TrainingSession, int]:
    """The sessions with seats left, by the rule of the forecast: what is kept for others is none."""
    [plan] = with_takers([plan], sources.moment)
    left = seats_left_unless_kept(sessions, partial(is_kept_from, plan.takers), on=sources.moment.as_at)
    return {one: left[one.id] for one in sessions if left[one.id]}


def _days_of(sessions: Collection[TrainingSession], moment: Moment) -> set[Day]:
    """These sessions as the forecast reads them, with the first day that may stand in one set with each."""
    told = {_told(one) for one in sessions}
    runs = free_runs({one.run.version.course_id for one in sessions}, moment) if sessions else []
    return {one.day for run in runs for one in run.sessions if one.day[:3] in told}


def _told(session: TrainingSession) -> Told:
    return session.run.version_id, session.component_number, session.held_on
