"""To whoever decides about a place, and what they decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.bookings import queries
from app.bookings.emails.parts import context_of, title_of
from app.bookings.models import Booking, Freed
from app.bookings.queries import TeamDays
from app.core.mail import Email, link


def request_declined(booking: Booking, *, reason: str | None) -> Email:
    """Their manager did not agree."""
    return Email(
        subject=f"Your request for {title_of(booking)} was declined",
        template="bookings/emails/declined",
        context={
            **context_of(booking),
            "reason": reason,
            "runs_link": link(f"/book?course={booking.run.version.course_id}"),
        },
    )


def agreed_while_waiting(booking: Booking) -> Email:
    """Their manager agrees, and they still wait for a place."""
    return Email(
        subject=f"Your request for {title_of(booking)} is approved: you are still waiting",
        template="bookings/emails/agreed",
        context=context_of(booking),
    )


def request_passed_on(booking: Booking) -> Email:
    """Somebody else than before is asked to approve their place."""
    return Email(
        subject=f"Your request for {title_of(booking)} has passed on",
        template="bookings/emails/passed_on",
        context={
            **context_of(booking),
            "asked": queries.who_was_asked(booking),
            "held_until": booking.held_until,
        },
    )


def approval_asked(
    booking: Booking, days: Sequence[TeamDays], name: str, answer_link: str, *, is_reminder: bool
) -> Email:
    """To whoever is asked to agree: who wants what, when, and who of the team is out on those days; of a
    request that the academy moved here, too, from which run."""
    was = booking.replaces
    return Email(
        subject=f"{'Reminder: ' if is_reminder else ''}{booking.person.name} asks for {title_of(booking)}",
        template="bookings/emails/approval",
        context={
            **_asking(booking, name),
            "moved_from": was.run if was and was.run_id != booking.run_id else None,
            "days": days,
            "answer_link": answer_link,
            "is_reminder": is_reminder,
            "held_until": booking.held_until,
        },
    )


def request_expired(booking: Booking, name: str, *, freed: Freed) -> Email:
    """To whoever did not answer in time, with what became of the place."""
    return Email(
        subject=f"{booking.person.name}’s request for {title_of(booking)} was not answered in time",
        template="bookings/emails/expired",
        context={**_asking(booking, name), "freed": freed},
    )


def request_withdrawn(booking: Booking, name: str) -> Email:
    """To whoever has not answered yet: they need not any more."""
    return Email(
        subject=f"{booking.person.name}’s request for {title_of(booking)} is withdrawn",
        template="bookings/emails/withdrawn",
        context=_asking(booking, name),
    )


def agreement_declared(booking: Booking) -> Email:
    """To the manager whose agreement was declared by whoever booked: a copy."""
    assert booking.approval is not None
    return Email(
        subject=f"{booking.person.name} has booked {title_of(booking)} and says that you agree",
        template="bookings/emails/declared",
        context={
            **context_of(booking),
            "name": booking.approval.declared_name,
            "person": booking.person,
            "is_waiting": not booking.state.holds_seats,
        },
    )


def _asking(booking: Booking, name: str) -> dict[str, Any]:
    asked = queries.who_was_asked(booking)
    return {
        **context_of(booking),
        "name": name,
        "person": booking.person,
        "post": booking.person.spell_on(booking.sessions[0].held_on),
        "asked": asked,
        "for_whom": None if asked.is_manager else asked.manager,
    }
