"""What the timetable runs for places: what ran out passes on, requests stay with those who can answer."""

from __future__ import annotations

from datetime import datetime

from app.bookings import queries, rules
from app.bookings.models import Booking, Interest
from app.core.actors import SERVICE
from app.core.db import db, lock_row
from app.core.tally import Tally, each, found
from app.people.models import Person
from app.sessions.models import Run


def sweep(now: datetime) -> Tally:
    """End holds and offers that have run out, and give what is free to those who wait: time frees places too,
    when a quota's day is over (AM-05) or an offer lapses (U-16)."""
    ids = found(lambda: list(db.session.scalars(queries.runs_to_sweep(now))))

    def settle(ident: int) -> int:
        run: Run = lock_row(Run, ident)
        return len(rules.settle(run, now=now))

    return each(ids, settle, keep=db.session.commit, drop=db.session.rollback)


def approvals(now: datetime) -> Tally:
    """Keep each request with whoever can answer it, and remind those who have not (U-14, U-15)."""

    def to_ask() -> list[int]:
        waiting = db.session.scalars(queries.open_requests(now=now, is_academy=True)).unique().all()
        return [booking.id for booking in waiting if rules.needs_asking(booking, now=now)]

    def ask(ident: int) -> int:
        return rules.ask_again(booking=db.session.get_one(Booking, ident), now=now)

    return each(found(to_ask), ask, keep=db.session.commit, drop=db.session.rollback)


def leavers(now: datetime) -> Tally:
    """Release, from the day after the last day, the places that leavers have or wait for (U-06)."""
    ids = found(lambda: list(db.session.scalars(queries.leavers_with_places(now))))

    def release(ident: int) -> int:
        person = db.session.get_one(Person, ident)
        return len(rules.release_places_of(person=person, by=SERVICE, now=now))

    return each(ids, release, keep=db.session.commit, drop=db.session.rollback)


def reconfirmations(now: datetime) -> Tally:
    """Remind those whose time to say that they still come ends soon (U-05)."""
    ids = found(lambda: [booking.id for booking in rules.to_be_reminded(now=now)])

    def remind(ident: int) -> int:
        return rules.remind(booking=db.session.get_one(Booking, ident), now=now)

    return each(ids, remind, keep=db.session.commit, drop=db.session.rollback)


def trainers(now: datetime) -> Tally:
    """Tell trainers of the days that they were given to hold, or hold no more, each once (U-05)."""
    ids = found(lambda: sorted({one.run_id for one in queries.trainer_days_untold(now)}))

    def tell(ident: int) -> int:
        return rules.tell_trainers_of_days(run=lock_row(Run, ident), now=now)

    return each(ids, tell, keep=db.session.commit, drop=db.session.rollback)


def openings(now: datetime) -> Tally:
    """Tell those who asked of runs that have opened, each person once of each run."""
    ids = found(lambda: list(db.session.scalars(queries.interests_to_look_at(now))))

    def tell(ident: int) -> int:
        interest: Interest | None = lock_row(Interest, ident)  # it may have been taken back meanwhile
        return rules.tell_of_runs(interest=interest, now=now) if interest else 0

    return each(ids, tell, keep=db.session.commit, drop=db.session.rollback)


def forget(now: datetime) -> Tally:
    """Delete what people needed on runs that ended 30 days ago, and askings that have ended."""
    done = rules.forget_needs(now=now) + rules.forget_interest(now=now)
    db.session.commit()
    return Tally(done=done)
