"""What is said of who is told: whom an e-mail reaches, and whom one tells oneself. (U-08, U-18)"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.bookings import queries
from app.bookings.models import Booking, BookingState
from app.bookings.rules import Outcome
from app.core.filters import listed, plural


def untold_in_words(bookings: Iterable[Booking]) -> str:
    """The end of what is said of a change: " No e-mail reaches Ada Cole, so tell them yourself." """
    names = [one.name for one in queries.unreached(booking.person for booking in bookings)]
    return f" No e-mail reaches {listed(names)}, so tell them yourself." if names else ""


def told_in_words(outcome: Outcome) -> str:
    """ "17 people are told", of whom an e-mail reaches; nothing where it reaches nobody."""
    told = len(outcome.told) - len(queries.unreached(booking.person for booking in outcome.told))
    return plural(told, "person is told", "people are told") if told else ""


def promoted_in_words(promoted: Sequence[Booking]) -> str:
    """The end of what is said of a change that freed places: " Of those who waited, 1 person has a place now
    and 2 people are offered one." Nothing where nobody is nearer to one."""
    parts = []
    for state, one, many in _PROMOTED:
        count = sum(booking.state is state for booking in promoted)
        if count:
            parts.append(plural(count, one, many))
    return f" Of those who waited, {listed(parts)}." if parts else ""


_PROMOTED = (
    (BookingState.CONFIRMED, "person has a place now", "people have a place now"),
    (BookingState.OFFERED, "person is offered one", "people are offered one"),
    (BookingState.REQUESTED, "person is held one until it is approved", "people are held one until approved"),
)
