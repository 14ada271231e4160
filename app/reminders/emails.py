"""What reminders say."""

from __future__ import annotations

from app.bookings.models import Booking
from app.core.filters import long_day
from app.core.mail import Email, link
from app.sessions.models import Run, TrainingSession


def joining(booking: Booking, session: TrainingSession, secret: str | None = None) -> Email:
    """To the person: what begins when, where, and how to change it. All sessions still held are listed.

    `secret` is the end of the link for somebody who has no account to sign in with (MA-02).
    """
    held = {seat.session_id for seat in booking.seats if seat.released_at is None}
    sessions = sorted(
        (one for one in booking.run.sessions if one.id in held and one.starts_at >= session.starts_at),
        key=lambda one: one.starts_at,
    )
    course = booking.run.version.course
    return Email(
        subject=f"{course.title}: {session.component.title} on {long_day(session.held_on)}",
        template="reminders/emails/joining",
        context={
            "booking": booking,
            "session": session,
            "sessions": sessions,
            "course": course,
            "booking_link": link(f"/my-place/{secret}" if secret else f"/bookings/{booking.id}"),
            "instructions": booking.run.joining_instructions,
        },
    )


def few_booked(run: Run, confirmed: int) -> Email:
    """To the academy: a run that begins soon has fewer people than it needs."""
    return Email(
        subject=f"{run.code} has {confirmed} booked of at least {run.minimum_places}",
        template="reminders/emails/few_booked",
        context={
            "run": run,
            "course": run.version.course,
            "confirmed": confirmed,
            "first": run.first_session,
        },
    )


def register_due(session: TrainingSession, *, is_escalated: bool) -> Email:
    """To the trainer, or when it has waited for three working days to the academy."""
    course = session.run.version.course
    return Email(
        subject=f"Register to complete: {session.run.code}, {session.component.title}",
        template="reminders/emails/register_due",
        context={"session": session, "run": session.run, "course": course, "is_escalated": is_escalated},
    )
