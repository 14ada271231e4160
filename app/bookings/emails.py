"""What the service writes to people about their places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.bookings import queries
from app.bookings.models import Booking, BookingState, Invitation
from app.bookings.queries import DoublyBooked, TeamDay
from app.core.mail import Email, link
from app.people.models import Person
from app.sessions.models import TrainingSession
from app.sessions.rules import PlannedSession


def place_confirmed(
    booking: Booking, calendar: str, *, how: str, booked_by: str | None, notice: str
) -> Email:
    """They have a place: from the start ("confirmed"), by their manager's agreement ("approved"), because
    one became free while they were waiting ("promoted"), or from a colleague ("taken_over").

    `booked_by` is who booked it for them; `notice` says until when it can be given up freely, and what it
    costs after that.
    """
    giver = booking.replaces.person.name if how == "taken_over" and booking.replaces else None
    return Email(
        subject=f"Your place on {_title(booking)} is confirmed",
        template="bookings/emails/confirmed",
        context={
            **_context(booking),
            "how": how,
            "giver": giver,
            "booked_by": booked_by,
            "notice": notice,
        },
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


def place_offered(booking: Booking, token: str) -> Email:
    """A place became free and is theirs, if they take it in time; its link opens without signing in."""
    return Email(
        subject=f"A place on {_title(booking)} is offered to you",
        template="bookings/emails/offered",
        context={
            **_context(booking),
            "held_until": booking.held_until,
            "offer_link": link(f"/offers/{token}"),
        },
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


def session_changed(
    booking: Booking,
    calendar: str | None,
    *,
    session: TrainingSession,
    was: PlannedSession,
    reason: str | None,
    clashes: Sequence[str],
    token: str | None,
) -> Email:
    """A day has another date, time or place. With `token` they must say that they still come."""
    is_retimed = (was.starts_at, was.ends_at) != (session.starts_at, session.ends_at)
    what = "has moved" if is_retimed else "has changed"
    return Email(
        subject=f"{_title(booking)}: {session.component.title} {what}",
        template="bookings/emails/session_changed",
        context={
            **_context(booking),
            "session": session,
            "was": was,
            "is_retimed": is_retimed,
            "has_place": calendar is not None,
            "reason": reason,
            "clashes": clashes,
            "reconfirm_by": booking.reconfirm_by,
            "reconfirm_link": token and link(f"/reconfirm/{token}"),
        },
        calendar=calendar,
    )


def reconfirm_soon(booking: Booking, *, token: str) -> Email:
    """The time to say that they still come ends soon."""
    return Email(
        subject=f"Do you still come to {_title(booking)}?",
        template="bookings/emails/reconfirm",
        context={
            **_context(booking),
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
            "first_name": manager.preferred_name or manager.first_name,
            "course": course,
            "session": session,
            "clashes": clashes,
        },
    )


def carried_over(
    was: Booking,
    calendar: str | None,
    *,
    new: Booking,
    new_dates: str | None,
    position: int | None,
    is_cancelled: bool,
    reason: str | None,
    clashes: Sequence[str],
) -> Email:
    """From one run to another: what is taken back, and the place, or the turn, that they have instead."""
    return Email(
        subject=f"{_title(was)}: you have been moved to another date",
        template="bookings/emails/carried_over",
        context={
            **_context(new),
            "old_sessions": was.sessions,
            "had_place": calendar is not None,
            "new": new,
            "position": position,
            "is_same_run": was.run_id == new.run_id,
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
        subject=f"{_title(booking)}: more people join you",
        template="bookings/emails/run_joined",
        context=_context(booking),
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
            "is_late": booking.state is BookingState.CANCELLED_LATE,
            "reason": reason,
        },
        calendar=calendar,
    )


def place_given_on(booking: Booking, calendar: str | None, *, reason: str | None) -> Email:
    """Their place went to a colleague, named in `reason`; it costs nothing."""
    return Email(
        subject=f"Your place on {_title(booking)} went to a colleague",
        template="bookings/emails/given_on",
        context={**_context(booking), "reason": reason},
        calendar=calendar,
    )


def colleague_takes_place(booking: Booking, manager: Person) -> Email:
    """To a manager: one of the team takes a colleague's place over, and will be away on these days."""
    return Email(
        subject=f"{booking.person.name} takes over a place on {_title(booking)}",
        template="bookings/emails/manager_told",
        context={
            **_context(booking),
            "first_name": manager.preferred_name or manager.first_name,
            "person": booking.person.name,
            "giver": booking.replaces.person.name if booking.replaces else None,
        },
    )


def run_cancelled(booking: Booking, calendar: str | None, *, reason: str | None) -> Email:
    """The academy cancelled the whole run."""
    return Email(
        subject=f"{_title(booking)} is cancelled",
        template="bookings/emails/run_cancelled",
        context={**_context(booking), "had_place": calendar is not None, "reason": reason},
        calendar=calendar,
    )


def place_objected(booking: Booking, booker: str, *, reason: str | None) -> Email:
    """To whoever booked for somebody: they have given the place up."""
    return Email(
        subject=f"{booking.person.name} gave up the place on {_title(booking)}",
        template="bookings/emails/objected",
        context={**_context(booking), "booker": booker, "name": booking.person.name, "reason": reason},
    )


def invitation(invited: Invitation, token: str) -> Email:
    """They are invited to book one of some runs; the link needs no account (MA-02, AM-08)."""
    person = invited.person
    return Email(
        subject=f"Book your place on {invited.course.title}",
        template="bookings/emails/invitation",
        context={
            "first_name": person.preferred_name or person.first_name,
            "course": invited.course,
            "runs": invited.runs,
            "invitation_link": link(f"/invitations/{token}"),
        },
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
