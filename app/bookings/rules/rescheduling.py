"""Moving a session, or changing where it is held: everybody touched is told once. (AM-10, U-05, U-09)"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.bookings import queries
from app.bookings.models import Booking, BookingState
from app.bookings.queries import DoublyBooked
from app.bookings.rules.eligibility import check_can_schedule
from app.bookings.rules.notices import Moved, tell_changed, tell_managers
from app.bookings.rules.outcomes import Outcome
from app.bookings.rules.quotas import shorten_quotas
from app.bookings.rules.times import kept_until, reconfirmed_by, told_until
from app.bookings.rules.trainers import tell_trainer_of_change
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, lock_row
from app.core.editions import check_looked_at
from app.core.errors import RuleBroken
from app.core.filters import plural
from app.learning import queries as learning
from app.sessions import rules as sessions_rules
from app.sessions.models import Run, TrainingSession
from app.sessions.rules import PlannedSession
from app.sessions.rules.planning import planned_again

_NOT_LOOKED_AT = (
    "Nothing is changed yet: look at what to know about the date. Press the button again to change it as "
    "it is"
)


def move_session(
    *,
    session: TrainingSession,
    planned: PlannedSession,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    clash_reason: str | None = None,
    seen: str | None = None,
    known: str | None = None,
    asks_again: bool = False,
    proposed_by: int | None = None,
) -> Outcome:
    """Change a session, and tell everybody who has, or waits for, a place in it.

    From 15 to 22 March 2022 with 14 confirmed and 3 waiting: 17 are told, the 14 with a new calendar entry
    (same UID, SEQUENCE one more), and the 14 are asked to say within 5 working days that they still come
    (U-05). The same day at another time or place asks nothing again, unless `asks_again`. Another link
    concerns only those who can see it, another trainer nobody, nor does a correction of what is over. Whom no
    e-mail reaches keeps the place, and is asked by the academy (`queries.to_be_told`, U-08). Its
    trainer is told as well, unless it was they who proposed it: the account `proposed_by` is told otherwise.

    What there is to know of another date is looked at first, for who was written to can't be made not to know
    of a slip: `known` is the edition of what stood above the button, None where nobody is asked.
    """
    check_can_schedule(by, "change a session")
    run: Run = lock_row(Run, session.run_id)
    db.session.expire(session)  # somebody may have been quicker
    _check_was_not_held(session, planned, now)
    was, clashed = planned_again(session), set(queries.doubly_booked(run.id))
    day = sessions_rules.day_of(session.component.title, planned)
    news = sessions_rules.warnings_before_moving(session, day, today=clock.day_of(now))
    sessions_rules.change_session(
        session=session, planned=planned, by=by, now=now, reason=reason, clash_reason=clash_reason, seen=seen
    )
    _check_fits_its_register(session, was)
    if news:
        check_looked_at(news, known, _NOT_LOOKED_AT, field="held_on")
    is_retimed = (was.starts_at, was.ends_at) != (planned.starts_at, planned.ends_at)
    is_over = max(was.ends_at, session.ends_at) <= now
    if is_over or not (is_retimed or sessions_rules.is_held_otherwise(was, planned)):
        return Outcome()
    moves_place = is_retimed or (was.mode, was.venue_id) != (planned.mode, planned.venue_id)
    touched = _touched(session, only_with_a_place=not moves_place)
    reached = _leave_to_academy(touched, now) if session.starts_at > now else []
    asked = _ask(reached, now) if asks_again or was.held_on != planned.held_on else []
    clashes = [one for one in queries.doubly_booked(run.id) if one not in clashed]
    moved = Moved(session, was, queries.times_moved([session.id])[session.id], reason)
    _tell(touched, clashes, moved, now=now)
    are_told = any(one.person.email for one in touched)
    tell_trainer_of_change(moved, are_others_told=are_told, apart_from=proposed_by, now=now)
    return Outcome(touched, asked, clashes=clashes, quotas=shorten_quotas(run, by=by, now=now))


def _check_was_not_held(session: TrainingSession, planned: PlannedSession, now: datetime) -> None:
    """A session that people are marked at was held: it is not moved to a day that is still to come."""
    if planned.held_on <= clock.day_of(now) or not db.session.scalar(learning.is_marked([session.id])):
        return
    raise RuleBroken(
        "The register of this session is marked, so it was held. Take the marks back first, or correct its "
        "date to the day on which it was",
        field="held_on",
    )


def _check_fits_its_register(session: TrainingSession, was: PlannedSession) -> None:
    """Nobody was there for longer than a session lasts, nor was more of it held: of one that is made shorter
    either the new length is wrong or the register is, and only a human knows which."""
    lasts = session.ends_at - session.starts_at
    minutes = lasts // timedelta(minutes=1)
    if lasts >= was.ends_at - was.starts_at:
        return
    held = db.session.scalar(learning.minutes_held(session.id)) or 0
    if held > minutes:
        raise RuleBroken(
            f"{session.component.title} was broken off after {held} minutes, so it was to last longer than "
            f"{minutes}. Correct that on its register first, or enter other times",
            field="ends",
        )
    longer = db.session.scalar(learning.marked_for_longer(session.id, minutes)) or 0
    if longer:
        raise RuleBroken(
            f"{plural(longer, 'person is', 'people are')} marked as there for longer than {minutes} minutes. "
            f"Correct the register of {session.component.title} first, or enter other times",
            field="ends",
        )


def _touched(session: TrainingSession, *, only_with_a_place: bool) -> list[Booking]:
    return [
        one
        for one in db.session.scalars(queries.open_bookings_on(session.run_id))
        if one.session_id in (None, session.id)
        and (one.state is BookingState.CONFIRMED or not only_with_a_place)
    ]


def _leave_to_academy(touched: Sequence[Booking], now: datetime) -> list[Booking]:
    """Whom no e-mail reaches can't be asked by one: the academy tells them of their place. The others."""
    unreached = queries.unreached(one.person for one in touched)
    for booking in touched:
        if booking.person in unreached and booking.state is BookingState.CONFIRMED:
            booking.reconfirm_by = told_until(booking.sessions, now)
    return [one for one in touched if one.person not in unreached or one.state is not BookingState.CONFIRMED]


def _ask(reached: Sequence[Booking], now: datetime) -> list[Booking]:
    """Ask who has a place to say by a day that they still come; whose training has begun keeps it.

    A place that is only held is held no longer than it could be passed on (`kept_until`).
    """
    asked = []
    for booking in reached:
        sessions, terms = booking.sessions, booking.run.version.course.terms
        if booking.held_until is not None:
            booking.held_until = min(booking.held_until, kept_until(sessions, terms, now))
        elif booking.state is BookingState.CONFIRMED:
            booking.reconfirm_by = reconfirmed_by(sessions, terms, now)
        if booking.reconfirm_by is not None:
            asked.append(booking)
    db.session.flush()
    return asked


def _tell(
    touched: Sequence[Booking], clashes: Sequence[DoublyBooked], moved: Moved, *, now: datetime
) -> None:
    for booking in touched:
        own = [one for one in clashes if one.booking_id == booking.id]
        tell_changed(booking, moved, clashes=own, now=now)
    tell_managers(clashes, moved, now=now)
