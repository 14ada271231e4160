"""What every message about a booking says."""

from __future__ import annotations

from typing import Any

from app.bookings.models import Booking
from app.core.mail import link


def is_asked(booking: Booking) -> bool:
    return booking.approval is not None and booking.approval.is_pending


def title_of(booking: Booking) -> str:
    return booking.run.version.course.title


def place_of(booking: Booking, notice: str) -> dict[str, Any]:
    """What everybody is told with a place, however they came by it; `notice` says until when it can be given
    up freely, and what it costs after that."""
    return {"instructions": booking.run.joining_instructions, "notice": notice}


def context_of(booking: Booking) -> dict[str, Any]:
    person = booking.person
    return {
        "first_name": person.called,
        "course": booking.run.version.course,
        "sessions": booking.sessions,
        "reference": booking.reference,
        "booking_link": link(f"/bookings/{booking.id}"),
        "runs_link": link("/book"),
    }
