"""Why an entry of the waiting list has not moved: what whoever waits, and the academy, read. (ST-04)"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.bookings import queries
from app.bookings.models import Booking
from app.bookings.queries import Occupancy
from app.bookings.rules.queue import LAPSES_TO_THE_END, obstacle
from app.core.filters import day

# An entry with a free place is looked at more closely, which costs a few statements: a page does so for the
# first ones, and leads to the others.
LOOKED_AT_CLOSELY = 3


def why_waiting(booking: Booking, places: Occupancy, *, now: datetime, is_own: bool = True) -> str:
    """Why an entry of the waiting list has not moved. `is_own`: as whoever waits reads it."""
    return obstacle(booking, booking.sessions, now=now, is_own=is_own) or _of_the_run(booking, places, is_own)


def why_each_waits(
    waiting: Sequence[Booking], places: Occupancy, *, now: datetime, is_own: bool = False
) -> dict[int, str]:
    """Why each entry of one run's list has not moved, by its id, without asking much of the database.

    While a run is full that is the reason; only for the first of those with a free place is it looked up
    what else speaks against them.
    """
    found: dict[int, str] = {}
    looked_at = 0
    for booking in waiting:
        has_room = has_room_for(booking, places)
        if has_room and looked_at == LOOKED_AT_CLOSELY:
            found[booking.id] = "A place is free, but something speaks against it. The booking says what."
            continue
        looked_at += has_room
        against = obstacle(booking, booking.sessions, now=now, is_own=is_own, looks_closely=has_room)
        found[booking.id] = against or _of_the_run(booking, places, is_own)
    return found


def why_own_ones_wait(waiting: Sequence[Booking], *, now: datetime) -> dict[int, str]:
    """Why each of somebody's own waits, on whichever runs, has not moved, by the booking's id."""
    found: dict[int, str] = {}
    for booking in waiting:
        places = queries.occupancy(booking.run_id, now=now)
        found |= why_each_waits([booking], places, now=now, is_own=True)
    return found


def has_room_for(booking: Booking, places: Occupancy) -> bool:
    """Whether whoever waits could have a seat in each session that they wait for: "Day 2 only" may be one."""
    return places.free_numbers([one.id for one in booking.sessions], booking.sector_id) is not None


def goes_to_those_who_wait(waiting: Sequence[Booking], places: Occupancy) -> bool:
    """Whether free places go to those who wait by themselves: not where all let two offers lapse (U-16)."""
    return any(has_room_for(one, places) for one in waiting) and not all(
        one.lapses >= LAPSES_TO_THE_END for one in waiting
    )


def _given_soon(booking: Booking) -> str:
    """What becomes of a free place: it stays so when nobody waits but those who let two offers lapse."""
    if booking.lapses < LAPSES_TO_THE_END:
        return "A place is free. It is given within a minute."
    return (
        "A place is free, and is offered no more, as two offers were not taken in time. Whoever still wants "
        "it leaves the list and books it."
    )


def _of_the_run(booking: Booking, places: Occupancy, is_own: bool) -> str:
    """The reason that lies in the run's places."""
    if has_room_for(booking, places):
        return _given_soon(booking)
    if all(len(places.taken[one.id]) < places.capacity[one.id] for one in booking.sessions):
        until = max(quota.kept_until for quota in places.quotas)
        return f"The places that are left are kept for others until the end of {day(until)}."
    if booking.approval is not None and booking.approval.is_pending:
        manager = "Your manager" if is_own else "Their manager"
        who = "The academy" if booking.approval.approver_id is None else manager
        return f"No place has become free yet. {who} can approve it meanwhile."
    return "No place has become free yet."
