"""What the service writes to people about their places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.bookings.models import Booking
from app.core.mail import Email, link
from app.programmes.models import Course
from app.sessions.models import TrainingSession


def place_confirmed(
    booking: Booking, course: Course, sessions: Sequence[TrainingSession], calendar: str, *, is_promoted: bool
) -> Email:
    """They have a place: from the start, or because one became free while they were waiting."""
    return Email(
        subject=f"Your place on {course.title} is confirmed",
        template="bookings/emails/confirmed",
        context={**_context(booking, course, sessions), "is_promoted": is_promoted},
        calendar=calendar,
    )


def on_waiting_list(
    booking: Booking, course: Course, sessions: Sequence[TrainingSession], position: int
) -> Email:
    """The run is full: where they stand, and what happens when a place becomes free."""
    return Email(
        subject=f"You are on the waiting list for {course.title}",
        template="bookings/emails/waiting",
        context={**_context(booking, course, sessions), "position": position},
    )


def place_cancelled(
    booking: Booking,
    course: Course,
    sessions: Sequence[TrainingSession],
    calendar: str | None,
    *,
    is_own_wish: bool,
    reason: str | None,
) -> Email:
    """They no longer have the place, or no longer wait for one. Without `calendar` they were waiting."""
    return Email(
        subject=f"Your {'place on' if calendar else 'wait for'} {course.title} is cancelled",
        template="bookings/emails/cancelled",
        context={
            **_context(booking, course, sessions),
            "had_place": calendar is not None,
            "is_own_wish": is_own_wish,
            "reason": reason,
        },
        calendar=calendar,
    )


def run_cancelled(
    booking: Booking,
    course: Course,
    sessions: Sequence[TrainingSession],
    calendar: str | None,
    *,
    reason: str | None,
) -> Email:
    """The academy cancelled the whole run."""
    return Email(
        subject=f"{course.title} is cancelled",
        template="bookings/emails/run_cancelled",
        context={**_context(booking, course, sessions), "had_place": calendar is not None, "reason": reason},
        calendar=calendar,
    )


def _context(booking: Booking, course: Course, sessions: Sequence[TrainingSession]) -> dict[str, Any]:
    person = booking.person
    return {
        "first_name": person.preferred_name or person.first_name,
        "course": course,
        "sessions": sessions,
        "reference": booking.reference,
        "booking_link": link(f"/bookings/{booking.id}"),
        "runs_link": link("/book"),
    }
