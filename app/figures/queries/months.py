"""A deliverable's sessions month by month: what was delivered, and what is scheduled to come (T09)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from app.core import clock
from app.figures.models import Target, TargetKind
from app.figures.queries.deliverables import DeliveryState, ticked_sessions


@dataclass(frozen=True)
class MonthOfSessions:
    """One month of a deliverable: the sessions delivered in it, those to come, and those not marked yet.

    `so_far` are all that were delivered, or are scheduled, up to the month's end.
    """

    first: date
    delivered: int
    confirmed: int
    unconfirmed: int
    not_marked: int
    so_far: int

    @property
    def scheduled(self) -> int:
        return self.confirmed + self.unconfirmed


def sessions_by_month(
    target: Target, *, as_at: date, known_at: datetime | None = None
) -> list[MonthOfSessions]:
    """Each month from that of the first ticked session to that of the last, one statement; none of others."""
    if target.kind is not TargetKind.DELIVERABLE:
        return []
    found = ticked_sessions([target.id], as_at=as_at, known_at=known_at)[target.id]
    counted = Counter((day.replace(day=1), state) for day, state in found)
    months, so_far = [], 0
    first, last = (
        min((one for one, _ in counted), default=None),
        max((one for one, _ in counted), default=None),
    )
    while first is not None and last is not None and first <= last:
        of_state = {state: counted[first, state] for state in DeliveryState}
        delivered, confirmed = of_state[DeliveryState.DELIVERED], of_state[DeliveryState.TO_COME]
        unconfirmed = of_state[DeliveryState.UNCONFIRMED]
        so_far += delivered + confirmed + unconfirmed
        not_marked = of_state[DeliveryState.NOT_MARKED]
        months.append(MonthOfSessions(first, delivered, confirmed, unconfirmed, not_marked, so_far))
        first = clock.months_after(first, 1)
    return months
