"""Who may have which place: each check raises the sentence that the person will read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from app.bookings.models import Booking
from app.core import clock
from app.core.actors import COMMAND_LINE, SERVICE, Actor
from app.core.errors import NotAllowed, RuleBroken
from app.core.filters import day
from app.core.permissions import Permission
from app.people import rules as people
from app.people.models import Person
from app.programmes import queries as programmes
from app.sessions import queries as sessions_queries
from app.sessions.models import Run, TrainingSession


def books_anyone(by: Actor) -> bool:
    """The academy books anybody; so do the service itself and whoever has its command line."""
    return by.can(Permission.BOOK_ANYONE) or by in {SERVICE, COMMAND_LINE}


# --- Booking -------------------------------------------------------------------------------------------


def check_can_book(
    run: Run,
    person: Person,
    *,
    by: Actor,
    now: datetime,
    session: TrainingSession | None = None,
    reason: str | None = None,
) -> None:
    """Whether `by` may book `person` onto a run, or onto one session of it (a catch-up).

    The run must be open, the person in post on each of its days, and the course for their role or
    organisation; the last alone can be overridden, by the academy with a reason.
    """
    check_can_book_for(person, by, clock.london(now).date())
    wanted = [session] if session else run.sessions
    check_is_open(run, wanted, now)
    _check_is_here(person, by, wanted)
    _check_is_audience(run, person, by, wanted, reason)


def check_can_book_for(person: Person, by: Actor, on: date) -> None:
    """People book for themselves, line managers for their own team, the academy for anybody (3.0)."""
    if books_anyone(by) or (by.can(Permission.BOOK_OWN_PLACE) and by.person_id == person.id):
        return
    if by.can(Permission.SEE_OWN_TEAM) and people.can_see(person, by, on):
        return
    raise NotAllowed("You can book a place for yourself or, as a line manager, for your own team.")


def check_is_open(run: Run, wanted: Sequence[TrainingSession], now: datetime) -> None:
    """A place can be booked until the first of the wanted sessions begins, unless the run is cancelled."""
    if run.is_cancelled:
        raise RuleBroken(f"{run.code} was cancelled. Choose another run.")
    first = min(wanted, key=lambda session: session.starts_at)
    if first.starts_at <= now:
        what = run.code if len(wanted) == len(run.sessions) else f"{first.component.title} of {run.code}"
        raise RuleBroken(f"{what} began on {day(first.held_on)}. Choose a later run.")


def _check_is_here(person: Person, by: Actor, wanted: Sequence[TrainingSession]) -> None:
    """Nobody is booked for a day on which they will have left; the last day still counts (U-06)."""
    for session in sorted(wanted, key=lambda session: session.starts_at):
        if person.spell_on(session.held_on) is None:
            who = "You are" if by.person_id == person.id else f"{person.name} is"
            raise RuleBroken(
                f"{who} not recorded as working for, or with, the council on {day(session.held_on)}, the "
                f"date of {session.component.title}."
            )


def _check_is_audience(
    run: Run, person: Person, by: Actor, wanted: Sequence[TrainingSession], reason: str | None
) -> None:
    course = run.version.course
    spell = person.spell_on(min(session.held_on for session in wanted))
    if spell is not None and programmes.is_for(course, spell):
        return
    if not books_anyone(by):
        whose = "your" if by.person_id == person.id else f"{person.name}’s"
        raise RuleBroken(
            f"{course.title} is not for {whose} role or organisation. Ask the academy if you think it "
            "should be."
        )
    if not reason:
        raise RuleBroken(
            f"{course.title} is not for {person.name}’s role or organisation. Give a reason to book it "
            "anyway",
            field="reason",
        )


# --- Bookings that are there ---------------------------------------------------------------------------


def check_can_see(booking: Booking, by: Actor, on: date) -> None:
    """A booking is seen by the person, their line manager and the academy."""
    if books_anyone(by) or by.person_id == booking.person_id:
        return
    if by.can(Permission.SEE_OWN_TEAM) and people.can_see(booking.person, by, on):
        return
    raise NotAllowed("You can see only your own bookings and, as a line manager, those of your own team.")


def check_can_cancel(booking: Booking, by: Actor, now: datetime) -> None:
    """A place is given up by the person or taken back by the academy, until its last session has ended."""
    if not (books_anyone(by) or by.person_id == booking.person_id):
        raise NotAllowed("Only the person who has the place, or the academy, can cancel it.")
    if not booking.state.is_open:
        raise RuleBroken(f"This booking is no longer open: {booking.state.label.lower()}.")
    if max(session.ends_at for session in sessions_of(booking)) <= now:
        raise RuleBroken("This training is over, so the place can’t be cancelled.")


def can_cancel(booking: Booking, by: Actor, now: datetime) -> bool:
    try:
        check_can_cancel(booking, by, now)
    except (NotAllowed, RuleBroken):
        return False
    return True


def check_can_see_places(run: Run, by: Actor) -> None:
    """The academy sees who is on every run, a trainer who is on the own ones."""
    if books_anyone(by):
        return
    if by.can(Permission.MARK_REGISTERS) and sessions_queries.is_trainer_of(run.id, by.user_id):
        return
    raise NotAllowed("You can see the people on your own runs only.")


def sessions_of(booking: Booking) -> list[TrainingSession]:
    """The sessions that a booking is for, by date: all of its run, or the one caught up."""
    wanted = [one for one in booking.run.sessions if booking.session_id in (None, one.id)]
    return sorted(wanted, key=lambda session: session.starts_at)
