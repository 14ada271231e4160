"""Who may have which place: each check raises the sentence that the person will read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from app.bookings import queries
from app.bookings.models import Booking
from app.bookings.rules.times import closes_at, first_of
from app.core import clock
from app.core.actors import COMMAND_LINE, SERVICE, Actor
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken, allows
from app.core.filters import clock_time, day, long_day
from app.core.permissions import Permission
from app.learning import queries as learning
from app.people import rules as people
from app.people.models import Person
from app.programmes import queries as programmes
from app.programmes.models import Course
from app.sessions import queries as sessions_queries
from app.sessions.models import Run, TrainingSession

ANYWAY = "Give a reason to book it anyway"  # what the academy is told after what speaks against a place


def books_anyone(by: Actor) -> bool:
    """The academy books anybody; so do the service itself and whoever has its command line."""
    return by.can(Permission.BOOK_ANYONE) or by in {SERVICE, COMMAND_LINE}


def check_can_schedule(by: Actor, what: str) -> None:
    """Runs, and who is on them, are changed by the academy."""
    if not (by.can(Permission.SCHEDULE_RUNS) or books_anyone(by)):
        raise NotAllowed(f"Only the academy can {what}.")


# --- Booking -------------------------------------------------------------------------------------------


def check_can_book(
    run: Run,
    person: Person,
    *,
    by: Actor,
    now: datetime,
    session: TrainingSession | None = None,
    reason: str | None = None,
    sees_clashes: bool = True,
) -> None:
    """Whether `by` may book `person` onto a run, or onto one session of it (a catch-up).

    The run must be open and the person in post on each of its days. What else speaks against it (see
    `objections`) stops everybody but the academy, which may override it with a reason. Whoever goes on to
    book looks for other places at the same time under the lock (`check_is_free`), and need not here.
    """
    check_can_book_for(person, by, clock.day_of(now))
    wanted = [session] if session else run.sessions
    check_is_open(run, wanted, by=by, now=now)
    check_is_here(person, by, wanted)
    if reason and books_anyone(by):
        return
    is_own = by.person_id == person.id
    against = _unfit(run, person, wanted, is_own, now)
    if against or sees_clashes:  # who is told of one thing is told of all
        against += _clashes(person, wanted, is_own, None)
    _refuse(against, by)


def check_is_free(person: Person, wanted: Sequence[TrainingSession], *, by: Actor) -> None:
    """Nobody has two places at the same time, unless the academy gives a reason. (U-09)"""
    _refuse(_clashes(person, wanted, by.person_id == person.id, None), by)


def _refuse(against: Sequence[Objection], by: Actor) -> None:
    """Stop whoever books; the academy may give a reason instead."""
    if not against:
        return
    if not books_anyone(by):
        raise SpokenAgainst(against[0])
    told = " ".join(one.sentence for one in against)
    raise RuleBroken(f"{told} {ANYWAY}", field="reason")


def check_can_book_for(person: Person, by: Actor, on: date) -> None:
    """People book for themselves, line managers for their own team, coordinators for their own
    organisation, the academy for anybody (3.0)."""
    is_own = by.can(Permission.BOOK_OWN_PLACE) and by.person_id == person.id
    if not (is_own or acts_for(person, by, on)):
        raise NotAllowed(
            "You can book a place for yourself or, as a line manager or coordinator, for your own team or "
            "organisation."
        )


def acts_for(person: Person, by: Actor, on: date) -> bool:
    """Whether somebody looks after the places of another on a date: a line manager those of their own team,
    a coordinator those of their own organisation, the academy everybody's (3.0)."""
    if books_anyone(by) or (by.can(Permission.SEE_OWN_TEAM) and people.can_see(person, by, on)):
        return True
    return people.is_colleague(person, by, on)


def check_is_open(run: Run, wanted: Sequence[TrainingSession], *, by: Actor, now: datetime) -> None:
    """A place can be booked until booking closes and, by the academy, until the first session begins."""
    if run.is_cancelled:
        raise RuleBroken(f"{run.code} was cancelled. Choose another run.")
    first = first_of(wanted)
    if first.starts_at <= now:
        what = run.code if len(wanted) == len(run.sessions) else f"{first.component.title} of {run.code}"
        raise RuleBroken(f"{what} began on {day(first.held_on)}. Choose a later run.")
    closes = closes_at(wanted, run.version.course.terms)
    if closes <= now and not books_anyone(by):
        raise RuleBroken(
            f"Booking for {run.code} closed at the end of {last_day_before(closes)}. Choose a later run, or "
            "ask the academy."
        )


def can_be_booked(run: Run, wanted: Sequence[TrainingSession], *, by: Actor, now: datetime) -> bool:
    """Whether these sessions are open to be booked, by anybody for whom they are."""
    return allows(partial(check_is_open, run, wanted, by=by, now=now))


def check_is_here(person: Person, by: Actor, wanted: Sequence[TrainingSession]) -> None:
    """Nobody is booked for a day on which they will have left; the last day still counts (U-06)."""
    if person.merged_into_id is not None:
        raise RuleBroken(f"{person.name}’s record was merged into another. Book the place there.")
    for session in sorted(wanted, key=lambda session: session.starts_at):
        if person.spell_on(session.held_on) is None:
            who = "You are" if by.person_id == person.id else f"{person.name} is"
            raise RuleBroken(
                f"{who} not recorded as working for, or with, the council on {day(session.held_on)}, the "
                f"date of {session.component.title}."
            )


@dataclass(frozen=True)
class Objection:
    """Something that speaks against a place, and what whoever asks for it can do; `clash` is the other place
    at the same time, where it is that."""

    sentence: str
    remedy: str = ""
    clash: queries.Clash | None = None


class SpokenAgainst(RuleBroken):
    """A place is refused for what speaks against it, which the page can lead on to."""

    def __init__(self, objection: Objection) -> None:
        super().__init__(f"{objection.sentence}{objection.remedy}")
        self.objection = objection


def objections(
    run: Run,
    person: Person,
    wanted: Sequence[TrainingSession],
    *,
    now: datetime,
    is_own: bool = False,
    apart_from: Booking | None = None,
) -> list[Objection]:
    """What speaks against giving somebody these sessions; asked at the request and again at each step.

    The course must be for their role or organisation, the courses that it builds on done, and they must
    have no other place at the same time, not even for a minute. (U-09)
    """
    return _unfit(run, person, wanted, is_own, now) + _clashes(person, wanted, is_own, apart_from)


def _unfit(
    run: Run, person: Person, wanted: Sequence[TrainingSession], is_own: bool, now: datetime
) -> list[Objection]:
    course = run.version.course
    spell = person.spell_on(first_of(wanted).held_on)
    audience_match = programmes.audience_match(course, spell) if spell else None
    found = []
    if audience_match is None or not audience_match.is_in_audience:
        whose = "your" if is_own else f"{person.name}’s"
        found.append(
            Objection(
                f"{course.title} is not for {whose} role or organisation.",
                " Ask the academy if you think it should be.",
            )
        )
    if audience_match is not None and audience_match.has_prerequisites:
        found += _unmet(course, person, wanted, is_own, now)
    return found


def _unmet(
    course: Course, person: Person, wanted: Sequence[TrainingSession], is_own: bool, now: datetime
) -> list[Objection]:
    missing = queries.unmet_prerequisites(course, person, before=first_of(wanted).starts_at, now=now)
    who = "you have" if is_own else f"{person.name} has"
    return [
        Objection(
            f"{course.title} builds on {one.title}, which {who} not completed.", f" Book {one.title} first."
        )
        for one in missing
    ]


def _clashes(
    person: Person, wanted: Sequence[TrainingSession], is_own: bool, apart_from: Booking | None
) -> list[Objection]:
    who = "You have" if is_own else f"{person.name} has"
    return [
        Objection(
            f"{who} a place on {clash.title} ({clash.run_code}) at the same time: {day(clash.held_on)}, "
            f"{clock_time(clash.starts_at)} to {clock_time(clash.ends_at)}.",
            " Give up one of them first, or ask the academy.",
            clash,
        )
        for clash in queries.clashes_of(person.id, wanted, apart_from=apart_from)
    ]


# --- Bookings that are there ---------------------------------------------------------------------------


def check_can_see(booking: Booking, by: Actor, on: date) -> None:
    """A booking is seen by the person, their line manager or coordinator, and the academy."""
    if not (by.person_id == booking.person_id or acts_for(booking.person, by, on)):
        raise NotAllowed(
            "You can see only your own bookings and, as a line manager or coordinator, those of your own "
            "team or organisation."
        )


def check_can_cancel(booking: Booking, by: Actor, now: datetime) -> None:
    """A place is given up by the person, or by the coordinator of their organisation, or taken back by the
    academy, until its last session has ended. (MA-05)

    Somebody who has checked in to a session that is not over is there: first the register would have to say
    otherwise.
    """
    is_own = by.person_id == booking.person_id
    if not (books_anyone(by) or is_own or is_colleagues(booking, by, now)):
        raise NotAllowed(
            "Only the person who has the place, their organisation’s coordinator or the academy can cancel "
            "it."
        )
    if not booking.state.is_open:
        raise RuleBroken(_why_over(booking))
    if booking.ends_at <= now:
        raise RuleBroken("This training is over, so the place can’t be cancelled or moved.")
    check_is_not_there(booking, by, now)


def _why_over(booking: Booking) -> str:
    """Why a booking is not open any more: whoever was moved has another one instead."""
    moved = queries.moved_to([booking.id]).get(booking.id)
    why = f"moved to {moved.run.code}" if moved else booking.state.label.lower()
    return f"This booking is no longer open: {why}."


def check_is_not_there(booking: Booking, by: Actor, now: datetime) -> None:
    """Nobody leaves a session that has begun for them: that they were there is a fact, which the register
    keeps. Day 1 of 5 was attended and is over: the place is given up for the days that are left."""
    today = clock.day_of(now)
    going_on = {one.id: one for one in booking.sessions if one.held_on <= today and one.ends_at > now}
    if not going_on:
        return
    there = db.session.scalars(learning.sessions_there(booking.person_id, going_on)).first()
    if there is None:
        return
    title = going_on[there].component.title
    if by.person_id == booking.person_id:
        raise RuleBroken(
            f"You are checked in to {title}, so the place can’t be given up. If you can’t stay, tell the "
            "trainer or the academy."
        )
    raise RuleBroken(
        f"{booking.person.name} is marked as there at {title}, so the place can’t be given up. If that is "
        "wrong, correct the register first."
    )


def is_colleagues(booking: Booking, by: Actor, now: datetime) -> bool:
    """Whether a booking is that of a colleague for whom a coordinator acts today."""
    is_own = by.person_id == booking.person_id
    return not is_own and people.is_colleague(booking.person, by, clock.day_of(now))


def can_cancel(booking: Booking, by: Actor, now: datetime) -> bool:
    return allows(partial(check_can_cancel, booking, by, now))


def check_can_see_places(run: Run, by: Actor) -> None:
    """The academy sees who is on every run, a trainer who is on the own ones."""
    if books_anyone(by):
        return
    if by.can(Permission.MARK_REGISTERS) and sessions_queries.is_trainer_of(run.id, by.user_id):
        return
    raise NotAllowed("You can see the people on your own runs only.")


def last_day_before(instant: datetime) -> str:
    """The day that ends at an instant, in words: "Thursday 10 March 2022"."""
    return long_day(clock.day_of(instant - timedelta(microseconds=1)))
