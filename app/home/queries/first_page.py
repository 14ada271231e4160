"""What needs somebody today, gathered from every room."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import RoleGrant, User
from app.attendance.queries import Progress
from app.bookings import queries as bookings
from app.bookings.models import Booking, BookingState, Seat
from app.config import Settings
from app.core import clock
from app.core.db import db, live
from app.core.permissions import Role
from app.figures.queries import Wanted, wanted_of
from app.outbox import queries as outbox
from app.outbox.models import Message, MessageState
from app.people.models import Person
from app.programmes import queries as programmes
from app.programmes.models import Course, CourseVersion, Programme
from app.sessions.models import Run, RunState, SessionDate, Trainer, TrainingSession
from app.sessions.queries import spans

# Those who book for themselves or for their own people: without one, only the academy can fill a run.
_BOOKERS = (Role.PRACTITIONER, Role.LINE_MANAGER, Role.PARTNER, Role.COORDINATOR)
STUCK_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class SetUp:
    """How far a new academy has come: each step is done or not; of the service's, which settings are left."""

    left_to_name: list[str]
    left_to_send: list[str]
    has_manager: bool
    has_accounts: bool
    has_people: bool
    has_programme: bool
    has_course: bool
    has_run: bool

    @property
    def is_finished(self) -> bool:
        """A first run needs all that comes before it, but for the council's name and its mail, and for the
        accounts of others: an academy may book for everybody itself."""
        return not self.left_to_name and not self.left_to_send and self.has_run


def set_up(settings: Settings) -> SetUp:
    """What has been set up: the service's settings and, in one statement, the rest. Who is invited has an
    account; one that was closed is none. Nor is a run one that was over before anybody could book it: a file
    of runs of years ago sets nothing up."""
    is_there = (exists(select(literal(1)).select_from(one)) for one in (Person, Programme, Course))
    has_run = exists().where(SessionDate.entered_at < SessionDate.starts_at)
    is_open = and_(User.id == RoleGrant.user_id, User.active)
    has_manager = exists().where(is_open, RoleGrant.role == Role.ACADEMY_MANAGER)
    has_accounts = exists().where(is_open, RoleGrant.role.in_(_BOOKERS))
    row = db.session.execute(select(has_manager, has_accounts, *is_there, has_run)).one()
    return SetUp(settings.left_to_name, settings.left_to_send, *row)


def waiting_lists(now: datetime) -> Select[tuple[Run, Course, int]]:
    """Runs yet to begin on which people wait, the longest list first."""
    starts = spans()
    waiting = (
        select(func.count(Booking.id))
        .where(Booking.run_id == Run.id, Booking.state == BookingState.WAITLISTED)
        .scalar_subquery()
    )
    return (
        select(Run, Course, waiting.label("waiting"))
        .join(starts, starts.c.run_id == Run.id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Run.state == RunState.SCHEDULED, starts.c.starts_at > now, waiting > 0)
        .order_by(waiting.desc(), Run.id)
    )


def coming_sessions(person_id: int, now: datetime) -> Select[tuple[TrainingSession, Booking]]:
    """The sessions in which a person holds a seat and which are not over yet, soonest first."""
    return (
        select(TrainingSession, Booking)
        .join(Seat, Seat.session_id == TrainingSession.id)
        .join(Booking, Booking.id == Seat.booking_id)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .where(
            Booking.person_id == person_id,
            Booking.state == BookingState.CONFIRMED,
            Seat.released_at.is_(None),
            live(SessionDate),
            SessionDate.ends_at > now,
        )
        .order_by(SessionDate.starts_at)
    )


def waiting_places(person_id: int, now: datetime) -> Select[tuple[Booking]]:
    """The bookings of a person that wait for a place, or for approval, on a run yet to begin."""
    starts = spans()
    return (
        select(Booking)
        .join(Booking.run)
        .join(starts, starts.c.run_id == Run.id)
        .where(
            Run.state == RunState.SCHEDULED,
            Booking.person_id == person_id,
            Booking.state.in_((BookingState.WAITLISTED, BookingState.REQUESTED)),
            starts.c.starts_at > now,
        )
        .order_by(starts.c.starts_at)
    )


def places_to_answer(person_id: int, now: datetime) -> Select[tuple[Booking]]:
    """The bookings that wait for a word from the person themselves, the shortest time first: a place that is
    offered, or one whose dates have changed."""
    until = func.coalesce(Booking.held_until, Booking.reconfirm_by)
    is_asked = or_(Booking.state == BookingState.OFFERED, Booking.reconfirm_by.is_not(None))
    return select(Booking).where(Booking.person_id == person_id, is_asked, until > now).order_by(until)


def trainer_sessions(user_id: int, now: datetime) -> Select[tuple[TrainingSession]]:
    """The coming sessions of the trainer who signs in with this account, soonest first."""
    return (
        select(TrainingSession)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .join(Trainer, Trainer.id == TrainingSession.trainer_id)
        .join(Run, Run.id == TrainingSession.run_id)
        .where(
            Trainer.user_id == user_id,
            Run.state == RunState.SCHEDULED,
            live(SessionDate),
            SessionDate.ends_at > now,
        )
        .order_by(SessionDate.starts_at)
    )


def messages_in_trouble(now: datetime) -> dict[MessageState, int]:
    """How many e-mails could not be sent, how many came back, and how many were tried and wait all the same:
    at once where the relay could not be used at all, else 15 minutes after they went into the queue, as by
    then a relay that sends each away once has been asked again."""
    queued_at = func.coalesce(Message.requeued_at, Message.created_at)
    is_old = queued_at <= now - STUCK_AFTER
    is_stuck = and_(outbox.is_put_off(), or_(is_old, Message.carrier_failed))
    rows = db.session.execute(
        select(Message.state, func.count(Message.id))
        .where(or_(Message.state.in_([MessageState.FAILED, MessageState.BOUNCED]), is_stuck))
        .group_by(Message.state)
    )
    return dict(rows.tuples().all())


def rows(statement: Select[Any], most: int) -> list[Row[Any]]:
    """The first `most` rows of a list that a first page shows the beginning of."""
    return list(db.session.execute(statement.limit(most)))


# --- What somebody is to do next -------------------------------------------------------------------------


@dataclass(frozen=True)
class NextStep:
    """A course that is wanted of somebody, how far they are with it, and the one thing to do next.

    `booking` is their place, or their waiting for one; else `run` is the next with places, of which `left`
    are theirs to have. `is_for_them`: they are among those for whom the course is meant.
    """

    wanted: Wanted
    progress: Progress | None
    booking: Booking | None
    run: Run | None
    left: int
    is_for_them: bool


def steps_of(
    person: Person, progress: Sequence[Progress], held: Sequence[Booking], now: datetime
) -> list[NextStep]:
    """What is wanted of a person, the most urgent first, each with what to do about it. (ST-01)

    `held` are their open bookings.
    """
    today = clock.day_of(now)
    wanted = wanted_of(person.id, on=today)
    missing = {one.course.id for one in wanted if not one.is_done}
    theirs = set(db.session.scalars(programmes.courses_for(person, today).with_only_columns(Course.id)))
    places = _places(held, missing, now)
    runs = _next_runs(person, (missing & theirs) - set(places), now)
    far = {one.course.id: one for one in progress}
    return [
        NextStep(
            wanted=one,
            progress=far.get(one.course.id),
            booking=places.get(one.course.id),
            run=runs[one.course.id][0] if one.course.id in runs else None,
            left=runs[one.course.id][1] if one.course.id in runs else 0,
            is_for_them=one.course.id in theirs,
        )
        for one in wanted
    ]


def _places(held: Sequence[Booking], course_ids: Collection[int], now: datetime) -> dict[int, Booking]:
    """By course, the place that somebody has or waits for, on a run that is not over."""
    places: dict[int, Booking] = {}
    for booking in held:
        course_id = booking.run.version.course_id
        if course_id in course_ids and booking.run.last_session.ends_at > now:
            places.setdefault(course_id, booking)
    return places


def _next_runs(person: Person, course_ids: Collection[int], now: datetime) -> dict[int, tuple[Run, int]]:
    """By course, the next run with places for this person, and how many."""
    if not course_ids:
        return {}
    found = bookings.bookable_runs(course_ids, now=now, only_with_places=True)
    without_components = joinedload(Run.version).lazyload(CourseVersion.components)
    runs = db.session.scalars(found.options(without_components)).unique().all()
    left = bookings.places_left_for(person, runs, on=clock.day_of(now))
    first: dict[int, tuple[Run, int]] = {}
    for run in runs:
        if left[run.id]:
            first.setdefault(run.version.course_id, (run, left[run.id]))
    return first
