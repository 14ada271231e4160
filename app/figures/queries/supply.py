"""S of the forecast: the places and single days that a target's people could still take (4.11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from app.bookings.queries import places_left_unless_kept
from app.figures.models import Target
from app.figures.queries.begun import days_of
from app.figures.queries.catching_up import (
    Days,
    Supply,
    Term,
    Ways,
    served,
    single_seats,
    whole_places,
)
from app.figures.queries.plans import Plan, plans_for
from app.figures.queries.prospects import Day, FreeRun, Moment, is_kept_from
from app.figures.queries.sources import Sources
from app.figures.queries.takers import with_takers
from app.figures.queries.tallies import TargetCounts
from app.sessions.models import Run


@dataclass(frozen=True)
class Free:
    """What a target's people could still take: places, and how many of them single days complete; and how
    many of those who are not booked could take none, as they are outside the audience."""

    places: int
    single_days: int = 0
    shut_out: int = 0

    @property
    def total(self) -> int:
        return self.places + self.single_days


def single_days(plans: Sequence[Plan], runs: Sequence[FreeRun], sources: Sources) -> dict[int, Counter[Day]]:
    """The seats on single days that the people of each target could take, by its id: of those with any.

    Only of targets that count who is there: people trained are no list of people who could catch up.
    """
    found = {
        plan.target.id: single_seats(_of(plan.courses, runs), _term(plan, sources), plan.takers)
        for plan in plans
        if plan.has_scope
    }
    return {target_id: seats for target_id, seats in found.items() if seats}


def days_to_build_on(
    plans: Sequence[Plan], counted: Mapping[int, TargetCounts], sources: Sources
) -> Mapping[int, Days]:
    """What people who lack a course have done and booked of it: one statement, or none if nobody could."""
    could = [plan for plan in plans if plan.target.id in sources.single_days]
    people = {person for plan in could for person in counted[plan.target.id].lacked}
    if not people or sources.bookings is None:
        return {}
    versions = {version for plan in could for version in sources.versions_asked(plan)}
    since = min(sources.useful_since(plan) for plan in could)
    return days_of(people, versions, sources.bookings, sources.moment, since=since)


def free_for(
    plan: Plan,
    tally: TargetCounts,
    *,
    runs: Sequence[FreeRun],
    days: Mapping[int, Days],
    shut_out: frozenset[int],
    sources: Sources,
) -> Free:
    """The places that this target's people could take by the deadline, and whom single days complete by then.

    Where members need different courses, how many of those who are not booked could be served. `days` is what
    people have of what they lack; who is `shut_out` could take no place. Places and single days together are
    no more than the others: 12 who may book take of 25 places and the last day of a run 11 and that day, or
    12. A run of a course that stands in for the one that is wanted is as good, if that is for everybody.
    """
    term = _term(plan, sources)
    supplies = {
        course: Supply(
            ways=Ways(sources.shapes[course], term),
            whole=whole_places(_of({course} | plan.stand_ins(course), runs), term, plan.takers),
            seats=single_seats(_of({course}, runs), term, plan.takers),
            has=days,
        )
        for course in plan.courses
    }
    lacked = {person: courses for person, courses in tally.lacked.items() if person not in shut_out}
    if len(plan.courses) > 1:
        return Free(served(lacked, supplies), shut_out=len(shut_out))
    places, days_alone = sum(one.whole for one in supplies.values()), 0
    if plan.target.id in sources.single_days:
        by_day = {course: replace(one, whole=0) for course, one in supplies.items()}
        days_alone = served(lacked, by_day)
    if shut_out:
        places = min(places, tally.unbooked - len(shut_out) - days_alone)
    return Free(places, days_alone, len(shut_out))


def places_left_of(target: Target, runs: Sequence[Run], *, on: date) -> dict[int, int]:
    """For each run, how many of a target's people could still book it, by the rule of its forecast."""
    (plan,) = with_takers(plans_for([target]), Moment(on, None))
    return places_left_unless_kept(runs, partial(is_kept_from, plan.takers), on=on)


def courses_served(plans: Sequence[Plan]) -> set[int]:
    """The courses whose free places people of these targets could take."""
    return {course for plan in plans for course in plan.courses_served}


def _term(plan: Plan, sources: Sources) -> Term:
    return Term(sources.moment.as_at, sources.last_day(plan))


def _of(courses: set[int], runs: Sequence[FreeRun]) -> list[FreeRun]:
    return [run for run in runs if run.course_id in courses]
