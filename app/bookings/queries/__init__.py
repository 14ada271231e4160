"""Who holds places, who waits for them, and how many are left."""

from __future__ import annotations

from app.bookings.queries.breaches import Breach, capacity_breaches
from app.bookings.queries.interest import (
    courses_asked_for,
    interest_of,
    interests_in,
    interests_that_ended,
    interests_to_look_at,
    last_starts,
    runs_untold,
)
from app.bookings.queries.lists import (
    bookable_runs,
    booking_in_full,
    confirmed_on,
    current_bookings_of,
    open_booking,
    open_bookings_of,
    open_bookings_on,
    past_bookings_of,
    people_booked_beyond_their_last_day,
    person_to_book,
    places_on,
    run_to_book,
)
from app.bookings.queries.needs import bookings_of_runs_ended_by, need_of, needs_on
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
    "bookings_of_runs_ended_by",
    "capacity_breaches",
    "clashes_of",
    "confirmed_on",
    "courses_asked_for",
    "current_bookings_of",
    "interest_of",
    "interests_in",
    "interests_that_ended",
    "interests_to_look_at",
    "is_overdue",
    "kept_for_others",
    "last_starts",
    "leaving_causes",
    "need_of",
    "needs_on",
    "occupancy",
    "open_booking",
    "open_bookings_of",
    "open_bookings_on",
    "overdue_bookings",
    "past_bookings_of",
    "people_booked_beyond_their_last_day",
    "person_to_book",
    "places_left",
    "places_on",
    "queue",
    "queue_position",
    "queue_positions",
    "quotas_of",
    "run_to_book",
    "runs_to_sweep",
    "runs_untold",
    "seats_taken",
    "times_moved",
    "unmet_prerequisites",
    "waiting_counts",
]
