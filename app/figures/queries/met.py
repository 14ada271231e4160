"""Since when a target has been met: the day that its colour names once the deadline is over (4.12)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, Integer, Select, cast, literal, null, select

from app.core import clock
from app.core.db import UTCDateTime, rows_in_one
from app.figures.models import ReachStep, TargetKind
from app.figures.queries import measures, scopes
from app.figures.queries.arithmetic import is_met
from app.figures.queries.figure import Figure
from app.figures.queries.periods import Period, PersonPeriods, in_both, people_periods_of, together
from app.figures.queries.plans import Plan, required_of
from app.figures.queries.prospects import Moment
from app.figures.queries.sources import Sources, sources_for


def met_on(figures: Sequence[Figure], plans: Sequence[Plan], moment: Moment) -> dict[int, date]:
    """Of targets whose deadline is over and that are met, by their ids: the first day since which each has
    been met without a break.

    Somebody whose completion lapsed before the deadline and who completes again on 20 March is counted from
    20 March; where the last who was not complete leaves on 5 April, the target is met on 6 April. A
    statement for each way of counting, and none while no target is met.
    """
    over = [
        plan
        for figure, plan in zip(figures, plans, strict=True)
        if figure.met and figure.required and figure.is_after_deadline
        and (plan.target.kind.counts_people or plan.target.kind is TargetKind.REACH)
    ]  # fmt: skip
    stocks = [plan for plan in over if plan.has_scope]
    in_post = [plan for plan in over if plan.target.kind is TargetKind.REACH and plan.population]
    for_good = [plan for plan in over if plan not in stocks and plan not in in_post]
    people_periods = people_periods_of(stocks, until=moment.as_at, known_at=moment.known_at)
    people_periods |= _reached_in_post(in_post, moment)
    found = _when_enough(for_good, moment)
    for plan in (*stocks, *in_post):
        day = _since(plan, people_periods[plan.target.id].values(), moment.as_at)
        if day is not None:
            found[plan.target.id] = day
    return found


def _since(plan: Plan, people_periods: Iterable[PersonPeriods], on: date) -> date | None:
    """The first of the days up to `on` on all of which enough of those in scope are complete."""
    joined: Counter[date] = Counter()
    completed: Counter[date] = Counter()
    for person_periods in people_periods:
        _note(joined, person_periods.in_scope)
        _note(completed, in_both(person_periods.complete, person_periods.in_scope))
    since, people, done = None, 0, 0
    for day in sorted(day for day in joined.keys() | completed.keys() if day <= on):
        people, done = people + joined[day], done + completed[day]
        required = required_of(plan.rule, people if plan.has_scope else None)
        if not people or required is None or not is_met(done, required):
            since = None
        elif since is None:
            since = day
    return since


def _note(changes: Counter[date], periods: Iterable[Period]) -> None:
    """One more from the first day of each period, one fewer after its last."""
    for first, last in periods:
        changes[first] += 1
        if last < date.max:
            changes[last + timedelta(days=1)] -= 1


# --- Whom nothing takes away again ---------------------------------------------------------------------


def _when_enough(plans: Sequence[Plan], moment: Moment) -> dict[int, date]:
    """Of people trained, and of reach of everybody, whoever is counted stays so: it is the day of the last
    who was needed. One statement."""
    if not plans:
        return {}
    own = sources_for(plans, moment.as_at, moment.known_at)
    parts = [_of_the_last_needed(plan, own) for plan in plans]
    return {target_id: _day(day, at) for target_id, day, at in rows_in_one(parts).tuples()}


def _of_the_last_needed(plan: Plan, sources: Sources) -> Select[Any]:
    required = required_of(plan.rule, None) or 1
    if plan.is_flow:
        trained = sources.trained
        days = select(trained.c.completed_on.label("at")).where(trained.c.course_id == plan.rule.course_id)
    else:
        days = _reached(plan, sources.moment)
    each = days.subquery()
    nth = select(each.c.at).order_by(each.c.at).offset(required - 1).limit(1).scalar_subquery()
    return select(literal(plan.target.id, Integer), *_day_and_instant(plan, nth))


# --- How far training has reached ----------------------------------------------------------------------


def _reached_in_post(plans: Sequence[Plan], moment: Moment) -> dict[int, dict[int, PersonPeriods]]:
    """Of reach of a population: when each person was in it, and since when they have been reached. One
    statement."""
    found: dict[int, dict[int, PersonPeriods]] = {
        plan.target.id: defaultdict(PersonPeriods) for plan in plans
    }
    parts = [part for plan in plans for part in (_posts(plan, moment), _reached_on(plan, moment))]
    if not parts:
        return found
    for target_id, is_post, person_id, last, day, at in rows_in_one(parts):
        person_periods = found[target_id][person_id]
        if is_post:
            person_periods.in_scope = together([*person_periods.in_scope, (day, last or date.max)])
        else:
            person_periods.complete = [(_day(day, at), date.max)]
    return found


def _posts(plan: Plan, moment: Moment) -> Select[Any]:
    assert plan.population is not None
    post = scopes.posts(plan.population, known_at=moment.known_at).subquery()
    return select(
        literal(plan.target.id, Integer),
        literal(1, Integer),
        post.c.person_id,
        post.c.last_day,
        post.c.first_day,
        cast(null(), UTCDateTime),
    )


def _reached_on(plan: Plan, moment: Moment) -> Select[Any]:
    people = _reached(plan, moment).subquery()
    return select(
        literal(plan.target.id, Integer),
        literal(0, Integer),
        people.c.person_id,
        cast(null(), Date),
        *_day_and_instant(plan, people.c.at),
    )


def _reached(plan: Plan, moment: Moment) -> Select[Any]:
    """Everybody whom the target's step has reached, in its population or not, and when: `at`."""
    step = plan.target.reach_step
    assert step is not None
    return measures.reached(plan.target, plan.rule, None, step, as_at=moment.as_at, known_at=moment.known_at)


def _day_and_instant(plan: Plan, at: Any) -> tuple[Any, Any]:
    """When something was: the day or, of the steps of reach that have none, the instant."""
    has_day = plan.target.reach_step in (None, ReachStep.ATTENDED)
    return (at, cast(null(), UTCDateTime)) if has_day else (cast(null(), Date), at)


def _day(on: Any, at: datetime | None) -> date:
    return on if at is None else clock.day_of(at)
