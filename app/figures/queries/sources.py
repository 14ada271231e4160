"""What the counts of figures read, worked out once for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import CTE

from app.figures.queries import scopes
from app.figures.queries.plans import Plan
from app.figures.queries.prospects import Ahead, Bookings, Moment
from app.learning.queries import completions, shapes_of, standings

PARTS = ("booked", "later", "unmarked", "both")


@dataclass(frozen=True)
class Sources:
    """What the counts read, worked out once for all figures of one date.

    `completed` is who had completed which course, and whether that was current on the day; `trained` the same
    by marks alone: prior learning is no delivery of a contract (4.3). `away` is everybody on long-term
    absence. `ahead` is what is to come by each target's id, and `bookings` where that is read from.
    """

    completed: CTE
    trained: CTE
    away: CTE
    moment: Moment
    bookings: Bookings | None = None
    ahead: Mapping[int, Ahead] = field(default_factory=dict)

    def parts_for(self, plan: Plan) -> dict[str, CTE]:
        """What is to come for a target, by its name; nothing where nothing is booked or outstanding."""
        found = self.ahead.get(plan.target.id)
        parts = {name: getattr(found, name) for name in PARTS} if found else {}
        return {name: part for name, part in parts.items() if part is not None}


def sources_for(
    plans: Sequence[Plan], as_at: date, known_at: datetime | None, *, has_ahead: bool = False
) -> Sources:
    """The sources of these plans' figures; each becomes part of a statement only where it is read."""
    stocks = {course for plan in plans if not plan.is_flow for course in plan.courses}
    flows = {course for plan in plans if plan.is_flow for course in plan.courses}
    shapes = shapes_of(stocks | flows, known_at)
    completed = standings(sorted(stocks), as_at=as_at, known_at=known_at, shapes=shapes).cte("completed")
    trained = (
        completions(sorted(flows), as_at=as_at, known_at=known_at, marks_only=True).cte("trained")
        if flows
        else completed
    )
    moment = Moment(as_at, known_at)
    bookings = Bookings(shapes, moment) if has_ahead else None
    return Sources(
        completed=completed,
        trained=trained,
        away=scopes.away(as_at=as_at, known_at=known_at).cte("away"),
        moment=moment,
        bookings=bookings,
        ahead=_ahead(plans, bookings) if bookings and bookings.has_any else {},
    )


def _ahead(plans: Sequence[Plan], bookings: Bookings) -> dict[int, Ahead]:
    """What is to come by each target: worked out once for those of one kind with one deadline."""
    alike: dict[tuple[date, bool], list[Plan]] = defaultdict(list)
    for plan in plans:
        if plan.courses:
            alike[plan.rule.deadline or date.max, plan.is_flow].append(plan)
    found = {}
    for number, ((until, is_flow), of_these) in enumerate(alike.items(), start=1):
        courses = sorted({course for plan in of_these for course in plan.courses})
        ahead = bookings.ahead(courses, until, marks_only=is_flow, name=f"ahead_{number}")
        found.update({plan.target.id: ahead for plan in of_these})
    return found
