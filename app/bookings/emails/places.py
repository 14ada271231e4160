"""What became of a place, a wait or an offer."""

from __future__ import annotations

from collections.abc import Sequence

from app.bookings import queries
from app.bookings.emails.parts import context_of, is_asked, place_of, title_of
from app.bookings.models import Booking, BookingState, Freed
from app.core.mail import Email, link
from app.sessions.models import TrainingSession


def place_confirmed(
    booking: Booking, calendar: str, *, how: str, booked_by: str | None, notice: str
) -> Email:
    """They have a place: from the start ("confirmed"), by their manager's agreement ("approved"), because
    one became free while they were waiting ("promoted"), or from a colleague ("taken_over").

    `booked_by` is who booked it for them; `notice` as in `place_of`.
    """
    giver = booking.replaces.person.name if how == "taken_over" and booking.replaces else None
    return Email(
        subject=f"Your place on {title_of(booking)} is confirmed",
        template="bookings/emails/confirmed",
        context={
            **context_of(booking),
            "how": how,
            "giver": giver,
            "booked_by": booked_by,
            "place": place_of(booking, notice),
        },
        calendar=calendar,
    )


def place_requested(booking: Booking, *, is_promoted: bool) -> Email:
    """A place is held for them until their manager answers; `is_promoted` when they were waiting for one."""
    return Email(
        subject=f"A place on {title_of(booking)} is held for you",
        template="bookings/emails/requested",
        context={
            **context_of(booking),
            "held_until": booking.held_until,
            "is_promoted": is_promoted,
            "asked": queries.who_was_asked(booking),
        },
    )


def on_waiting_list(booking: Booking, position: int) -> Email:
    """The run is full: where they stand, and what happens when a place becomes free."""
    return Email(
        subject=f"You are on the waiting list for {title_of(booking)}",
        template="bookings/emails/waiting",
        context={
            **context_of(booking),
            "position": position,
            "terms": booking.run.version.course.terms,
            "asked": queries.who_was_asked(booking) if is_asked(booking) else None,
        },
    )


def place_offered(booking: Booking, token: str, *, is_again: bool) -> Email:
    """A place became free and is theirs, if they take it in time; its link opens without signing in. Or
    nobody else waits, and it is offered to them again."""
    return Email(
        subject=f"A place on {title_of(booking)} is offered to you{' once more' if is_again else ''}",
        template="bookings/emails/offered",
        context={
            **context_of(booking),
            "held_until": booking.held_until,
            "is_again": is_again,
            "offer_link": link(f"/offers/{token}"),
        },
    )


def offer_lapsed(booking: Booking, *, freed: Freed | None) -> Email:
    """They did not take an offered place in time: it goes to the next, if there is one, and they wait on."""
    title = title_of(booking)
    return Email(
        subject=f"The place on {title} went to the next person"
        if freed is Freed.PASSED_ON
        else f"The offer of a place on {title} has run out",
        template="bookings/emails/lapsed",
        context={
            **context_of(booking),
            "lapses": booking.lapses,
            "freed": freed,
            "runs_link": link(f"/book?course={booking.run.version.course_id}"),
        },
    )


def place_released(
    booking: Booking, calendar: str | None, *, reason: str | None, freed: Freed | None
) -> Email:
    """What was held for them ran out, with what became of it. With `calendar` they had a place."""
    title = title_of(booking)
    return Email(
        subject=f"Your place on {title} was not kept"
        if calendar
        else f"Your request for {title} was not answered in time",
        template="bookings/emails/released",
        context={
            **context_of(booking),
            "had_place": calendar is not None,
            "reason": reason,
            "freed": freed,
        },
        calendar=calendar,
    )


def place_cancelled(
    booking: Booking,
    calendar: str | None,
    *,
    was_requested: bool,
    is_own_wish: bool,
    ended_by: str | None,
    reason: str | None,
) -> Email:
    """They no longer have the place, ask for one, or wait for one. With `calendar` they had a place. Who has
    left is shown no other dates."""
    ended = "place on" if calendar else "request for" if was_requested else "wait for"
    return Email(
        subject=f"Your {ended} {title_of(booking)} is {'withdrawn' if was_requested else 'cancelled'}",
        template="bookings/emails/cancelled",
        context={
            **context_of(booking),
            "had_place": calendar is not None,
            "was_requested": was_requested,
            "is_own_wish": is_own_wish and ended_by is None,
            "ended_by": ended_by or "The academy",
            "is_late": booking.state is BookingState.CANCELLED_LATE,
            "can_book_again": booking.state is not BookingState.RELEASED,
            "reason": reason,
        },
        calendar=calendar,
    )


def place_given_on(booking: Booking, calendar: str | None, *, reason: str | None) -> Email:
    """Their place went to a colleague, named in `reason`; it costs nothing."""
    return Email(
        subject=f"Your place on {title_of(booking)} went to a colleague",
        template="bookings/emails/given_on",
        context={**context_of(booking), "reason": reason},
        calendar=calendar,
    )


def manager_told(booking: Booking, manager: str) -> Email:
    """To a manager: one of the team takes a colleague's place over, and will be away on these days."""
    return Email(
        subject=f"{booking.person.name} takes over a place on {title_of(booking)}",
        template="bookings/emails/manager_told",
        context={
            **context_of(booking),
            "manager": manager,
            "person": booking.person.name,
            "giver": booking.replaces.person.name if booking.replaces else None,
        },
    )


def colleague_gave_up(booking: Booking, manager: str, days: Sequence[TrainingSession]) -> Email:
    """To a manager who was told that one of the team takes a colleague's place over: not on these days."""
    return Email(
        subject=f"{booking.person.name} no longer has a place on {title_of(booking)}",
        template="bookings/emails/colleague_gave_up",
        context={
            **context_of(booking),
            "manager": manager,
            "person": booking.person.name,
            "sessions": days,
        },
    )


def place_objected(booking: Booking, booker: str, *, reason: str | None) -> Email:
    """To whoever booked for somebody: they have given the place up."""
    return Email(
        subject=f"{booking.person.name} gave up the place on {title_of(booking)}",
        template="bookings/emails/objected",
        context={**context_of(booking), "booker": booker, "name": booking.person.name, "reason": reason},
    )
