"""Who holds places, who waits for them, and how many are left."""

from __future__ import annotations

from app.bookings.queries.breaches import Breach, capacity_breaches
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
from app.bookings.queries.occupancy import (
    OPEN_STATES,
    Occupancy,
    occupancy,
    places_left,
    queue,
    queue_position,
    queue_positions,
    seats_taken,
    times_moved,
    waiting_counts,
)

__all__ = [
    "OPEN_STATES",
    "Breach",
    "Occupancy",
    "bookable_runs",
    "booking_in_full",
    "capacity_breaches",
    "confirmed_on",
    "current_bookings_of",
    "occupancy",
    "open_booking",
    "open_bookings_of",
    "open_bookings_on",
    "past_bookings_of",
    "people_booked_beyond_their_last_day",
    "person_to_book",
    "places_left",
    "places_on",
    "queue",
    "queue_position",
    "queue_positions",
    "run_to_book",
    "seats_taken",
    "times_moved",
    "waiting_counts",
]
