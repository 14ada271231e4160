"""Whom no e-mail tells what was done, so that whoever did it tells them. (U-08, U-18)"""

from __future__ import annotations

from collections.abc import Iterable

from app.bookings import queries
from app.bookings.models import Booking
from app.core.filters import listed


def untold_in_words(bookings: Iterable[Booking]) -> str:
    """The end of what is said of a change: " No e-mail reaches Ada Cole, so tell them yourself." """
    names = [one.name for one in queries.unreached(booking.person for booking in bookings)]
    return f" No e-mail reaches {listed(names)}, so tell them yourself." if names else ""
