"""The capacity invariant, checked over every run: what `flask check bookings` prints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, exists, func, or_, select

from app.bookings.models import Booking, Quota, Seat
from app.bookings.queries.occupancy import HOLDING_STATES, OPEN_STATES
from app.core import clock
from app.core.db import db, live
from app.core.filters import day_and_time, plural
from app.people.models import Spell
from app.people.queries import covers
from app.sessions.models import Run, RunState, SessionDate, TrainingSession

# The sweep runs every minute, and leavers' places are released every night: by then it must have happened.
SWEEP_IS_LATE = timedelta(minutes=10)
NIGHTS_ARE_LATE = timedelta(days=2)


@dataclass(frozen=True)
class Breach:
    """One thing about the places of a run that must never be so."""

    run_code: str
    problem: str
    session_id: int | None = None
    booking_reference: str | None = None


def capacity_breaches() -> list[Breach]:
    """Every breach of the capacity invariant (4.1): none, unless something is wrong with the service."""
    return [
        *_oversold_sessions(),
        *_seats_without_a_place(),
        *_places_without_seats(),
        *_open_on_cancelled_runs(),
        *_quotas_above_capacity(),
        *_held_for_too_long(),
        *_of_people_who_left(),
    ]


def _oversold_sessions() -> list[Breach]:
    rows = db.session.execute(
        select(
            Run.code,
            TrainingSession.id,
            TrainingSession.component_number,
            TrainingSession.capacity,
            func.count(),
            func.max(Seat.number),
        )
        .join(TrainingSession, TrainingSession.run_id == Run.id)
        .join(Seat, and_(Seat.session_id == TrainingSession.id, Seat.released_at.is_(None)))
        .group_by(Run.code, TrainingSession.id, TrainingSession.component_number, TrainingSession.capacity)
        .having(
            or_(func.count() > TrainingSession.capacity, func.max(Seat.number) > TrainingSession.capacity)
        )
        .order_by(Run.code, TrainingSession.component_number)
    )
    return [
        Breach(
            code,
            f"session {component} has {count} seats taken, up to number {highest}, of {capacity}",
            session_id=session_id,
        )
        for code, session_id, component, capacity, count, highest in rows
    ]


def _seats_without_a_place() -> list[Breach]:
    wrong = or_(
        Booking.state.not_in(HOLDING_STATES),
        TrainingSession.run_id != Booking.run_id,
        and_(Booking.session_id.is_not(None), Booking.session_id != Seat.session_id),
    )
    rows = db.session.execute(
        select(Run.code, Booking.reference, Booking.state, Seat.session_id)
        .select_from(Seat)
        .join(Booking, Booking.id == Seat.booking_id)
        .join(Run, Run.id == Booking.run_id)
        .join(TrainingSession, TrainingSession.id == Seat.session_id)
        .where(Seat.released_at.is_(None), wrong)
        .order_by(Run.code, Booking.reference, Seat.session_id)
    )
    return [
        Breach(
            code,
            f"booking {reference} ({state.label.lower()}) holds a seat that is not its own",
            session_id=session_id,
            booking_reference=reference,
        )
        for code, reference, state, session_id in rows
    ]


def _places_without_seats() -> list[Breach]:
    seat = exists().where(
        Seat.booking_id == Booking.id, Seat.session_id == TrainingSession.id, Seat.released_at.is_(None)
    )
    rows = db.session.execute(
        select(
            Run.code, Booking.reference, Booking.state, TrainingSession.id, TrainingSession.component_number
        )
        .select_from(Booking)
        .join(Run, Run.id == Booking.run_id)
        .join(
            TrainingSession,
            and_(
                TrainingSession.run_id == Booking.run_id,
                or_(Booking.session_id.is_(None), Booking.session_id == TrainingSession.id),
            ),
        )
        .where(Booking.state.in_(HOLDING_STATES), ~seat)
        .order_by(Run.code, Booking.reference, TrainingSession.component_number)
    )
    return [
        Breach(
            code,
            f"booking {reference} is {state.label.lower()} and has no seat in session {component}",
            session_id=session_id,
            booking_reference=reference,
        )
        for code, reference, state, session_id, component in rows
    ]


def _open_on_cancelled_runs() -> list[Breach]:
    rows = db.session.execute(
        select(Run.code, Booking.reference, Booking.state)
        .join(Booking, Booking.run_id == Run.id)
        .where(Run.state == RunState.CANCELLED, Booking.state.in_(OPEN_STATES))
        .order_by(Run.code, Booking.reference)
    )
    return [
        Breach(
            code,
            f"booking {reference} is {state.label.lower()} although the run is cancelled",
            booking_reference=reference,
        )
        for code, reference, state in rows
    ]


def _quotas_above_capacity() -> list[Breach]:
    kept = func.sum(Quota.places)
    rows = db.session.execute(
        select(Run.code, TrainingSession.id, TrainingSession.component_number, TrainingSession.capacity, kept)
        .join(TrainingSession, TrainingSession.run_id == Run.id)
        .join(Quota, Quota.run_id == Run.id)
        .where(Quota.kept_until >= clock.today())
        .group_by(Run.code, TrainingSession.id, TrainingSession.component_number, TrainingSession.capacity)
        .having(kept > TrainingSession.capacity)
        .order_by(Run.code, TrainingSession.component_number)
    )
    return [
        Breach(
            code,
            f"{plural(places, 'place is', 'places are')} kept for partners in session {component}, which has "
            f"{capacity}",
            session_id=session_id,
        )
        for code, session_id, component, capacity, places in rows
    ]


def _held_for_too_long() -> list[Breach]:
    """Requests and offers that ran out and still hold their seats: the sweep does not run, or fails."""
    rows = db.session.execute(
        select(Run.code, Booking.reference, Booking.state, Booking.held_until)
        .join(Booking, Booking.run_id == Run.id)
        .where(Run.state == RunState.SCHEDULED, Booking.held_until < clock.now() - SWEEP_IS_LATE)
        .order_by(Run.code, Booking.reference)
    )
    return [
        Breach(
            code,
            f"booking {reference} ({state.label.lower()}) was held until {day_and_time(until)} and still is",
            booking_reference=reference,
        )
        for code, reference, state, until in rows
    ]


def _of_people_who_left() -> list[Breach]:
    """Places in sessions to come of people who, as has been known for two nights, left two nights ago."""
    is_here = exists().where(
        Spell.person_id == Booking.person_id,
        live(Spell),
        covers(Spell, SessionDate.held_on),
    )
    some_nights_ago = clock.day_of(clock.now() - NIGHTS_ARE_LATE)
    was_here_lately = exists().where(
        Spell.person_id == Booking.person_id,
        live(Spell),
        or_(Spell.last_day.is_(None), Spell.last_day >= some_nights_ago),
    )
    is_news = exists().where(
        Spell.person_id == Booking.person_id, Spell.recorded_at > clock.now() - NIGHTS_ARE_LATE
    )
    rows = db.session.execute(
        select(Run.code, Booking.reference, Booking.state)
        .distinct()
        .join(Booking, Booking.run_id == Run.id)
        .join(TrainingSession, TrainingSession.run_id == Run.id)
        .join(SessionDate, and_(SessionDate.session_id == TrainingSession.id, live(SessionDate)))
        .where(
            Booking.state.in_(OPEN_STATES),
            or_(Booking.session_id.is_(None), Booking.session_id == TrainingSession.id),
            SessionDate.starts_at > clock.now(),
            SessionDate.recorded_at < clock.now() - NIGHTS_ARE_LATE,
            ~is_here,
            ~was_here_lately,
            ~is_news,
        )
        .order_by(Run.code, Booking.reference)
    )
    return [
        Breach(
            code,
            f"booking {reference} is {state.label.lower()} although the person has left",
            booking_reference=reference,
        )
        for code, reference, state in rows
    ]
