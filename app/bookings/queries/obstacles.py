"""What stands between somebody and a place: other places at the same time, courses not yet done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, and_, or_, select

from app.bookings.models import Booking, Seat
from app.core.db import db, live
from app.programmes.models import Course, CourseVersion
from app.sessions.models import Run, SessionDate, TrainingSession

TRAVEL = timedelta(minutes=60)


@dataclass(frozen=True)
class Clash:
    """A session in which somebody holds a seat while they want another."""

    booking_id: int
    run_code: str
    title: str
    held_on: date
    starts_at: datetime
    ends_at: datetime


def clashes_of(
    person_id: int, wanted: Sequence[TrainingSession], *, apart_from: Booking | None = None
) -> list[Clash]:
    """The sessions in which a person holds a seat and which overlap one of these, soonest first.

    One that ends at 12:30 does not clash with one that begins then; a minute more does (U-09). The wanted
    sessions themselves are no clash.
    """
    overlaps = or_(
        *(and_(SessionDate.starts_at < one.ends_at, SessionDate.ends_at > one.starts_at) for one in wanted)
    )
    statement = _seats_held_by(person_id).where(overlaps, Seat.session_id.not_in([one.id for one in wanted]))
    if apart_from is not None:
        statement = statement.where(Booking.id != apart_from.id)
    return [Clash(*row) for row in db.session.execute(statement)]


def tight_gaps(person_id: int, wanted: Sequence[TrainingSession]) -> list[Clash]:
    """The sessions in which a person holds a seat less than an hour before or after one of these, elsewhere.

    From Plough Lane until 12:30 to Larkfield Centre at 13:00 is tight; in one venue, or online, it is not. A
    warning and no obstacle. (U-09)
    """
    near = [
        and_(
            SessionDate.starts_at < one.ends_at + TRAVEL,
            SessionDate.ends_at > one.starts_at - TRAVEL,
            or_(SessionDate.starts_at >= one.ends_at, SessionDate.ends_at <= one.starts_at),
            TrainingSession.venue_id != one.venue_id,
        )
        for one in wanted
        if one.venue_id is not None
    ]
    if not near:
        return []
    statement = _seats_held_by(person_id).join(TrainingSession, TrainingSession.id == Seat.session_id)
    return [Clash(*row) for row in db.session.execute(statement.where(or_(*near)))]


def places_elsewhere(wanted: Sequence[tuple[int, Run]], *, now: datetime) -> list[list[Clash]]:
    """For each person and the run that they want: the other runs of its course that begin after `now` and on
    which they hold a place, the first session of each.

    Whoever is on SOS2-07 and asks for SOS2-09 as well is told of it, as one of the two will stand empty; so
    is whoever approves it. A warning and no obstacle.
    """
    statement = _held_seats().add_columns(Booking.person_id, CourseVersion.course_id, Run.id)
    rows = db.session.execute(
        statement.where(
            Booking.person_id.in_({person_id for person_id, _ in wanted}),
            CourseVersion.course_id.in_({run.version.course_id for _, run in wanted}),
            Booking.session_id.is_(None),
        )
    )
    first: dict[int, tuple[int, int, int, Clash]] = {}
    for *clash, person_id, course_id, run_id in rows:
        first.setdefault(clash[0], (person_id, course_id, run_id, Clash(*clash)))
    return [
        [
            clash
            for whose, course_id, run_id, clash in first.values()
            if (whose, course_id) == (person_id, run.version.course_id) and run_id != run.id
            if clash.starts_at > now
        ]
        for person_id, run in wanted
    ]


def _seats_held_by(person_id: int) -> Select[tuple[int, str, str, date, datetime, datetime]]:
    return _held_seats().where(Booking.person_id == person_id)


def _held_seats() -> Select[tuple[int, str, str, date, datetime, datetime]]:
    """Every session in which somebody holds a seat, soonest first, as a Clash names it."""
    return (
        select(
            Booking.id,
            Run.code,
            Course.title,
            SessionDate.held_on,
            SessionDate.starts_at,
            SessionDate.ends_at,
        )
        .join(Seat, Seat.booking_id == Booking.id)
        .join(SessionDate, SessionDate.session_id == Seat.session_id)
        .join(Run, Run.id == Booking.run_id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Seat.released_at.is_(None), live(SessionDate))
        .order_by(SessionDate.starts_at)
    )
