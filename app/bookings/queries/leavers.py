"""Places that leavers still have, or wait for, on days after their last one. (U-06)"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.bookings.models import Booking, BookingMove, ReleaseCause
from app.bookings.queries.occupancy import OPEN_STATES
from app.core import clock
from app.core.db import db, live
from app.people.models import BY_NAME, Person, Spell
from app.people.queries import covers
from app.programmes.models import CourseVersion
from app.sessions.models import Run, RunState, SessionDate, TrainingSession


def leavers_with_places(now: datetime) -> Select[tuple[int]]:
    """Who has left, and has, or waits for, a place in a session yet to begin.

    Last day 11 February: on the 11th they are here, on the 12th they have left.
    """
    is_here = exists().where(
        Spell.person_id == Booking.person_id, live(Spell), covers(Spell, clock.day_of(now))
    )
    return select(Booking.person_id).distinct().where(_is_beyond(now), ~is_here).order_by(Booking.person_id)


def places_beyond_last_day(now: datetime, person_id: int | None = None) -> Select[tuple[Booking]]:
    """The bookings that leavers can't use, also of those whose last day is to come; by name, then date."""
    statement = _with_runs(select(Booking).join(Booking.person).where(_is_beyond(now)))
    if person_id is not None:
        statement = statement.where(Booking.person_id == person_id)
    return statement.order_by(*BY_NAME, Booking.run_id, Booking.id)


def places_after(last_days: Mapping[int, date], now: datetime) -> list[Booking]:
    """Which open bookings would go if these people's last days were these: by person's id."""
    found = db.session.scalars(_with_runs(_open_of(last_days))).unique()
    return [
        one
        for one in found
        if any(
            session.starts_at > now and session.held_on > last_days[one.person_id] for session in one.sessions
        )
    ]


def lost_by_leavers(*, since: datetime, until: datetime) -> Select[tuple[Booking]]:
    """The bookings that were released between these instants because their people had left, unless they are
    booked on the same run again, or it was cancelled."""
    again = aliased(Booking)
    is_booked_again = exists().where(
        again.run_id == Booking.run_id, again.person_id == Booking.person_id, again.state.in_(OPEN_STATES)
    )
    return _with_runs(
        select(Booking)
        .join(Booking.person)
        .join(Booking.moves)
        .join(Booking.run)
        .where(
            BookingMove.released_for == ReleaseCause.LEFT,
            BookingMove.at.between(since, until),
            Run.state == RunState.SCHEDULED,
            ~is_booked_again,
        )
        .order_by(*BY_NAME, Booking.id)
    )


def _open_of(person_ids: Collection[int]) -> Select[tuple[Booking]]:
    return (
        select(Booking)
        .where(Booking.person_id.in_(person_ids), Booking.state.in_(OPEN_STATES))
        .order_by(Booking.person_id, Booking.id)
    )


def _with_runs(statement: Select[tuple[Booking]]) -> Select[tuple[Booking]]:
    return statement.options(
        joinedload(Booking.person).selectinload(Person.spells),
        joinedload(Booking.run).joinedload(Run.version).joinedload(CourseVersion.course),
        joinedload(Booking.run).selectinload(Run.sessions),
    )


def _is_beyond(now: datetime) -> ColumnElement[bool]:
    """Whether a booking is open and has a session to come on a day that none of its person's posts covers."""
    is_here = (
        exists()
        .where(
            Spell.person_id == Booking.person_id,
            live(Spell),
            covers(Spell, SessionDate.held_on),
        )
        .correlate(Booking, SessionDate)
    )
    missed = (
        select(TrainingSession.id)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .where(
            TrainingSession.run_id == Booking.run_id,
            or_(Booking.session_id.is_(None), Booking.session_id == TrainingSession.id),
            live(SessionDate),
            SessionDate.starts_at > now,
            ~is_here,
        )
        .correlate(Booking)
        .exists()
    )
    return Booking.state.in_(OPEN_STATES) & missed
