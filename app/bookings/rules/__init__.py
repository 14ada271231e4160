"""The rules of places: who may have which, taking them, the waiting list, and giving them up."""

from __future__ import annotations

from app.bookings.rules.checks import (
    can_cancel,
    check_can_book,
    check_can_book_for,
    check_can_cancel,
    check_can_see,
    check_can_see_places,
    sessions_of,
)
from app.bookings.rules.places import (
    book,
    cancel,
    cancel_run,
    change_capacity,
    promote_waiting,
    release_places_of,
    transfer,
)

__all__ = [
    "book",
    "can_cancel",
    "cancel",
    "cancel_run",
    "change_capacity",
    "check_can_book",
    "check_can_book_for",
    "check_can_cancel",
    "check_can_see",
    "check_can_see_places",
    "promote_waiting",
    "release_places_of",
    "sessions_of",
    "transfer",
]
