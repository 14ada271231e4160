"""Giving one's place to a colleague: the seat moves, the queue does not, and nothing is charged. (ST-07)"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from app.bookings import queries
from app.bookings.models import Booking, BookingState
from app.bookings.rules.catching_up import against_catching_up
from app.bookings.rules.eligibility import books_anyone, check_is_here, check_is_not_there, objections
from app.bookings.rules.giving_up import leave
from app.bookings.rules.locks import lock_run_of
from app.bookings.rules.messages import BookingMessage, MessageKind, tell, tell_manager
from app.bookings.rules.needs import carry_need
from app.bookings.rules.places import PlaceRequest, inserted_for, new_booking
from app.bookings.rules.queue import settle
from app.bookings.rules.states import move
from app.bookings.rules.times import first_of
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, lock_row
from app.core.errors import NotAllowed, RuleBroken, allows
from app.core.filters import day
from app.core.permissions import Permission
from app.people import queries as people
from app.people import rules as people_rules
from app.people.models import Person, PersonKind

FIELD = "colleague"


def check_can_substitute(booking: Booking, by: Actor, now: datetime) -> None:
    """A confirmed place is given to a colleague by the person, their line manager or the academy, until the
    first session begins: who takes it over takes all of it."""
    _check_may_give(booking, by, now)
    if booking.state is not BookingState.CONFIRMED:
        raise RuleBroken(
            f"Only a confirmed place can be given to a colleague. This one: {booking.state.label}."
        )
    first = first_of(booking.sessions)
    if first.starts_at <= now:
        raise RuleBroken(
            f"{booking.run.code} began on {day(first.held_on)}, so the place can’t be given to a colleague."
        )
    check_is_not_there(booking, by, now)


def can_substitute(booking: Booking, by: Actor, now: datetime) -> bool:
    return allows(partial(check_can_substitute, booking, by, now))


def _check_may_give(booking: Booking, by: Actor, now: datetime) -> None:
    is_own = by.person_id == booking.person_id
    if not (is_own or books_anyone(by) or _manages(by, booking.person, now)):
        raise NotAllowed("Only the person whose place it is, their line manager or the academy can do this.")


def _manages(by: Actor, person: Person, now: datetime) -> bool:
    return by.can(Permission.SEE_OWN_TEAM) and people_rules.can_see(person, by, clock.day_of(now))


def find_colleague(booking: Booking, typed: str) -> Person:
    """Who is meant: staff by employee number, work e-mail or full name; a partner by e-mail or full name, of
    the same organisation on the first day."""
    person = booking.person
    if not typed.strip():
        raise RuleBroken("Enter who takes the place", field=FIELD)
    if person.kind is PersonKind.STAFF:
        statement, how = people.staff_named(typed), "employee number, work e-mail or full name"
    else:
        first_day = first_of(booking.sessions).held_on
        spell = person.spell_on(first_day)
        if spell is None:
            raise RuleBroken("Ask the academy: we do not know for whom you work on that day", field=FIELD)
        statement, how = queries.colleagues_named(spell, typed, on=first_day), "e-mail or full name"
    found = [one for one in db.session.scalars(statement).unique() if one.id != person.id]
    if not found:
        raise RuleBroken(f"We found no colleague with this {how}. Check it, or ask the academy", field=FIELD)
    if len(found) > 1:
        raise RuleBroken(
            f"{len(found)} people have this name. Enter the {how.partition(' or ')[0]}", field=FIELD
        )
    return found[0]


def substitute(
    *, booking: Booking, colleague: Person, by: Actor, now: datetime, reason: str | None = None
) -> Booking:
    """Give a confirmed place, with its seats, to a colleague; the colleague's booking.

    What is asked of anybody who books is asked of the colleague; the academy may override it with a
    `reason`. Whoever waits for the same run leaves the queue for the place. A second press returns the
    booking that the first made.
    """
    reason = reason if books_anyone(by) else None
    run = lock_run_of(booking)
    lock_row(Person, colleague.id)
    done = queries.replacement_of(booking) if booking.state is BookingState.SUBSTITUTED else None
    if done is not None and done.person_id == colleague.id:
        _check_may_give(booking, by, now)  # whoever could give the place away is told who has it now
        return done
    settle(run, now=now)
    check_can_substitute(booking, by, now)
    waits = _check_colleague(booking, colleague, by=by, now=now, reason=reason)
    numbers, giver = queries.seat_numbers(booking), booking.person
    leave(
        booking,
        to=BookingState.SUBSTITUTED,
        by=by,
        now=now,
        reason=f"To {colleague.name}",
        kind=MessageKind.GIVEN_ON,
    )
    if waits is not None:
        taken_over = f"Took over the place of {giver.name}"
        move(waits, BookingState.CANCELLED, by=by, now=now, reason=taken_over, keeps_need=True)
    request = PlaceRequest(run, colleague, booking.session, reason=reason, replaces=booking)
    new = new_booking(request, queries.sector_of(colleague, request.sessions), now)
    note = f"Took over the place of {giver.name}"
    with inserted_for(new, colleague):
        move(new, BookingState.CONFIRMED, by=by, now=now, reason=note, numbers=numbers)
    if waits is not None:
        carry_need(waits, new)
    tell(new, BookingMessage(MessageKind.TAKEN_OVER), now=now)
    tell_manager(new, by=by, now=now)
    return new


def _check_colleague(
    booking: Booking, colleague: Person, *, by: Actor, now: datetime, reason: str | None
) -> Booking | None:
    """Whether the colleague may have the place; the entry of the waiting list that they leave for it."""
    if colleague.id == booking.person_id:
        raise RuleBroken("Name a colleague: this place is theirs already", field=FIELD)
    try:
        check_is_here(colleague, by, booking.sessions)
    except RuleBroken as error:
        raise RuleBroken(error.message, field=FIELD) from None
    already = queries.open_booking(booking.run, colleague, booking.session)
    if already is not None and (already.state.holds_seats or already.session_id != booking.session_id):
        raise RuleBroken(
            f"{colleague.name} has a booking of this run already: {already.state.label.lower()}. Name "
            "somebody else",
            field=FIELD,
        )
    if not (reason and books_anyone(by)):
        _check_objections(booking, colleague, by=by, now=now)
    return already


def _check_objections(booking: Booking, colleague: Person, *, by: Actor, now: datetime) -> None:
    is_own = by.person_id == colleague.id
    against = objections(booking.run, colleague, booking.sessions, now=now, is_own=is_own, apart_from=booking)
    if booking.session is not None and not books_anyone(by):
        one_day = against_catching_up(colleague, booking.session, is_own=is_own, now=now)
        against += [one_day] if one_day else []
    if not against:
        return
    if books_anyone(by):
        told = " ".join(one.sentence for one in against)
        raise RuleBroken(f"{told} Give a reason to do it anyway", field="reason")
    raise RuleBroken(f"{against[0].sentence} Name somebody else", field=FIELD)
