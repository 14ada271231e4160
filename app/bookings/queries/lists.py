"""Bookings and the runs that can be booked, as lists and pages show them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, lazyload, selectinload

from app.bookings.models import Booking, BookingMove, BookingState, Seat
from app.bookings.queries.occupancy import HOLDING_STATES, OPEN_STATES, is_open_booking
from app.core.db import db, live
from app.core.statements import HOT
from app.people.models import BY_NAME, Person
from app.programmes.models import Component, Course, CourseVersion
from app.sessions import queries as sessions_queries
from app.sessions.models import Mode, Run, SessionDate, TrainingSession


def open_booking(run: Run, person: Person, session: TrainingSession | None = None) -> Booking | None:
    """The person's open booking of the run: of the whole run or, with `session`, of that session.

    Without `session`, a booking of one session alone is found too, when there is none of the whole run.
    """
    return db.session.scalar(
        select(Booking)
        .where(is_open_booking(run.id, person.id, *([Booking.session_id == session.id] if session else [])))
        .order_by(Booking.session_id.is_not(None), Booking.id)
        .limit(1)
    )


def _with_run(statement: Select[tuple[Booking]]) -> Select[tuple[Booking]]:
    return statement.options(
        joinedload(Booking.run)
        .joinedload(Run.version)
        .options(joinedload(CourseVersion.course), lazyload(CourseVersion.components)),
        joinedload(Booking.run).selectinload(Run.sessions),
    )


def booking_in_full(booking_id: int) -> Select[tuple[Booking]]:
    """One booking with what its page shows: run, course, sessions, person and moves."""
    return _with_run(select(Booking).where(Booking.id == booking_id)).options(
        joinedload(Booking.person), selectinload(Booking.moves).joinedload(BookingMove.cause)
    )


def current_bookings_of(person: Person, *, now: datetime) -> Select[tuple[Booking]]:
    """The places that a person has or waits for in training that is not over, soonest first."""
    return (
        _with_run(select(Booking))
        .where(Booking.person_id == person.id, Booking.state.in_(OPEN_STATES), _last_end() > now)
        .order_by(_last_end(), Booking.id)
    )


def past_bookings_of(person: Person, *, now: datetime) -> Select[tuple[Booking]]:
    """A person's bookings that are over or were cancelled, newest first."""
    is_over = or_(Booking.state.not_in(OPEN_STATES), _last_end() <= now)
    return (
        _with_run(select(Booking))
        .where(Booking.person_id == person.id, is_over)
        .order_by(Booking.created_at.desc(), Booking.id.desc())
    )


def _last_end() -> ScalarSelect[datetime]:
    """When the last session of a booking ends."""
    return (
        select(func.max(SessionDate.ends_at))
        .join(TrainingSession, TrainingSession.id == SessionDate.session_id)
        .where(
            live(SessionDate),
            TrainingSession.run_id == Booking.run_id,
            or_(Booking.session_id.is_(None), Booking.session_id == TrainingSession.id),
        )
        .correlate(Booking)
        .scalar_subquery()
    )


def open_bookings_of(person_ids: Collection[int]) -> Select[tuple[Booking]]:
    """The places that these people hold or wait for, with their runs."""
    return _with_run(
        select(Booking)
        .where(Booking.person_id.in_(person_ids), Booking.state.in_(OPEN_STATES))
        .order_by(Booking.run_id, Booking.id)
    )


def open_by_run(run_ids: Collection[int], person_id: int) -> dict[int, Booking]:
    """By run, the place that somebody holds or waits for on these runs: the bookings alone, without what
    belongs to them. Of several, as whoever catches up on two days has, the last."""
    found = db.session.scalars(
        select(Booking)
        .where(Booking.person_id == person_id, Booking.run_id.in_(run_ids), Booking.state.in_(OPEN_STATES))
        .order_by(Booking.id)
    )
    return {booking.run_id: booking for booking in found.unique()}


def open_bookings_on(run_id: int) -> Select[tuple[Booking]]:
    """Everybody who has, or waits for, a place on a run, in order of arrival."""
    return (
        select(Booking)
        .join(Booking.person)
        .options(contains_eager(Booking.person))
        .where(Booking.run_id == run_id, Booking.state.in_(OPEN_STATES))
        .order_by(Booking.queued_at, Booking.id)
    )


def count_touched(run_id: int, session: TrainingSession | None = None) -> int:
    """How many have, or wait for, a place on a run or, with `session`, in that session of it."""
    touched = [Booking.run_id == run_id, Booking.state.in_(OPEN_STATES)]
    if session is not None:
        touched.append(or_(Booking.session_id.is_(None), Booking.session_id == session.id))
    return db.session.scalar(select(func.count(Booking.id)).where(*touched)) or 0


def places_on(run_id: int) -> Select[tuple[Booking]]:
    """Who has a place on a run, by name, with where they belong."""
    return (
        select(Booking)
        .join(Booking.person)
        .options(contains_eager(Booking.person).selectinload(Person.spells))
        .where(Booking.run_id == run_id, Booking.state == BookingState.CONFIRMED)
        .order_by(*BY_NAME, Booking.id)
    )


def confirmed_on(session: TrainingSession) -> Select[tuple[Booking]]:
    """The confirmed bookings that hold a seat in a session, by name, with their people."""
    seat = exists().where(
        Seat.booking_id == Booking.id, Seat.session_id == session.id, Seat.released_at.is_(None)
    )
    return (
        select(Booking)
        .join(Booking.person)
        .options(contains_eager(Booking.person))
        .where(Booking.run_id == session.run_id, Booking.state == BookingState.CONFIRMED, seat)
        .order_by(*BY_NAME)
    )


def place_in(session: TrainingSession, person_id: int) -> Select[tuple[Booking]]:
    """Somebody's confirmed booking that holds a seat in a session."""
    return confirmed_on(session).where(Booking.person_id == person_id).limit(1)


def holder_known_as(
    references: Collection[str], email: str, session: TrainingSession
) -> Select[tuple[Person]]:
    """Whose place in a session it is, by one of these references and by an address in lower case."""
    bookings = confirmed_on(session).with_only_columns(Booking.person_id)
    return select(Person).where(
        Person.id.in_(bookings.where(Booking.reference.in_(references)).order_by(None)),
        Person.email == email,
    )


def was_ever_booked(run_id: int) -> Select[tuple[bool]]:
    """Whether anybody ever had, or asked for, a place on a run."""
    return select(exists().where(Booking.run_id == run_id))


def confirmed_counts(run_ids: Collection[int]) -> dict[int, int]:
    """For each run, how many have a place on the whole of it, which its minimum is held against (AM-18)."""
    counts = select(Run.id, confirmed_count()).where(Run.id.in_(run_ids))
    return dict(db.session.execute(counts).tuples().all())


def confirmed_count() -> ScalarSelect[int]:
    """Of the run that a statement reads, how many have a place on the whole of it."""
    is_whole = Booking.session_id.is_(None)
    return (
        select(func.count(Booking.id))
        .where(Booking.run_id == Run.id, Booking.state == BookingState.CONFIRMED, is_whole)
        .correlate(Run)
        .scalar_subquery()
    )


def holders_of(session: TrainingSession) -> Select[tuple[Booking]]:
    """The bookings that hold a seat in a session, offered ones too, the latest booked first (U-21)."""
    seat = exists().where(
        Seat.booking_id == Booking.id, Seat.session_id == session.id, Seat.released_at.is_(None)
    )
    return (
        select(Booking)
        .join(Booking.person)
        .options(contains_eager(Booking.person).selectinload(Person.spells), joinedload(Booking.approval))
        .where(Booking.run_id == session.run_id, Booking.state.in_(HOLDING_STATES), seat)
        .order_by(Booking.queued_at.desc(), Booking.id.desc())
    )


# --- What a booking is made of -------------------------------------------------------------------------


def run_to_book(run_id: int) -> Run | None:
    """A run with its sessions and course, in one statement: booking is counted in statements."""
    return db.session.scalars(_run_to_book(), {"run_id": run_id}).unique().one_or_none()


@cache
def _run_to_book() -> Select[tuple[Run]]:
    """Made once, as each booking asks it."""
    return (
        select(Run)
        .where(Run.id == bindparam("run_id"))
        .options(
            joinedload(Run.sessions),
            joinedload(Run.instructions_that_apply),
            joinedload(Run.version).options(
                joinedload(CourseVersion.course).joinedload(Course.terms_that_apply),
                lazyload(CourseVersion.components),
            ),
        )
        .execution_options(**HOT)
    )


def person_to_book(person_id: int) -> Person | None:
    """A person with where they belong on any date, in one statement."""
    return db.session.scalars(_person_to_book(), {"person_id": person_id}).unique().one_or_none()


@cache
def _person_to_book() -> Select[tuple[Person]]:
    return select(Person).where(Person.id == bindparam("person_id")).options(joinedload(Person.spells))


def people_to_book(person_ids: Collection[int]) -> Select[tuple[Person]]:
    """Several people, by name, with where each belongs on any date."""
    return (
        select(Person)
        .where(Person.id.in_(person_ids))
        .options(selectinload(Person.spells))
        .order_by(*BY_NAME)
    )


# --- Runs that can be booked --------------------------------------------------------------------------


def bookable_runs(
    course_ids: Collection[int], *, now: datetime, mode: Mode | None = None, only_with_places: bool = False
) -> Select[tuple[Run]]:
    """Scheduled runs of these courses whose first session has not begun, soonest first.

    A day that is held again alone is no run to begin with: it is found as a day to catch up. (U-23)
    """
    statement = sessions_queries.upcoming_runs(now, course_ids).where(~_lacks_a_day())
    if mode is not None:
        statement = statement.where(
            exists().where(TrainingSession.run_id == Run.id, TrainingSession.mode == mode)
        )
    return statement.where(~_has_full_session()) if only_with_places else statement


def _lacks_a_day() -> ColumnElement[bool]:
    held = exists().where(TrainingSession.run_id == Run.id, TrainingSession.component_id == Component.id)
    return exists().where(Component.version_id == Run.version_id, ~held.correlate(Run, Component))


def _has_full_session() -> ColumnElement[bool]:
    taken = (
        select(func.count())
        .where(Seat.session_id == TrainingSession.id, Seat.released_at.is_(None))
        .correlate(TrainingSession)
        .scalar_subquery()
    )
    return (
        select(TrainingSession.id)
        .where(TrainingSession.run_id == Run.id, TrainingSession.capacity <= taken)
        .correlate(Run)
        .exists()
    )
