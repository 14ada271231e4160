"""What should be arranged so that somebody can take part: who may say, see and keep it. (ST-08)

It is likely to tell of a person's health, so nothing is written of it anywhere else: no audit entry, no
e-mail, no calendar and no export says what somebody needs, or that they need anything.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import CursorResult, delete, update

from app.bookings import queries
from app.bookings.models import Booking, BookingState, Need
from app.bookings.rules.eligibility import books_anyone
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken, allows
from app.core.permissions import Permission
from app.people.models import Person
from app.sessions import queries as sessions_queries

KEPT_AFTER_THE_RUN = timedelta(days=30)
KEPT_ASIDE = timedelta(days=30)  # and for as long the merge of two records can be undone


def can_see_joining(booking: Booking, by: Actor) -> bool:
    """Whether links, joining instructions and materials are shown with a booking: to whoever has the place,
    and to the academy. Not to their manager, and not while it is requested, offered or waited for."""
    is_theirs = by.person_id == booking.person_id
    return booking.state is BookingState.CONFIRMED and (is_theirs or books_anyone(by))


def can_see_need(booking: Booking, by: Actor) -> bool:
    """What somebody needs is seen by the person, the academy and that run's trainer; by no line manager."""
    if can_say_needs_of(booking.person, by):
        return True
    is_trainer = by.can(Permission.MARK_REGISTERS)
    return is_trainer and sessions_queries.is_trainer_of(booking.run_id, by.user_id)


def check_can_say_need(booking: Booking, by: Actor, now: datetime) -> None:
    """The person, or the academy for them, says and changes it until the run is over."""
    if not can_say_needs_of(booking.person, by):
        raise NotAllowed("Only the person themselves, or the academy, can say what should be arranged.")
    if not booking.state.is_open:
        raise RuleBroken(f"This booking is no longer open: {booking.state.label.lower()}.")
    if booking.run.last_session.ends_at <= now:
        raise RuleBroken("This training is over, so there is nothing left to arrange.")


def check_can_open_need(booking: Booking, by: Actor, now: datetime) -> None:
    """The page that changes it opens for whoever may; once the run is over, only to delete what is there."""
    is_there = can_say_needs_of(booking.person, by) and db.session.scalar(queries.need_of(booking))
    if not is_there:
        check_can_say_need(booking, by, now)


def can_say_need(booking: Booking, by: Actor, now: datetime) -> bool:
    return allows(partial(check_can_say_need, booking, by, now))


def can_say_needs_of(person: Person, by: Actor) -> bool:
    """Whether it is for `by` to say what somebody needs, on a booking of theirs or when it is made."""
    return books_anyone(by) or by.person_id == person.id


def say_need(*, booking: Booking, words: str, by: Actor, now: datetime) -> None:
    """Keep what should be arranged; nothing typed deletes it at once, also when the run is over."""
    words = words.strip()
    if words or not can_say_needs_of(booking.person, by):
        check_can_say_need(booking, by, now)
    need = db.session.scalar(queries.need_of(booking))
    if need is None:
        if words:
            db.session.add(Need(booking_id=booking.id, words=words, said_at=now))
    elif not words:
        db.session.delete(need)
    elif need.words != words:
        need.words, need.said_at = words, now
    db.session.flush()


def say_need_at_booking(*, booking: Booking, words: str, by: Actor, now: datetime) -> None:
    """Keep what is asked for when a place is booked.

    Where something was asked for on this booking before, as by who books again from a page that stood open,
    that stays until it is changed on the booking itself (`says_other_need`).
    """
    if words.strip() and db.session.scalar(queries.need_of(booking)) is None:
        say_need(booking=booking, words=words, by=by, now=now)


def says_other_need(booking: Booking, words: str) -> bool:
    """Whether what was typed while booking is something else than what is to be arranged."""
    need = db.session.scalar(queries.need_of(booking))
    return bool(words.strip()) and need is not None and need.words != words.strip()


def carry_need(was: Booking, new: Booking) -> None:
    """What somebody needs goes with them to another booking, unless they said there already what they need;
    never to a colleague who takes the place over."""
    if was.person_id == new.person_id and db.session.scalar(queries.need_of(new)) is None:
        db.session.execute(update(Need).where(Need.booking_id == was.id).values(booking_id=new.id))


def hand_need_on(was: Booking, kept: Booking) -> Need | None:
    """What is needed on one of two bookings of a person goes to the one that stays, unless that says what
    they need itself: then it is kept aside, where nobody who arranges anything looks, until the two bookings
    can't be of two people any more (`forget_needs`). Returns what was needed."""
    need = db.session.scalar(queries.need_of(was))
    if need is not None and db.session.scalar(queries.need_of(kept)) is None:
        need.booking_id = kept.id
        db.session.flush()
    return need


def give_need_back(need_id: int, again: Booking | None, *, said_by: datetime) -> None:
    """What was handed on, or kept aside, turned out to be somebody else's: it goes to their booking or,
    where they have none, is deleted. Whatever was said after `said_by` stays."""
    need = db.session.get(Need, need_id)
    if need is None or need.said_at > said_by:
        return
    if again is None:
        db.session.delete(need)
    else:
        need.booking_id = again.id
    db.session.flush()


def forget_need(booking: Booking) -> None:
    """Delete what was to be arranged for a booking."""
    db.session.execute(delete(Need).where(Need.booking_id == booking.id))


def forget_needs(*, now: datetime) -> int:
    """Delete what was to be arranged on runs that ended `KEPT_AFTER_THE_RUN` ago, and what was kept aside for
    `KEPT_ASIDE`. Returns how many that were. (ST-08)"""
    over, ended = now - KEPT_AFTER_THE_RUN, now - KEPT_ASIDE
    is_over = Need.booking_id.in_(queries.bookings_of_runs_ended_by(over))
    was_kept_aside = Need.booking_id.in_(queries.bookings_ended_by(ended))
    result = db.session.execute(
        delete(Need).where(is_over | was_kept_aside).execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount
