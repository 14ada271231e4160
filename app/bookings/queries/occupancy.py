"""Places and the queue, counted: what a writer asks under the run's lock, and what lists show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload

from app.bookings.models import Booking, BookingState, Quota, Seat
from app.bookings.queries.quotas import is_kept_from_sector, kept_for_others, quotas_of
from app.core import clock
from app.core.db import UTCDateTime, another, db, live
from app.people.models import Person
from app.sessions.models import SessionDate, TrainingSession

OPEN_STATES = tuple(state for state in BookingState if state.is_open)
HOLDING_STATES = tuple(state for state in BookingState if state.holds_seats)

_Wanted = int | BindParameter[int] | InstrumentedAttribute[int]


@dataclass
class Occupancy:
    """The places of one run as counted now: each session's capacity and the seat numbers taken in it.

    `sectors` counts, for each session, the seats taken from each sector (None: staff and panel members).
    `moved` is how often each session was given another date (the SEQUENCE of its calendar entry, U-05),
    `dated` the id of the date it has now,
    `waiting` how many are on the waiting list, `booking_id` the open booking of the person asked about,
    `has_clash` whether they have a place at the same time elsewhere (U-09), `is_overdue` whether a hold, an
    offer or a time to reconfirm has run out and still stands.
    """

    capacity: dict[int, int] = field(default_factory=dict)
    taken: dict[int, set[int]] = field(default_factory=dict)
    sectors: dict[int, Counter[int | None]] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    dated: dict[int, int] = field(default_factory=dict)
    quotas: Sequence[Quota] = ()
    waiting: int = 0
    booking_id: int | None = None
    has_clash: bool = False
    is_overdue: bool = False

    @property
    def has_room(self) -> bool:
        """Whether any session of the run has a free seat."""
        return any(len(self.taken[one]) < capacity for one, capacity in self.capacity.items())

    def free_numbers(self, session_ids: Iterable[int], sector_id: int | None) -> dict[int, int] | None:
        """The smallest free seat number in each of these sessions, or None when one of them has no room.

        Seats that are kept for somebody of another sector are no room.
        """
        numbers = {}
        is_kept = partial(is_kept_from_sector, sector_id=sector_id)
        for session_id in session_ids:
            taken, capacity = self.taken[session_id], self.capacity[session_id]
            kept = kept_for_others(self.quotas, self.sectors[session_id], is_kept)
            if len(taken) + kept >= capacity:
                return None
            numbers[session_id] = next(one for one in range(1, capacity + 1) if one not in taken)
        return numbers

    def take(self, numbers: dict[int, int], sector_id: int | None) -> None:
        """Note that these seats are taken now."""
        for session_id, number in numbers.items():
            self.taken[session_id].add(number)
            self.sectors[session_id][sector_id] += 1


def occupancy(
    run_id: int, *, now: datetime, person_id: int | None = None, session_id: int | None = None
) -> Occupancy:
    """Capacity, seats taken, quotas, queue and the person's own open booking, in one statement or two.

    With `session_id` the person's booking is the one of that session alone, or of the whole run.
    """
    counted = Occupancy()
    asked = {"run_id": run_id, "person_id": person_id, "session_id": session_id, "now": now}
    quotas = 0
    for row in db.session.execute(_OCCUPANCY, asked):
        one_id, capacity, number, sector_id, moved, dated, *of_the_run = row
        counted.capacity[one_id], counted.moved[one_id], counted.dated[one_id] = capacity, moved, dated
        taken = counted.taken.setdefault(one_id, set())
        sectors = counted.sectors.setdefault(one_id, Counter())
        if number is not None:
            taken.add(number)
            sectors[sector_id] += 1
        counted.waiting, counted.booking_id, counted.has_clash, counted.is_overdue, quotas = of_the_run
    if quotas:
        counted.quotas = db.session.scalars(quotas_of(run_id, on=clock.day_of(now))).all()
    return counted


def is_open_booking(
    run_id: _Wanted, person_id: _Wanted, *including: ColumnElement[bool]
) -> ColumnElement[bool]:
    """The person's open bookings of a run: all, or those of the whole run and those `including` fits."""
    wanted = or_(Booking.session_id.is_(None), *including) if including else true()
    return and_(
        Booking.run_id == run_id, Booking.person_id == person_id, Booking.state.in_(OPEN_STATES), wanted
    )


def _occupancy_statement() -> Select[Any]:
    """Built once: it is asked under the lock, for which others wait."""
    run_id, person_id, session_id = (
        bindparam(name, type_=Integer) for name in ("run_id", "person_id", "session_id")
    )
    any_or_this = or_(session_id.is_(None), Booking.session_id == session_id)
    moved, dated = (
        select(what)
        .where(SessionDate.session_id == TrainingSession.id, *only)
        .correlate(TrainingSession)
        .scalar_subquery()
        for what, only in (
            (func.count() - 1 + TrainingSession.revisions, ()),
            (func.max(SessionDate.id), (live(SessionDate),)),
        )
    )
    queued = another(Booking, "queued")
    waiting = select(func.count()).where(queued.run_id == run_id, queued.state == BookingState.WAITLISTED)
    own = select(func.min(Booking.id)).where(is_open_booking(run_id, person_id, any_or_this))
    holder = another(Booking, "holder")
    return (
        select(
            TrainingSession.id,
            TrainingSession.capacity,
            Seat.number,
            holder.sector_id,
            moved,
            dated,
            waiting.scalar_subquery(),
            own.scalar_subquery(),
            _has_place_at_same_time(run_id, session_id, person_id),
            exists().where(is_overdue(run_id, bindparam("now", type_=UTCDateTime))),
            exists().where(Quota.run_id == run_id),
        )
        .outerjoin(Seat, and_(Seat.session_id == TrainingSession.id, Seat.released_at.is_(None)))
        .outerjoin(holder, holder.id == Seat.booking_id)
        .where(TrainingSession.run_id == run_id)
    )


def _has_place_at_same_time(
    run_id: BindParameter[int], session_id: BindParameter[int], person_id: BindParameter[int]
) -> ColumnElement[bool]:
    """Whether a person has a seat in a session that overlaps one of these, even by a minute. (U-09)"""
    session, seat = another(TrainingSession, "wanted_session"), another(Seat, "other_seat")
    date, other_date = another(SessionDate, "wanted_date"), another(SessionDate, "other_date")
    wanted = and_(session.run_id == run_id, or_(session_id.is_(None), session.id == session_id))
    overlaps = and_(other_date.starts_at < date.ends_at, other_date.ends_at > date.starts_at)
    return (
        exists()
        .where(Booking.person_id == person_id, seat.booking_id == Booking.id, seat.released_at.is_(None))
        .where(other_date.session_id == seat.session_id, live(other_date), overlaps)
        .where(date.session_id == session.id, live(date), wanted, seat.session_id != session.id)
    )


def is_overdue(run_id: _Wanted, now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The bookings of a run whose hold, offer or time to reconfirm has run out."""
    return and_(Booking.run_id == run_id, or_(Booking.held_until <= now, Booking.reconfirm_by <= now))


_OCCUPANCY = _occupancy_statement()


def in_queue_order() -> tuple[ColumnElement[Any], ...]:
    """How a waiting list is ordered: who was moved, or lost a place, by the academy or the provider, then by
    arrival."""
    return Booking.has_priority.desc(), Booking.queued_at.asc(), Booking.id.asc()


def queue(run_id: int) -> Select[tuple[Booking]]:
    """The waiting list in its order."""
    return (
        select(Booking)
        .join(Booking.person)
        .options(contains_eager(Booking.person).selectinload(Person.spells), joinedload(Booking.approval))
        .where(Booking.run_id == run_id, Booking.state == BookingState.WAITLISTED)
        .order_by(*in_queue_order())
    )


def queue_position(booking: Booking) -> int | None:
    """The place of a booking on its run's waiting list, counted from 1; None when it does not wait."""
    return queue_positions([booking.id]).get(booking.id)


def queue_positions(booking_ids: Collection[int]) -> dict[int, int]:
    """The position of each of these bookings that waits, in one statement."""
    runs = select(Booking.run_id).where(Booking.id.in_(booking_ids))
    place = func.row_number().over(partition_by=Booking.run_id, order_by=in_queue_order())
    waiting = (
        select(Booking.id, place.label("place"))
        .where(Booking.run_id.in_(runs), Booking.state == BookingState.WAITLISTED)
        .subquery()
    )
    rows = db.session.execute(select(waiting).where(waiting.c.id.in_(booking_ids)))
    return dict(rows.tuples().all())


# --- Places -------------------------------------------------------------------------------------------


def seats_taken(session_ids: Collection[int]) -> dict[int, int]:
    """How many seats are held in each of these sessions."""
    rows = db.session.execute(
        select(Seat.session_id, func.count())
        .where(Seat.session_id.in_(session_ids), Seat.released_at.is_(None))
        .group_by(Seat.session_id)
    )
    return dict.fromkeys(session_ids, 0) | dict(rows.tuples().all())


def waiting_counts(run_ids: Collection[int]) -> dict[int, int]:
    """How many wait for each of these runs."""
    rows = db.session.execute(
        select(Booking.run_id, func.count())
        .where(Booking.run_id.in_(run_ids), Booking.state == BookingState.WAITLISTED)
        .group_by(Booking.run_id)
    )
    return dict.fromkeys(run_ids, 0) | dict(rows.tuples().all())


def times_moved(session_ids: Collection[int]) -> dict[int, int]:
    """How often each session was given another date, place or trainer, or is held otherwise: the SEQUENCE of
    its calendar entry (U-05)."""
    rows = db.session.execute(
        select(SessionDate.session_id, func.count() - 1 + TrainingSession.revisions)
        .join(TrainingSession, TrainingSession.id == SessionDate.session_id)
        .where(SessionDate.session_id.in_(session_ids))
        .group_by(SessionDate.session_id, TrainingSession.revisions)
    )
    return dict(rows.tuples().all())
