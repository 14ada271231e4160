"""What the academy does with runs and places: cancel, merge, cut or widen, move somebody. (U-05, U-21)"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import update

from app.bookings import queries
from app.bookings.models import Booking, BookingState, Seat
from app.bookings.rules.carrying import Carried, carry_over, check_can_carry_to, end, same_component
from app.bookings.rules.eligibility import (
    check_can_cancel,
    check_can_schedule,
    check_is_here,
    objections,
)
from app.bookings.rules.locks import lock_run_for, lock_run_of, lock_runs
from app.bookings.rules.notices import tell_joined
from app.bookings.rules.outcomes import AfterMerge, MergeOutcome, Outcome
from app.bookings.rules.queue import counted, settle
from app.bookings.rules.quotas import check_still_keeps
from app.bookings.rules.times import days_ahead, first_of
from app.bookings.rules.trainers import tell_trainers_of_end
from app.core.actors import Actor
from app.core.db import db
from app.core.editions import check_looked_at
from app.core.errors import RuleBroken, allows
from app.core.filters import day, plural
from app.learning import queries as learning
from app.people.models import Person
from app.sessions import rules as sessions_rules
from app.sessions.models import Run, TrainingSession

# --- How many a session takes --------------------------------------------------------------------------


def change_capacity(
    *,
    session: TrainingSession,
    capacity: int,
    by: Actor,
    now: datetime,
    moving: Collection[int] = (),
    to_run: Run | None = None,
) -> Outcome:
    """Let a session take more or fewer people; those who wait fill new places.

    16 to 12 with 15 confirmed is refused until 3 are chosen, by the ids of their bookings in `moving`. They
    come first on `to_run` or, without one, on this run's own waiting list: once it has begun, on that of the
    one day that is left (U-21).
    """
    check_can_schedule(by, "change how many a run takes")
    run = session.run
    lock_runs(one.id for one in (run, to_run) if one)
    sessions_rules.check_not_cancelled(run)
    sessions_rules.check_capacity(session, capacity)  # before anybody is chosen in vain
    check_still_keeps(session, capacity, now)
    places = counted(run, now=now)
    holders = db.session.scalars(queries.holders_of(session)).all()
    leaving = [one for one in holders if one.id in moving]
    _check_as_many_move(session, capacity, len(places.taken[session.id]), len(leaving))
    if leaving:
        _check_can_leave(leaving, session, to_run, by=by, now=now)
    reason = f"{session.component.title} takes fewer people"
    ended = end(leaving, to=BookingState.CANCELLED_BY_ACADEMY, by=by, now=now, reason=reason)
    sessions_rules.set_capacity(session=session, capacity=capacity, by=by, now=now)
    db.session.flush()
    taken = queries.occupancy(run.id, now=now).taken[session.id] if leaving else places.taken[session.id]
    _seat_within(session.id, capacity, taken)
    carried = carry_over(ended, to_run or run, by=by, now=now, reason=reason)
    return Outcome(leaving, promoted=settle(run, now=now), clashes=carried.clashes)


def _check_as_many_move(session: TrainingSession, capacity: int, taken: int, leaving: int) -> None:
    """As many are moved as there are too many: no more and no fewer."""
    too_many = max(0, taken - capacity)
    if leaving == too_many:
        return
    if not leaving:
        raise RuleBroken(
            f"{plural(taken, 'person has', 'people have')} a place in {session.component.title}. Choose "
            f"{too_many} of them to move, or enter {taken} or more",
            field="capacity",
        )
    if not too_many:
        raise RuleBroken(
            f"{capacity} places are enough for everybody, so nobody must be moved", field="moving"
        )
    raise RuleBroken(
        f"Choose {plural(too_many, 'person', 'people')} to move: {leaving} "
        f"{'is' if leaving == 1 else 'are'} chosen",
        field="moving",
    )


def _check_can_leave(
    leaving: Sequence[Booking], session: TrainingSession, to_run: Run | None, *, by: Actor, now: datetime
) -> None:
    """Nobody is moved from a day that has begun. Nor is anybody taken off several days because one of them is
    short, unless to another run: a run that has begun is waited for by the day."""
    run, title = session.run, session.component.title
    if session.starts_at <= now:
        raise RuleBroken(f"{title} has begun, so nobody can be moved from it any more", field="capacity")
    if to_run is not None:
        check_can_carry_to(to_run, run, by=by, now=now)
        return
    has_begun, ahead = first_of(run.sessions).starts_at <= now, days_ahead(run.sessions, now)
    if has_begun and len(ahead) > 1 and any(one.session is None for one in leaving):
        raise RuleBroken(
            f"{run.code} has begun: who waits for {title} would lose the other days that are left. Choose "
            "another run for them",
            field="run",
        )


def _seat_within(session_id: int, capacity: int, taken: set[int]) -> None:
    """Give the seats whose numbers are above the capacity the free numbers below it."""
    free = [number for number in range(1, capacity + 1) if number not in taken]
    above = sorted(number for number in taken if number > capacity)
    for number, new in zip(above, free, strict=False):
        live = (Seat.session_id == session_id, Seat.number == number, Seat.released_at.is_(None))
        db.session.execute(update(Seat).where(*live).values(number=new))


# --- Whole runs ----------------------------------------------------------------------------------------


def cancel_run(
    *,
    run: Run,
    by: Actor,
    now: datetime,
    reason: str,
    is_by_provider: bool = False,
    to_run: Run | None = None,
) -> Outcome:
    """Cancel a whole run: every place and wait ends, and everybody is told once.

    All 14 who had a place, or were held one, come first on `to_run`, if one is given; those who waited are
    told alone. Whether it was the provider's doing is kept (U-05). It is refused for a run that is cancelled
    already, for one that was held, and while a day of it is being held.
    """
    check_can_schedule(by, "cancel a run")
    lock_runs(one.id for one in (run, to_run) if one)
    check_can_end_run(run, now)
    if to_run is not None:
        check_can_carry_to(to_run, run, by=by, now=now)
    leaving = _open_in_order(run)
    sessions_rules.cancel(run=run, by=by, now=now, reason=reason, is_by_provider=is_by_provider)
    tell_trainers_of_end(run, reason=reason, now=now)
    to = BookingState.CANCELLED_BY_PROVIDER if is_by_provider else BookingState.CANCELLED_BY_ACADEMY
    ended = end(leaving, to=to, by=by, now=now, reason=reason)
    held = [one for one in ended if one.was.holds_seats]
    waited = [one for one in ended if not one.was.holds_seats]
    clashes, went = [], []
    for those, where in ((held, to_run), (waited, None)):
        carried = carry_over(those, where, by=by, now=now, reason=reason, is_cancelled=True)
        clashes += carried.clashes
        went += carried.bookings
    if to_run is not None:
        settle(to_run, now=now)
    return Outcome(leaving, carried=went, clashes=clashes)


def merge_runs(
    *,
    run: Run,
    into: Run,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    seen: str | None = None,
) -> Outcome:
    """Hold one run less: everybody on `run` moves to `into`, and both sets are told once (AM-18).

    Places first, then the waiting list in its order. Somebody who has a booking on both keeps the one of
    `into`. `seen` is the edition of what was looked at: it is refused when it would come to others
    by now.
    """
    check_can_schedule(by, "cancel a run")
    lock_runs([run.id, into.id])
    check_can_end_run(run, now)
    check_can_carry_to(into, run, by=by, now=now)
    leaving = _open_in_order(run)
    moving = {one.person_id for one in leaving}
    there = _open_in_order(into)
    joined = [one for one in there if one.person_id not in moving]
    why = reason or f"Too few people booked, so {run.code} joins {into.code}"
    sessions_rules.cancel(run=run, by=by, now=now, reason=why)
    tell_trainers_of_end(run, reason=why, now=now)
    ended = end(leaving, to=BookingState.CANCELLED_BY_ACADEMY, by=by, now=now, reason=why)
    carried = carry_over(ended, into, by=by, now=now, reason=why, is_cancelled=True)
    for booking in joined if leaving else []:
        tell_joined(booking, run, now=now)
    settle(into, now=now)
    of_each = _of_each(leaving, there, carried)
    check_looked_at(
        of_each, seen, "Somebody was booked or left in the meantime, so nothing was merged: look again"
    )
    return Outcome(leaving, joined=joined, carried=carried.bookings, clashes=carried.clashes, of_each=of_each)


def preview_merge(*, run: Run, into: Run, by: Actor, now: datetime) -> list[MergeOutcome]:
    """What a merge would come to, for whoever decides: it is tried, and taken back."""
    trial = db.session.begin_nested()
    try:
        return merge_runs(run=run, into=into, by=by, now=now).of_each
    finally:
        trial.rollback()
        db.session.expire_all()  # some of it was written past what is loaded


def _of_each(leaving: Sequence[Booking], there: Sequence[Booking], carried: Carried) -> list[MergeOutcome]:
    instead = {one.replaces_id: one for one in carried.bookings}
    twice = {one.booking_id for one in carried.clashes}
    keep = {one.person_id for one in there if one.state.is_open}
    of_each = []
    for booking in leaving:
        new = instead.get(booking.id)
        if new is None:
            becomes = AfterMerge.KEEPS if booking.person_id in keep else AfterMerge.ENDS
        else:
            becomes = _BECOMES.get(new.state, AfterMerge.WAITS)
        is_twice = new is not None and new.id in twice
        of_each.append(MergeOutcome(booking.person_id, booking.person.name, becomes, is_twice))
    return of_each


_BECOMES = {
    BookingState.CONFIRMED: AfterMerge.HAS_PLACE,
    BookingState.REQUESTED: AfterMerge.IS_HELD,
    BookingState.OFFERED: AfterMerge.IS_OFFERED,
}


def check_can_cancel_run(run: Run, by: Actor, now: datetime) -> None:
    """The academy cancels a run that is neither cancelled nor was held. While a day of it is being held, it
    does not end yet (`check_can_end_run`): the page that cancels says what is to be done first."""
    check_can_schedule(by, "cancel a run")
    _check_is_open(run, now)


def can_cancel_run(run: Run, by: Actor, now: datetime) -> bool:
    return allows(partial(check_can_cancel_run, run, by, now))


def check_can_end_run(run: Run, now: datetime) -> None:
    """A run ends once, and not against its registers: what they say was held is not cancelled."""
    _check_is_open(run, now)
    _check_nobody_is_there(run, now)


def _check_is_open(run: Run, now: datetime) -> None:
    if run.is_cancelled:
        raise RuleBroken(f"{run.code} was cancelled already.")
    _check_was_not_held(run, now)


def _check_was_not_held(run: Run, now: datetime) -> None:
    """What was held is not cancelled afterwards. A run that is over, and on which nobody ever had a place or
    a mark, was entered by mistake, as with a slip of the year, and can be."""
    if run.last_session.ends_at > now:
        return
    is_marked = db.session.scalar(learning.is_marked([one.id for one in run.sessions]))
    if is_marked or db.session.scalar(queries.was_ever_booked(run.id)):
        raise RuleBroken(
            f"{run.code} is over, and people had places or marks on it, so it can’t be cancelled."
        )


def _check_nobody_is_there(run: Run, now: datetime) -> None:
    """Somebody who is marked as there at a day that is not over would have attended what was not held, on a
    register that nobody can correct any more. A day that is over keeps its register. (U-05)"""
    for session in run.sessions:
        there = db.session.scalar(learning.count_there(session.id)) or 0 if session.ends_at > now else 0
        if there:
            raise RuleBroken(
                f"{plural(there, 'person is', 'people are')} marked as there on {session.component.title}, "
                f"{day(session.held_on)}, which is not over. If it is not held, take their marks back in its "
                "register first. If it was held in part, note that it was broken off once it has ended"
            )


def _open_in_order(run: Run) -> list[Booking]:
    """Everybody on a run: who has a place, then who is held one, then who waits, each in order of arrival."""
    found = db.session.scalars(queries.open_bookings_on(run.id)).unique().all()
    return sorted(
        found, key=lambda one: (not _is_confirmed(one), not one.state.holds_seats, not one.has_priority)
    )


def _is_confirmed(booking: Booking) -> bool:
    return booking.state is BookingState.CONFIRMED


# --- One person ----------------------------------------------------------------------------------------


def transfer(
    *, booking: Booking, to_run: Run, by: Actor, now: datetime, reason: str | None = None
) -> Booking:
    """Move somebody from one run to another of the same course: the new booking, confirmed or waiting first.

    Somebody who has one day alone moves to the same day of the other run: day 3 of SOS5-04 becomes day 3 of
    SOS5-05. What speaks against the new run, such as another place at the same time, needs the academy's
    reason; what it gave one for when it booked them speaks no more. They are told once of both.
    """
    check_can_schedule(by, "move somebody to another run")
    lock_runs([booking.run_id, to_run.id])
    from_run = lock_run_of(booking)
    lock_run_for(to_run, booking.person)
    check_can_cancel(booking, by, now)
    session = _day_there(booking, to_run)
    check_can_carry_to(to_run, from_run, by=by, now=now, session=session)
    check_is_here(booking.person, by, [session] if session else to_run.sessions)
    if session is None:
        _check_has_no_day_of(to_run, booking.person, now)
    against = new_objections(booking, to_run, now=now)
    if against and not reason:
        raise RuleBroken(f"{' '.join(against)} Give a reason to move them all the same", field="reason")
    note = f"Moved to {to_run.code}"
    ended = end([booking], to=BookingState.CANCELLED_BY_ACADEMY, by=by, now=now, reason=note)
    carried = carry_over(ended, to_run, by=by, now=now, reason=reason or "", override_reason=reason)
    settle(from_run, now=now)
    return carried.bookings[0]


def _day_there(booking: Booking, to_run: Run) -> TrainingSession | None:
    """The day to which the booking of one day moves; None for that of a whole run."""
    if booking.session is None:
        return None
    session = same_component(booking.session, to_run)
    if session is None:
        raise RuleBroken(f"{to_run.code} has no {booking.session.component.title}", field="run")
    return session


def _check_has_no_day_of(run: Run, person: Person, now: datetime) -> None:
    """A whole run is not booked beside one day of it; looked at before anything changes."""
    counted(run, now=now)
    already = queries.open_booking(run, person)
    if already is not None and already.session_id is not None:
        raise RuleBroken(f"{person.name} has a booking of one day of {run.code}. Cancel it first.")


def new_objections(booking: Booking, to_run: Run, *, now: datetime) -> list[str]:
    """What speaks against somebody's move, apart from what the academy gave a reason for before."""
    session = _day_there(booking, to_run)
    wanted = [session] if session else to_run.sessions
    against = [
        one.sentence for one in objections(to_run, booking.person, wanted, now=now, apart_from=booking)
    ]
    if booking.override_reason is None or not against:
        return against
    known = objections(booking.run, booking.person, booking.sessions, now=now, apart_from=booking)
    return [one for one in against if one not in {two.sentence for two in known}]
