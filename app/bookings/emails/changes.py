"""What the academy or the provider changed."""

from __future__ import annotations

from collections.abc import Sequence

from app.bookings.emails.parts import context_of, place_of, title_of
from app.bookings.models import Booking, BookingState
from app.bookings.queries import DoublyBooked
from app.core.mail import Email, link
from app.people.models import Person
from app.sessions.models import Run, TrainingSession
from app.sessions.rules import PlannedSession


def session_changed(
    booking: Booking,
    calendar: str | None,
    *,
    session: TrainingSession,
    was: PlannedSession,
    reason: str | None,
    clashes: Sequence[str],
    token: str | None,
    is_free: bool = False,
) -> Email:
    """A day has another date, time or place. With `token` they must say that they still come, or whether they
    take what is offered; `is_free` when the place can be given up freely all the same."""
    is_retimed = (was.starts_at, was.ends_at) != (session.starts_at, session.ends_at)
    what = "has moved" if is_retimed else "has changed"
    return Email(
        subject=f"{title_of(booking)}: {session.component.title} {what}",
        template="bookings/emails/session_changed",
        context={
            **context_of(booking),
            "session": session,
            "was": was,
            "is_retimed": is_retimed,
            "has_place": calendar is not None,
            "instructions": booking.run.joining_instructions if calendar is not None else [],
            "reason": reason,
            "clashes": clashes,
            "is_free": is_free,
            "reconfirm_by": booking.reconfirm_by,
            "reconfirm_link": token and link(f"/reconfirm/{token}"),
            "held_until": booking.held_until,
            "offer_link": token and link(f"/offers/{token}"),
            "is_offered": booking.state is BookingState.OFFERED,
        },
        calendar=calendar,
    )


def reconfirm_soon(booking: Booking, *, token: str) -> Email:
    """The time to say that they still come ends soon."""
    return Email(
        subject=f"Do you still come to {title_of(booking)}?",
        template="bookings/emails/reconfirm",
        context={
            **context_of(booking),
            "reconfirm_by": booking.reconfirm_by,
            "reconfirm_link": link(f"/reconfirm/{token}"),
        },
    )


def clashes_of_team(manager: Person, session: TrainingSession, clashes: Sequence[DoublyBooked]) -> Email:
    """To a manager: a day was moved, and these people of theirs are now booked twice at the same time."""
    course = session.run.version.course
    return Email(
        subject=f"{course.title} has moved: people of yours are booked twice",
        template="bookings/emails/clashes_of_team",
        context={
            "first_name": manager.called,
            "course": course,
            "session": session,
            "clashes": clashes,
        },
    )


def clashes_of_carried(manager: Person, to_run: Run, clashes: Sequence[DoublyBooked]) -> Email:
    """To a manager: these people of theirs are on another run now, and booked twice at the same time."""
    course = to_run.version.course
    return Email(
        subject=f"{course.title}: people of yours are booked twice",
        template="bookings/emails/clashes_of_carried",
        context={
            "first_name": manager.called,
            "course": course,
            "run": to_run,
            "clashes": clashes,
        },
    )


def carried_over(
    was: Booking,
    calendar: str | None,
    *,
    old_sessions: Sequence[TrainingSession],
    new: Booking,
    new_dates: str | None,
    position: int | None,
    notice: str,
    is_cancelled: bool,
    reason: str | None,
    clashes: Sequence[str],
    token: str | None = None,
) -> Email:
    """From one run to another: what is taken back, and the place, the offer or the turn that they have
    instead.

    `notice` as in `place_of`: with a place they are told what everybody is who gets one. `token` is the end
    of the link by which an offer is answered.
    """
    is_same_run = was.run_id == new.run_id
    waits = "you are on the waiting list" + ("" if is_same_run else " for other dates")
    return Email(
        subject=f"{title_of(was)}: {'you have been moved to another date' if position is None else waits}",
        template="bookings/emails/carried_over",
        context={
            **context_of(new),
            "old_sessions": old_sessions,
            "new": new,
            "place": place_of(new, notice),
            "position": position,
            "is_same_run": is_same_run,
            "offer_link": token and link(f"/offers/{token}"),
            "is_cancelled": is_cancelled,
            "reason": reason,
            "clashes": clashes,
        },
        calendar=calendar or new_dates,
        new_dates=new_dates if calendar else None,
    )


def run_joined(booking: Booking) -> Email:
    """The people of another run join theirs; for them nothing changes."""
    return Email(
        subject=f"{title_of(booking)}: more people join you",
        template="bookings/emails/run_joined",
        context=context_of(booking),
    )


def run_cancelled(
    booking: Booking, calendar: str | None, *, was: BookingState | None, reason: str | None
) -> Email:
    """The academy cancelled the whole run; `was` is what the booking was. Whoever had a place, or was held
    one, comes first on another."""
    return Email(
        subject=f"{title_of(booking)} is cancelled",
        template="bookings/emails/run_cancelled",
        context={
            **context_of(booking),
            "had_place": calendar is not None,
            "was_requested": was is BookingState.REQUESTED,
            "comes_first": was is not None and was.holds_seats,
            "reason": reason,
        },
        calendar=calendar,
    )
