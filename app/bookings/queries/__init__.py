"""Who holds places, who waits for them, and how many are left."""

from __future__ import annotations

from app.bookings.queries.breaches import Breach, capacity_breaches
from app.bookings.queries.leaving import leavers_with_places, places_after, places_beyond_last_day
from app.bookings.queries.lists import (
    bookable_runs,
    booking_in_full,
    confirmed_on,
    current_bookings_of,
    open_booking,
    open_bookings_of,
    open_bookings_on,
    past_bookings_of,
    person_to_book,
    places_on,
    run_to_book,
)
from app.bookings.queries.obstacles import Clash, clashes_of, unmet_prerequisites
from app.bookings.queries.occupancy import (
    HOLDING_STATES,
    OPEN_STATES,
    Occupancy,
    is_overdue,
    occupancy,
    places_left,
    queue,
    queue_position,
    queue_positions,
    seats_taken,
    times_moved,
    waiting_counts,
)
from app.bookings.queries.quotas import kept_for_others, quotas_of
from app.bookings.queries.standing import leaving_causes, overdue_bookings, runs_to_sweep

__all__ = [
    "HOLDING_STATES",
    "OPEN_STATES",
    "Breach",
    "Clash",
    "Occupancy",
    "bookable_runs",
    "booking_in_full",
    "capacity_breaches",
    "clashes_of",
    "confirmed_on",
    "current_bookings_of",
    "is_overdue",
    "kept_for_others",
    "leavers_with_places",
    "leaving_causes",
    "occupancy",
    "open_booking",
    "open_bookings_of",
    "open_bookings_on",
    "overdue_bookings",
    "past_bookings_of",
    "person_to_book",
    "places_after",
    "places_beyond_last_day",
    "places_left",
    "places_on",
    "queue",
    "queue_position",
    "queue_positions",
    "quotas_of",
    "run_to_book",
    "runs_to_sweep",
    "seats_taken",
    "times_moved",
    "unmet_prerequisites",
    "waiting_counts",
]
