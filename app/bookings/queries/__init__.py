"""Who holds places, who waits for them, and how many are left."""

from __future__ import annotations

from app.bookings.queries.breaches import Breach, capacity_breaches
from app.bookings.queries.catching_up import (
    DaysTaken,
    catch_up_sessions,
    component_in_full,
    days_taken,
    seats_left,
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
    people_to_book,
    person_to_book,
    places_on,
    run_to_book,
)
from app.bookings.queries.not_booked import invitation_in_full, invited_in, last_invitations, not_booked
from app.bookings.queries.obstacles import Clash, clashes_of, tight_gaps, unmet_prerequisites
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
from app.bookings.queries.standing import booker_of, leaving_causes, overdue_bookings, runs_to_sweep

__all__ = [
    "HOLDING_STATES",
    "OPEN_STATES",
    "Breach",
    "Clash",
    "DaysTaken",
    "Occupancy",
    "bookable_runs",
    "booker_of",
    "booking_in_full",
    "capacity_breaches",
    "catch_up_sessions",
    "clashes_of",
    "component_in_full",
    "confirmed_on",
    "current_bookings_of",
    "days_taken",
    "invitation_in_full",
    "invited_in",
    "is_overdue",
    "kept_for_others",
    "last_invitations",
    "leaving_causes",
    "not_booked",
    "occupancy",
    "open_booking",
    "open_bookings_of",
    "open_bookings_on",
    "overdue_bookings",
    "past_bookings_of",
    "people_booked_beyond_their_last_day",
    "people_to_book",
    "person_to_book",
    "places_left",
    "places_on",
    "queue",
    "queue_position",
    "queue_positions",
    "quotas_of",
    "run_to_book",
    "runs_to_sweep",
    "seats_left",
    "seats_taken",
    "tight_gaps",
    "times_moved",
    "unmet_prerequisites",
    "waiting_counts",
]
