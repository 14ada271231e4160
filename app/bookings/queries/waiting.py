"""What is held for a time, and what each of somebody's waits and offers stands at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.bookings.models import Approval, Booking, BookingMove, BookingState
from app.bookings.queries.occupancy import HOLDING_STATES
from app.core.db import db
from app.people.models import Person
from app.programmes.models import CourseVersion
from app.sessions.models import Run, RunState

HELD_STATES = tuple(state for state in BookingState if state.is_held_for_a_time)
TAKEN_BACK = (BookingState.CANCELLED_BY_ACADEMY, BookingState.CANCELLED_BY_PROVIDER)


def held_on(run_id: int) -> Select[tuple[Booking]]:
    """The requests and offers of a run, the one that ends soonest first, with where the people belong."""
    return (
        select(Booking)
        .join(Booking.person)
        .options(
            contains_eager(Booking.person).selectinload(Person.spells),
            joinedload(Booking.approval).joinedload(Approval.approver),
        )
        .where(Booking.run_id == run_id, Booking.state.in_(HELD_STATES))
        .order_by(Booking.held_until, Booking.id)
    )


def offers_made_to(booking: Booking) -> int:
    """How many offers were made on a booking so far."""
    statement = select(func.count()).where(
        BookingMove.booking_id == booking.id, BookingMove.to_state == BookingState.OFFERED
    )
    return db.session.scalar(statement) or 0


def states_of(booking: Booking) -> list[BookingState]:
    """What a booking has been, one after the other, and is."""
    moves = select(BookingMove.to_state).where(BookingMove.booking_id == booking.id)
    return list(db.session.scalars(moves.order_by(BookingMove.id)))


def is_owed_a_place(person_id: int, course_id: int) -> bool:
    """Whether somebody had a place of a course, or was held one, when its run was cancelled, and has had none
    of the course since. (U-05)"""
    lost, had = db.session.execute(
        select(_lost_at(person_id, course_id), _had_at(person_id, course_id))
    ).one()
    return lost is not None and (had is None or had < lost)


def _lost_at(person_id: int, course_id: int) -> ScalarSelect[datetime]:
    """When a run was last cancelled under somebody."""
    return (
        select(func.max(BookingMove.at))
        .join(Booking, Booking.id == BookingMove.booking_id)
        .join(Run, Run.id == Booking.run_id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .where(
            Booking.person_id == person_id,
            CourseVersion.course_id == course_id,
            Run.state == RunState.CANCELLED,
            BookingMove.at >= Run.cancelled_at,
            BookingMove.from_state.in_(HOLDING_STATES),
            BookingMove.to_state.in_(TAKEN_BACK),
        )
        .scalar_subquery()
    )


def _had_at(person_id: int, course_id: int) -> ScalarSelect[datetime | None]:
    """When somebody last got a place of a course."""
    return (
        select(func.max(Booking.confirmed_at))
        .join(Run, Run.id == Booking.run_id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .where(Booking.person_id == person_id, CourseVersion.course_id == course_id)
        .scalar_subquery()
    )
