"""Carrying people from one run to another: they come first there, and are asked nothing again. (U-05)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.bookings import queries
from app.bookings.models import Booking, BookingState
from app.bookings.queries import DoublyBooked
from app.bookings.rules.asking import tell_of_withdrawal
from app.bookings.rules.eligibility import check_is_open
from app.bookings.rules.messages import BookingMessage, MessageKind, tell
from app.bookings.rules.needs import carry_need, forget_need
from app.bookings.rules.notices import tell_carried, tell_managers_of_carried
from app.bookings.rules.places import DayBooked, PlaceRequest, put
from app.bookings.rules.states import move
from app.bookings.rules.times import days_ahead, told_until
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.learning import queries as learning
from app.programmes import queries as programmes
from app.sessions.models import Run, TrainingSession


@dataclass(frozen=True)
class Leaving:
    """A booking that was ended, and what it was before."""

    booking: Booking
    was: BookingState


@dataclass(frozen=True)
class Carried:
    """The bookings that people have instead, and which of them are at the same time as another of theirs."""

    bookings: list[Booking]
    clashes: list[DoublyBooked]


def check_can_carry_to(
    to_run: Run, was: Run, *, by: Actor, now: datetime, session: TrainingSession | None = None
) -> None:
    """People are carried to a run of the same course that has not begun and is not cancelled; somebody who
    comes for one `session` of it, as long as that has not begun."""
    if to_run.id == was.id:
        raise RuleBroken("Choose another run", field="run")
    if to_run.version.course_id != was.version.course_id:
        raise RuleBroken("Choose a run of the same course", field="run")
    check_is_open(to_run, [session] if session else to_run.sessions, by=by, now=now)


def end(
    bookings: Sequence[Booking], *, to: BookingState, by: Actor, now: datetime, reason: str
) -> list[Leaving]:
    """End these bookings without a word yet. Returns what each of them was. Whoever calls has the lock."""
    leaving = [Leaving(one, was=one.state) for one in bookings]
    for booking in bookings:
        move(booking, to, by=by, now=now, reason=reason, keeps_need=True)
    return leaving


def carry_over(
    leaving: Sequence[Leaving],
    to_run: Run | None,
    *,
    by: Actor,
    now: datetime,
    reason: str,
    is_cancelled: bool = False,
    override_reason: str | None = None,
) -> Carried:
    """Put the people of bookings that were ended on `to_run`, in this order, and tell each once.

    Each is confirmed when there is room and otherwise comes before everybody there who was not moved.
    Somebody who did all days but one of a run that is cancelled comes for that day alone, if it completes the
    course. Somebody who will have left by then, lacks none of its days, or asked for one that it does not
    have, is told of the end alone. A place at the same time as another of theirs is told to their manager too
    (U-09). Whoever has not answered a request yet is asked again, of the other run, or told that they need
    not any more. An offer that nobody has taken yet is one there, with time to answer anew.
    `override_reason` is why the academy moves somebody although something speaks against it; without one
    what it said when it booked them stays.
    """
    carried = []
    done = _done({one.booking.run_id for one in leaving}) if to_run and is_cancelled else {}
    for one in leaving:
        own = done.get((one.booking.run_id, one.booking.person_id), {})
        new = _carry_one(one, to_run, own, override_reason, by=by, now=now)
        if new is None:
            _tell_of_end(one, is_cancelled=is_cancelled, reason=reason, now=now)
        else:
            carried.append((one, new))
    _leave_to_academy([new for _, new in carried], now)
    clashes = _clashes(to_run, {new.id for _, new in carried}) if to_run and carried else []
    for one, new in carried:
        _tell_of_both(one, new, clashes, is_cancelled=is_cancelled, reason=reason, now=now)
    if to_run is not None:
        tell_managers_of_carried(clashes, to_run, now=now)
    return Carried([new for _, new in carried], clashes)


def _carry_one(
    one: Leaving,
    to_run: Run | None,
    done: Mapping[int, date],
    override_reason: str | None,
    *,
    by: Actor,
    now: datetime,
) -> Booking | None:
    """The booking that somebody has instead, if any, with what they need and whoever is asked for them."""
    booking = one.booking
    new = _put(one, to_run, done, override_reason, by=by, now=now) if to_run else None
    forget_need(booking)  # it went with them, or nothing is arranged any more
    if new is None or new.replaces_id != booking.id:  # else whoever is asked is asked again, of the new
        tell_of_withdrawal(booking, by=by, now=now)
    return new


def _leave_to_academy(carried: Sequence[Booking], now: datetime) -> None:
    """Whom no e-mail reaches is told of the other run by the academy (`queries.to_be_told`)."""
    unreached = queries.unreached(one.person for one in carried)
    for booking in carried:
        if booking.person in unreached and booking.state is BookingState.CONFIRMED:
            booking.reconfirm_by = told_until(booking.sessions, now)


def _tell_of_end(one: Leaving, *, is_cancelled: bool, reason: str, now: datetime) -> None:
    kind = MessageKind.RUN_CANCELLED if is_cancelled else MessageKind.CANCELLED
    tell(one.booking, BookingMessage(kind, was=one.was, reason=reason), now=now)


def _tell_of_both(
    one: Leaving,
    new: Booking,
    clashes: Sequence[DoublyBooked],
    *,
    is_cancelled: bool,
    reason: str,
    now: datetime,
) -> None:
    tell_carried(
        one.booking,
        new,
        had_place=one.was is BookingState.CONFIRMED,
        is_cancelled=is_cancelled,
        reason=reason,
        clashes=[clash for clash in clashes if clash.booking_id == new.id],
        now=now,
    )


def _clashes(to_run: Run, carried: Collection[int]) -> list[DoublyBooked]:
    """Those carried who are now in two places at once; looked up once, however many they are."""
    return [one for one in queries.doubly_booked(to_run.id) if one.booking_id in carried]


def _done(run_ids: Collection[int]) -> dict[tuple[int, int], dict[int, date]]:
    """By run and person, when they did which component there: a run may end between its days."""
    done: dict[tuple[int, int], dict[int, date]] = defaultdict(dict)
    for run_id in run_ids:
        for person_id, component_id, on in db.session.execute(learning.components_done(run_id)).tuples():
            done[run_id, person_id][component_id] = on
    return done


def _days(
    booking: Booking, to_run: Run, done: Mapping[int, date], now: datetime
) -> Sequence[TrainingSession]:
    """The days of the other run that stand in for a booking: its one day, the one that is still lacking, or
    all of them. Somebody who lacks some of many takes part in all, as they would have been on the run that
    ends. Of their own run, those that are still to come."""
    if booking.session is not None:
        same = same_component(booking.session, to_run)
        return [same] if same else []
    if to_run.id == booking.run_id:
        return days_ahead(to_run.sessions, now)
    lacking = [one for one in to_run.sessions if one.component_id not in done]
    if not lacking or (len(lacking) == 1 and done and _closes(lacking[0], done.values())):
        return lacking
    return to_run.sessions


def _closes(last: TrainingSession, done: Collection[date]) -> bool:
    """Whether a day completes the course with those that were done: within its window and, where they are
    taken in order, as its last (4.3)."""
    terms = programmes.settings_of(last.run.version.course_id)
    if terms.is_in_order and last.component_id != last.run.sessions[-1].component_id:
        return False
    months = terms.catch_up_months
    return months is None or clock.months_before(last.held_on, months) <= min(done)


def _put(
    one: Leaving,
    to_run: Run,
    done: Mapping[int, date],
    override_reason: str | None,
    *,
    by: Actor,
    now: datetime,
) -> Booking | None:
    booking = one.booking
    wanted = _days(booking, to_run, done, now)
    if not wanted:
        return None
    session = wanted[0] if len(wanted) < len(to_run.sessions) or booking.session else None
    if any(day.starts_at <= now or booking.person.spell_on(day.held_on) is None for day in wanted):
        return None
    note = ": ".join(filter(None, [f"Moved from {booking.run.code}", override_reason]))
    approval = booking.approval
    request = PlaceRequest(
        to_run,
        booking.person,
        session=session,
        reason=override_reason or booking.override_reason,
        has_priority=True,
        replaces=booking,
        note=note,
        is_told=False,
        still_asks=approval is not None and approval.is_pending,
        is_offered=one.was is BookingState.OFFERED,
    )
    try:
        new = put(request, by=by, now=now)
    except DayBooked:  # which stays as it is
        return None
    carry_need(booking, new)
    if new.state is BookingState.WAITLISTED and not new.has_priority:
        new.has_priority = True
        db.session.flush()
    return new


def same_component(session: TrainingSession, to_run: Run) -> TrainingSession | None:
    """The same day of another run, where that has it: a run of another version does not."""
    return next((one for one in to_run.sessions if one.component_id == session.component_id), None)
