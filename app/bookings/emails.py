"""What the service writes to people about their places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.bookings import queries
from app.bookings.models import Booking
from app.bookings.queries import TeamDay
from app.core.mail import Email, link


def place_confirmed(booking: Booking, calendar: str, *, how: str) -> Email:
    """They have a place: from the start ("confirmed"), by their manager's agreement ("approved"), or
    because one became free while they were waiting ("promoted")."""
    return Email(
        subject=f"Your place on {_title(booking)} is confirmed",
        template="bookings/emails/confirmed",
        context={**_context(booking), "how": how},
        calendar=calendar,
    )


def place_requested(booking: Booking, *, is_promoted: bool) -> Email:
    """A place is held for them until their manager answers; `is_promoted` when they were waiting for one."""
    return Email(
        subject=f"A place on {_title(booking)} is held for you",
        template="bookings/emails/requested",
        context={
            **_context(booking),
            "held_until": booking.held_until,
            "is_promoted": is_promoted,
            "asked": queries.who_was_asked(booking),
        },
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
            "asked": queries.who_was_asked(booking) if _is_asked(booking) else None,
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
        context={
            **_context(booking),
            "reason": reason,
            "runs_link": link(f"/book?course={booking.run.version.course_id}"),
        },
    )


def agreed_while_waiting(booking: Booking) -> Email:
    """Their manager agrees, and they still wait for a place."""
    return Email(
        subject=f"Your request for {_title(booking)} is approved: you are still waiting",
        template="bookings/emails/agreed",
        context=_context(booking),
    )


def request_passed_on(booking: Booking) -> Email:
    """Somebody else than before is asked to approve their place."""
    return Email(
        subject=f"Your request for {_title(booking)} has passed on",
        template="bookings/emails/passed_on",
        context={
            **_context(booking),
            "asked": queries.who_was_asked(booking),
            "held_until": booking.held_until,
        },
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


# --- To whoever decides --------------------------------------------------------------------------------


def approval_asked(
    booking: Booking, days: Sequence[TeamDay], name: str, answer_link: str, *, is_reminder: bool
) -> Email:
    """To whoever is asked to agree: who wants what, when, and who of the team is out on those days."""
    return Email(
        subject=f"{'Reminder: ' if is_reminder else ''}{booking.person.name} asks for {_title(booking)}",
        template="bookings/emails/approval",
        context={
            **_asking(booking, name),
            "days": days,
            "answer_link": answer_link,
            "is_reminder": is_reminder,
            "held_until": booking.held_until,
        },
    )


def request_expired(booking: Booking, name: str) -> Email:
    """To whoever did not answer in time: the place has gone on."""
    return Email(
        subject=f"{booking.person.name}’s request for {_title(booking)} has run out",
        template="bookings/emails/expired",
        context=_asking(booking, name),
    )


def agreement_declared(booking: Booking) -> Email:
    """To the manager whose agreement was declared by whoever booked: a copy."""
    assert booking.approval is not None
    return Email(
        subject=f"{booking.person.name} has booked {_title(booking)} and says that you agree",
        template="bookings/emails/declared",
        context={
            **_context(booking),
            "name": booking.approval.declared_name,
            "person": booking.person,
            "is_waiting": not booking.state.holds_seats,
        },
    )


def _asking(booking: Booking, name: str) -> dict[str, Any]:
    asked = queries.who_was_asked(booking)
    return {
        **_context(booking),
        "name": name,
        "person": booking.person,
        "post": booking.person.spell_on(booking.sessions[0].held_on),
        "asked": asked,
        "for_whom": None if asked.is_manager else asked.manager,
    }


def _is_asked(booking: Booking) -> bool:
    return booking.approval is not None and booking.approval.is_pending


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
