"""What the counts of figures read, worked out once for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import CTE, FromClause, select

from app.core.db import materialized
from app.figures.queries import scopes
from app.figures.queries.figure import NEWCOMER_DAYS
from app.figures.queries.flags import doubted
from app.figures.queries.forecast import forecast_day
from app.figures.queries.plans import Plan, shapes_in
from app.figures.queries.prospects import Ahead, Bookings, Day, Moment, versions_of
from app.learning.queries import CourseShape, completions, standings


@dataclass(frozen=True)
class Sources:
    """What the counts read, worked out once for all figures of one date.

    `completed` is who had completed which course, and whether that was current on the day; `trained` the same
    by marks alone: prior learning is no delivery of a contract (4.3). `away` is everybody on long-term
    absence, `newcomers` everybody whose employment began lately; `shapes` are the courses that are read.
    `ahead` is what is to come of stocks and `to_train` of flows, up to each target's deadline, and to `until`
    where that comes first; `bookings` is where that is read from. `work` is where everybody works on the day,
    if the counts are asked for by that; `doubted` whose records put which target in doubt; `single_days` the
    seats on single days that people of a target could take, by its id.
    """

    completed: CTE
    trained: CTE
    away: CTE
    newcomers: CTE
    moment: Moment
    shapes: Mapping[int, CourseShape]
    bookings: Bookings | None = None
    ahead: Ahead | None = None
    to_train: Ahead | None = None
    until: date | None = None
    work: CTE | None = None
    doubted: CTE | None = None
    single_days: Mapping[int, Counter[Day]] = field(default_factory=dict)

    def forecast_day(self, plan: Plan) -> date | None:
        """The day that a target's forecast is for."""
        return forecast_day(plan.rule.deadline, self.until)

    def last_day(self, plan: Plan) -> date:
        """The last day that a target's forecast counts."""
        return self.forecast_day(plan) or date.max

    def versions_asked(self, plan: Plan) -> set[int]:
        """The versions whose marks count for the courses that a target asks for."""
        return versions_of([self.shapes[course] for course in plan.courses & self.shapes.keys()])

    def useful_since(self, plan: Plan) -> date:
        """The first day that may stand in one set with any of a target's single days."""
        return min((day.opens_on or date.min for day in self.single_days[plan.target.id]), default=date.max)


def sources_for(
    plans: Sequence[Plan],
    as_at: date,
    known_at: datetime | None,
    *,
    has_ahead: bool = False,
    has_groups: bool = False,
    until: date | None = None,
    name: str = "",
) -> Sources:
    """The sources of these plans' figures; each becomes part of a statement only where it is read.

    What is ahead goes up to each target's deadline, and to `until` where that comes first. `name` tells those
    of several dates apart within one statement.
    """
    stocks = {course for plan in plans if not plan.is_flow for course in plan.courses}
    flows = {course for plan in plans if plan.is_flow for course in plan.courses}
    shapes = shapes_in(plans)
    stands = standings(sorted(stocks), as_at=as_at, known_at=known_at, shapes=shapes)
    by_marks = completions(sorted(flows), as_at=as_at, known_at=known_at, marks_only=True, shapes=shapes)
    completed = stands.cte(f"completed{name}")
    trained = by_marks.cte(f"trained{name}") if flows else completed
    current = select(completed).where(completed.c.is_current).subquery()
    moment = Moment(as_at, known_at)
    bookings = Bookings(shapes, moment) if has_ahead and shapes else None
    return Sources(
        completed=completed,
        trained=trained,
        away=scopes.away(as_at=as_at, known_at=known_at).cte(f"away{name}"),
        newcomers=scopes.newcomers(NEWCOMER_DAYS, as_at=as_at, known_at=known_at).cte(f"newcomers{name}"),
        moment=moment,
        shapes=shapes,
        bookings=bookings,
        ahead=_ahead(bookings, stocks, current, "ahead"),
        to_train=_ahead(bookings, flows, trained, "to_train", marks_only=True),
        until=until,
        work=scopes.places_of_work(as_at=as_at, known_at=known_at).cte("work") if has_groups else None,
        doubted=_doubted(plans, shapes, moment) if has_ahead else None,
    )


def _doubted(plans: Sequence[Plan], shapes: Mapping[int, CourseShape], moment: Moment) -> CTE | None:
    """People whose records are in doubt, for each target that has a colour for its denominator (4.12)."""
    versions = {plan.target.id: versions_for(plan, shapes) for plan in plans if plan.asks_a_share}
    if not any(versions.values()):
        return None
    return materialized(doubted(versions, moment), "doubted")


def versions_for(plan: Plan, shapes: Mapping[int, CourseShape]) -> set[int]:
    """The versions of courses whose marks count for a target, of courses that stand in as well."""
    own = plan.courses & shapes.keys()
    stand_in = {other for course in own for other in shapes[course].satisfied_by}
    return versions_of([shapes[course] for course in own | (stand_in & shapes.keys())])


def _ahead(
    bookings: Bookings | None,
    courses: Collection[int],
    done: FromClause,
    name: str,
    *,
    marks_only: bool = False,
) -> Ahead | None:
    if bookings is None or not courses:
        return None
    return bookings.ahead(sorted(courses), done, marks_only=marks_only, name=name)
