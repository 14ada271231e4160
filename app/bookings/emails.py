"""What the service writes to people about their places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.bookings.models import Booking
from app.core.mail import Email, link
from app.people.models import Person
from app.programmes.models import Course
from app.sessions.models import Run


def place_confirmed(booking: Booking, calendar: str, *, how: str) -> Email:
    """They have a place: from the start ("confirmed"), by their manager's agreement ("approved"), or
    because one became free while they were waiting ("promoted")."""
    return Email(
        subject=f"Your place on {_title(booking)} is confirmed",
        template="bookings/emails/confirmed",
        context={**_context(booking), "how": how, "instructions": booking.run.joining_instructions},
        calendar=calendar,
    )


def place_requested(booking: Booking, *, is_promoted: bool) -> Email:
    """A place is held for them until their manager answers; `is_promoted` when they were waiting for one."""
    return Email(
        subject=f"A place on {_title(booking)} is held for you",
        template="bookings/emails/requested",
        context={**_context(booking), "held_until": booking.held_until, "is_promoted": is_promoted},
    )


def on_waiting_list(booking: Booking, position: int) -> Email:
    """The run is full: where they stand, and what happens when a place becomes free."""
    return Email(
        subject=f"You are on the waiting list for {_title(booking)}",
        template="bookings/emails/waiting",
        context={
            **_context(booking),
            "position": position,
            "terms": booking.run.version.course.terms,
            "needs_approval": booking.approval is not None and booking.approval.is_pending,
        },
    )


def place_offered(booking: Booking) -> Email:
    """A place became free and is theirs, if they take it in time."""
    return Email(
        subject=f"A place on {_title(booking)} is offered to you",
        template="bookings/emails/offered",
        context={**_context(booking), "held_until": booking.held_until},
    )


def offer_lapsed(booking: Booking) -> Email:
    """They did not take an offered place in time: it goes to the next, and they wait on."""
    return Email(
        subject=f"The place on {_title(booking)} went to the next person",
        template="bookings/emails/lapsed",
        context={**_context(booking), "lapses": booking.lapses},
    )


def request_declined(booking: Booking, *, reason: str | None) -> Email:
    """Their manager did not agree."""
    return Email(
        subject=f"Your request for {_title(booking)} was declined",
        template="bookings/emails/declined",
        context={**_context(booking), "reason": reason},
    )


def place_released(booking: Booking, calendar: str | None, *, reason: str | None) -> Email:
    """What was held for them ran out. With `calendar` they had a place."""
    return Email(
        subject=f"Your {'place' if calendar else 'request'} on {_title(booking)} has run out",
        template="bookings/emails/released",
        context={**_context(booking), "had_place": calendar is not None, "reason": reason},
        calendar=calendar,
    )


def place_cancelled(
    booking: Booking, calendar: str | None, *, is_own_wish: bool, reason: str | None
) -> Email:
    """They no longer have the place, or no longer wait for one. Without `calendar` they were waiting."""
    return Email(
        subject=f"Your {'place on' if calendar else 'wait for'} {_title(booking)} is cancelled",
        template="bookings/emails/cancelled",
        context={
            **_context(booking),
            "had_place": calendar is not None,
            "is_own_wish": is_own_wish,
            "reason": reason,
        },
        calendar=calendar,
    )


def run_cancelled(booking: Booking, calendar: str | None, *, reason: str | None) -> Email:
    """The academy cancelled the whole run."""
    return Email(
        subject=f"{_title(booking)} is cancelled",
        template="bookings/emails/run_cancelled",
        context={**_context(booking), "had_place": calendar is not None, "reason": reason},
        calendar=calendar,
    )


def run_opened(person: Person, course: Course, runs: Sequence[Run]) -> Email:
    """They asked to be told when a run of a course opens: all that opened since, in one message."""
    return Email(
        subject=f"{course.title}: {'new dates' if len(runs) > 1 else 'a new date'} to book",
        template="bookings/emails/run_opened",
        context={
            "first_name": person.preferred_name or person.first_name,
            "course": course,
            "runs": [(run, link(f"/runs/{run.id}/book")) for run in runs],
            "asked_link": link("/book"),
        },
    )


def _title(booking: Booking) -> str:
    return booking.run.version.course.title


def _context(booking: Booking) -> dict[str, Any]:
    person = booking.person
    return {
        "first_name": person.preferred_name or person.first_name,
        "course": booking.run.version.course,
        "sessions": booking.sessions,
        "reference": booking.reference,
        "booking_link": link(f"/bookings/{booking.id}"),
        "runs_link": link("/book"),
    }
