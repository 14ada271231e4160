"""Who is booked to complete, whose marks are outstanding, and which places are free: what a forecast reads.

Bookings, and whether a run was cancelled, are read as they stood at the end of the day, or at the instant as
known at which it is asked when that is earlier; whose a booking is, and when a session is, go by what was
known then, as marks do. How many places a session has, and for whom some are kept, is read as it is now,
whatever day is asked for: neither has a history. (4.4, 4.11)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
)

from app.bookings.models import Booking, BookingMove, BookingState, Quota, Seat
from app.bookings.queries import held_by, kept_for_others, places_as_marks
from app.core import clock
from app.core.days import months_before, written
from app.core.db import db, live
from app.figures.queries.places import is_not_cancelled
from app.figures.queries.plans import Takers, Whoever
from app.learning.models import Mark
from app.learning.queries import OUTSTANDING_DAYS, CourseShape, completions, says_something
from app.programmes.models import CourseSettings, CourseVersion
from app.programmes.queries import are_known_settings
from app.sessions.models import Run, SessionDate, TrainingSession


@dataclass(frozen=True)
class Moment:
    """The two dates of a figure, and the instant at which bookings are read; None is now."""

    as_at: date
    known_at: datetime | None

    @property
    def instant(self) -> datetime | None:
        if self.known_at is None and self.as_at >= clock.today():
            return None
        end = clock.end_of_day(self.as_at)
        return end if self.known_at is None else min(end, self.known_at)


# --- Planned marks -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ahead:
    """Completions to come: rows of person_id, course_id and completed_on, the day on which they would be.

    `to_come` by confirmed places on days to come; `held` by these and by those of days that were held lately
    and that nobody has marked, or None when all is recorded. Somebody who is to complete by a deadline has a
    day up to it.
    """

    to_come: CTE
    held: CTE | None

    @property
    def booked(self) -> CTE:
        """Everybody who is to complete by confirmed places: a register that is late takes nobody's place."""
        return self.to_come if self.held is None else self.held


class Bookings:
    """The confirmed places of some courses as marks to come, and those held that nobody has marked yet.

    `places` are these, as rows of the marks that they may become. One statement: how many marks are
    outstanding, by course. `unmarked` are they by person and course, or None when all is recorded.
    """

    def __init__(self, shapes: Mapping[int, CourseShape], moment: Moment) -> None:
        self._moment = moment
        self._shapes = shapes
        version_ids = versions_of(shapes.values())
        self.places = confirmed_places(version_ids, moment).cte("places")
        # Of its own: to compile a select changes it, and statements of what has been compiled are not found
        # again among those that are kept.
        to_count = confirmed_places(version_ids, moment).cte("places")
        counted = db.session.execute(_counted_by_course(to_count, moment)).tuples()
        self.outstanding_marks: dict[int, int] = dict(counted.all())
        by_person = _counted_by_person(self.places, moment)
        self.unmarked = by_person.cte("unmarked") if self.outstanding_marks else None

    def ahead(self, course_ids: Collection[int], done: FromClause, *, marks_only: bool, name: str) -> Ahead:
        """What is to come of these courses, for those who have not completed them: see `completions`."""

        def completed(marks: FromClause, part: str) -> CTE:
            moment = self._moment
            found = completions(
                course_ids,
                as_at=moment.as_at,
                known_at=moment.known_at,
                marks_only=marks_only,
                planned=marks,
                done=done,
                shapes=self._shapes,
            )
            return found.cte(f"{name}_{part}")

        to_come = select(self.places).where(self.places.c.held_on > self._moment.as_at)
        return Ahead(
            completed(to_come.subquery(), "to_come"),
            completed(self.places, "held") if self.outstanding_marks else None,
        )


def versions_of(shapes: Collection[CourseShape]) -> set[int]:
    """The versions whose marks count for these courses."""
    return {
        of
        for one in shapes
        for version in one.versions
        for sources in version.components
        for of, _ in sources
    }


def confirmed_places(version_ids: Collection[int], moment: Moment) -> Select[Any]:
    """Each confirmed place in a session that is to come, or was held lately and is not marked, as the mark
    that it may become."""
    return places_as_marks(held_by(moment.known_at), moment.known_at).where(
        Run.version_id.in_(sorted(version_ids)),
        SessionDate.held_on > written(moment.as_at - timedelta(days=OUTSTANDING_DAYS)),
        is_confirmed(moment.instant),
        has_seat(moment.instant),
        is_on(moment.instant),
        or_(SessionDate.held_on > written(moment.as_at), ~is_marked(moment)),
    )


def _counted_by_course(places: CTE, moment: Moment) -> Select[tuple[int, int]]:
    return (
        select(CourseVersion.course_id, func.count())
        .join(places, places.c.version_id == CourseVersion.id)
        .where(places.c.held_on <= moment.as_at)
        .group_by(CourseVersion.course_id)
    )


def _counted_by_person(places: CTE, moment: Moment) -> Select[tuple[int, int, int]]:
    """Columns: person_id, course_id and marks."""
    return (
        select(places.c.person_id, CourseVersion.course_id, func.count().label("marks"))
        .join(places, places.c.version_id == CourseVersion.id)
        .where(places.c.held_on <= moment.as_at)
        .group_by(places.c.person_id, CourseVersion.course_id)
    )


def is_marked(moment: Moment) -> ColumnElement[bool]:
    """Whether a register says anything of a booked person's session."""
    return exists(Mark.session_id).where(
        Mark.person_id == held_by(moment.known_at),
        Mark.session_id == Seat.session_id,
        says_something(moment.known_at),
    )


# --- As it stood at an instant -------------------------------------------------------------------------


def is_confirmed(instant: datetime | None) -> ColumnElement[bool]:
    """Whether a booking was confirmed at an instant: it still is, or has been moved on only since.

    Once it has been confirmed one move is left to it, the one that ends it. One that was brought in has no
    moves before.
    """
    if instant is None:
        return Booking.state == BookingState.CONFIRMED
    ended_later = exists().where(BookingMove.booking_id == Booking.id, BookingMove.at > instant)
    return and_(Booking.confirmed_at <= instant, or_(Booking.state == BookingState.CONFIRMED, ended_later))


def has_seat(instant: datetime | None) -> ColumnElement[bool]:
    """Whether a seat was held at an instant."""
    if instant is None:
        return Seat.released_at.is_(None)
    return and_(Seat.taken_at <= instant, or_(Seat.released_at.is_(None), Seat.released_at > instant))


def is_on(instant: datetime | None) -> ColumnElement[bool]:
    """Whether a run stood at an instant, and was not cancelled by then."""
    is_standing = is_not_cancelled(instant)
    return is_standing if instant is None else and_(Run.created_at <= instant, is_standing)


# --- Free places ---------------------------------------------------------------------------------------


class Day(NamedTuple):
    """A component held on a day, with the first day that may stand in one set with it (None: any)."""

    version_id: int
    component: int
    held_on: date
    opens_on: date | None


@dataclass(frozen=True)
class FreeSession:
    """A session of a run that is not over, and its seats that are taken, by sector (None: staff)."""

    day: Day
    capacity: int
    taken: Counter[int | None]

    @property
    def left(self) -> int:
        """The seats that nobody has."""
        return max(0, self.capacity - self.taken.total())


@dataclass(frozen=True)
class FreeRun:
    """A run that is not over: how long it takes, and how many people could still do all of it."""

    course_id: int
    has_begun: bool
    sessions: Sequence[FreeSession]
    quotas: Sequence[Quota]

    @property
    def first_on(self) -> date:
        return min(session.day.held_on for session in self.sessions)

    @property
    def last_on(self) -> date:
        return max(session.day.held_on for session in self.sessions)

    def places(self, takers: Takers) -> int:
        """The places that these people could take.

        Places that are kept for others are none, nor is what is left of a run that has begun.
        """
        return 0 if self.has_begun else min(self.seats(session, takers) for session in self.sessions)

    def seats(self, session: FreeSession, takers: Takers) -> int:
        """The same of one of its sessions alone, whether or not the run has begun."""
        kept = kept_for_others(self.quotas, session.taken, partial(is_kept_from, takers))
        return max(0, session.left - kept)


def is_kept_from(takers: Takers, quota: Quota) -> bool:
    """Whether the places of a quota are for others than these people."""
    if isinstance(takers, Whoever):
        return takers is Whoever.STAFF
    return bool(takers) and quota.sector_id is not None and quota.sector_id not in takers


def free_runs(course_ids: Collection[int], moment: Moment) -> list[FreeRun]:
    """The runs of these courses that are not over after the day, with what is kept of them. One statement,
    however many there are."""
    quotas: dict[int, dict[int, Quota]] = defaultdict(dict)
    sessions: dict[int, dict[int, FreeSession]] = defaultdict(dict)
    course_of: dict[int, int] = {}
    for row in db.session.execute(_sessions_to_come(course_ids, moment)):
        course_of[row.run_id] = row.course_id
        day = Day(row.version_id, row.component_number, row.held_on, row.opens_on)
        session = sessions[row.run_id].setdefault(row.session_id, FreeSession(day, row.capacity, Counter()))
        if row.seats:
            session.taken[row.sector_id] = row.seats
        if row.Quota:
            quotas[row.run_id][row.Quota.id] = row.Quota
    return [
        FreeRun(
            course_of[run_id],
            _has_begun(of_run.values(), moment),
            list(of_run.values()),
            list(quotas[run_id].values()),
        )
        for run_id, of_run in sessions.items()
    ]


def _has_begun(sessions: Iterable[FreeSession], moment: Moment) -> bool:
    return any(session.day.held_on <= moment.as_at for session in sessions)


def _seats_by_sector(of_runs: Select[tuple[int]], moment: Moment) -> Select[Any]:
    """How many seats each sector has in each session of these runs. A seat is told by its session, before
    its booking is looked up: of the seats of a past moment there is no index."""
    sessions = select(TrainingSession.id).where(TrainingSession.run_id.in_(of_runs))
    return (
        select(Seat.session_id, Booking.sector_id, func.count().label("seats"))
        .join(Booking, Booking.id == Seat.booking_id)
        .where(Seat.session_id.in_(sessions), has_seat(moment.instant))
        .group_by(Seat.session_id, Booking.sector_id)
    )


def _sessions_to_come(course_ids: Collection[int], moment: Moment) -> Select[Any]:
    """Every session of the runs that are not over, with its seats by sector; all that once for each quota of
    its run."""
    not_over = (
        select(TrainingSession.run_id)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .where(live(SessionDate, moment.known_at), SessionDate.held_on > written(moment.as_at))
    )
    seats = _seats_by_sector(not_over, moment).subquery()
    return (
        select(
            Run.id.label("run_id"),
            CourseVersion.course_id,
            Run.version_id,
            TrainingSession.id.label("session_id"),
            TrainingSession.component_number,
            TrainingSession.capacity,
            SessionDate.held_on,
            months_before(SessionDate.held_on, CourseSettings.catch_up_months).label("opens_on"),
            seats.c.sector_id,
            seats.c.seats,
            Quota,
        )
        .join(TrainingSession, TrainingSession.run_id == Run.id)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(CourseSettings, CourseSettings.course_id == CourseVersion.course_id)
        .outerjoin(seats, seats.c.session_id == TrainingSession.id)
        .outerjoin(Quota, and_(Quota.run_id == Run.id, Quota.kept_until >= moment.as_at))
        .where(
            CourseVersion.course_id.in_(sorted(course_ids)),
            Run.id.in_(not_over),
            is_on(moment.instant),
            live(SessionDate, moment.known_at),
            are_known_settings(moment.known_at),
        )
        .order_by(Run.id, TrainingSession.id)
    )
