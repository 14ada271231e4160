"""A target's figure week by week, with what is required and what was planned: the line of its chart."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from app.figures.models import Milestone, Target, TargetRule
from app.figures.queries import periods, plans
from app.figures.queries.arithmetic import FEW, is_few, required_number, shown_percent
from app.figures.queries.milestones import asked_in_words, titled
from app.figures.queries.periods import Period, PersonPeriods
from app.figures.queries.plans import Plan, required_of

WEEK = timedelta(weeks=1)
YEAR = 52 * WEEK


@dataclass(frozen=True)
class Point:
    """A target's figure on one day: `in_scope` is None for a flow, `required` without a minimum."""

    on: date
    complete: int
    in_scope: int | None
    required: int | None
    shown: str = ""
    is_few: bool = False  # of so few people that whoever may not see names is told no number

    def for_the_board(self) -> Point:
        """The same for those who may not see names: of 1 to 4 people that they are few (BM-05)."""
        if not is_few(self.in_scope):
            return self
        return Point(self.on, 0, 0, None, FEW, is_few=True)


@dataclass(frozen=True)
class Planned:
    """A milestone on the way: how many were to be complete by the end of a day (T07)."""

    on: date
    complete: int
    words: str


def drawn(points: Sequence[Point]) -> list[Point]:
    """The points of a line: of a few people there is none, for those who may not see names."""
    return [one for one in points if not one.is_few]


def weekly(target: Target, *, first: date, last: date, known_at: datetime | None = None) -> list[Point]:
    """The figure as at `first`, a week after and so on, and as at `last`: all as known at one instant.

    Each is what `figure` says of that day, but a year of them come from one statement.
    """
    (plan,) = plans.plans_for([target], known_at)
    return weekly_from(
        plan, periods.people_periods(plan, until=last, known_at=known_at), first=first, last=last
    )


def weekly_from(plan: Plan, found: Mapping[int, PersonPeriods], *, first: date, last: date) -> list[Point]:
    """The same from periods that have been read."""
    days = [*(first + number * WEEK for number in range((last - first).days // 7 + 1))]
    days += [last] if days and days[-1] != last else []
    return _points(plan, days, found.values())


def since_it_began(points: Sequence[Point], starts_on: date | None) -> Sequence[Point]:
    """The points from the last before the programme began, or before anybody was complete if that is earlier:
    a year of noughts before them says nothing. All of them while neither is known."""
    if starts_on is None:
        return points
    begun = (number for number, one in enumerate(points) if one.complete or one.on > starts_on)
    return points[max(0, next(begun, 0) - 1) :]


def _points(plan: Plan, days: Sequence[date], found: Collection[PersonPeriods]) -> list[Point]:
    if plan.is_flow:
        complete = _on_each(days, (period for one in found for period in one.complete))
        return [_point(day, done, None, plan.rule) for day, done in zip(days, complete, strict=True)]
    in_scope = _on_each(days, (period for one in found for period in one.in_scope))
    done_in_scope = (period for one in found for period in periods.in_both(one.in_scope, one.complete))
    complete = _on_each(days, done_in_scope)
    return [
        _point(day, done, scope, plan.rule) for day, done, scope in zip(days, complete, in_scope, strict=True)
    ]


def _on_each(days: Sequence[date], spans: Iterable[Period]) -> list[int]:
    """On each of these days the number of periods that cover it."""
    changes = [0] * (len(days) + 1)
    for first, last in spans:
        changes[bisect_left(days, first)] += 1
        changes[bisect_right(days, last)] -= 1
    return list(accumulate(changes[:-1]))


def _point(on: date, complete: int, in_scope: int | None, rule: TargetRule) -> Point:
    shown = f"{complete:,}" if in_scope is None else shown_percent(complete, in_scope, rule.minimum_percent)
    return Point(on, complete, in_scope, required_of(rule, in_scope), shown)


def planned_line(milestones: Sequence[Milestone], *, in_scope: int | None) -> list[Planned]:
    """The milestones of a target as points; a share is of as many people as are in scope now."""
    return [_planned(one, in_scope) for one in milestones]


def _planned(milestone: Milestone, in_scope: int | None) -> Planned:
    words = asked_in_words(milestone)
    if milestone.minimum_percent is None:
        number = milestone.minimum_count or 0
    else:
        number = required_number(milestone.minimum_percent, in_scope or 0)
        words += f" ({number:,})"
    return Planned(milestone.due_on, number, titled(milestone, words))
