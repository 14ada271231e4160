"""Courses without a run that is open, and who asked to be told when one opens."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import contains_eager

from app.bookings.models import Booking, Interest, ToldOfRun
from app.core.db import db, live
from app.people.models import Person, Spell
from app.people.queries import covers
from app.programmes.models import Course, CourseVersion
from app.sessions import queries as sessions_queries
from app.sessions.models import Run, RunState


def last_starts(course_ids: Collection[int], now: datetime) -> dict[int, datetime]:
    """For each of these courses with a scheduled run that has not begun, when the last of them begins."""
    span = sessions_queries.spans()
    rows = db.session.execute(
        select(CourseVersion.course_id, func.max(span.c.starts_at))
        .join(Run, Run.version_id == CourseVersion.id)
        .join(span, span.c.run_id == Run.id)
        .where(
            CourseVersion.course_id.in_(course_ids),
            Run.state == RunState.SCHEDULED,
            span.c.starts_at > now,
        )
        .group_by(CourseVersion.course_id)
    )
    return dict(rows.tuples().all())


def _still_asks() -> ColumnElement[bool]:
    """The asking ends when they book a run of the course, whatever becomes of the booking."""
    has_booked = exists().where(
        Booking.person_id == Interest.person_id,
        Booking.created_at >= Interest.asked_at,
        Booking.run_id == Run.id,
        Run.version_id == CourseVersion.id,
        CourseVersion.course_id == Interest.course_id,
    )
    return ~has_booked


def interest_of(course: Course, person: Person) -> Interest | None:
    """What somebody asked of a course, also when they have booked since."""
    statement = select(Interest).where(Interest.course_id == course.id, Interest.person_id == person.id)
    return db.session.scalar(statement)


def courses_asked_for(person: Person) -> set[int]:
    """The courses of which somebody has asked to be told, and not booked a run since."""
    statement = select(Interest.course_id).where(Interest.person_id == person.id, _still_asks())
    return set(db.session.scalars(statement))


def interests_in(course: Course) -> Select[tuple[Interest]]:
    """Who asks to be told of a course's runs, in the order in which they asked."""
    return (
        select(Interest)
        .join(Interest.person)
        .options(contains_eager(Interest.person).selectinload(Person.spells))
        .where(Interest.course_id == course.id, _still_asks())
        .order_by(Interest.asked_at, Interest.id)
    )


def interests_to_look_at(now: datetime) -> Select[tuple[int]]:
    """The askings for which there is a run that has not begun, and of which the person was not told."""
    span = sessions_queries.spans()
    told = (
        exists()
        .where(ToldOfRun.person_id == Interest.person_id, ToldOfRun.run_id == Run.id)
        .correlate(Interest, Run)
    )
    untold_runs = (
        select(Run.id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(span, span.c.run_id == Run.id)
        .where(
            CourseVersion.course_id == Interest.course_id,
            Run.state == RunState.SCHEDULED,
            span.c.starts_at > now,
            ~told,
        )
        .correlate(Interest)
    )
    return (
        select(Interest.id)
        .join(Interest.person)
        .where(Person.email.is_not(None), _still_asks(), untold_runs.exists())
        .order_by(Interest.id)
    )


def runs_untold(interest: Interest, now: datetime) -> Select[tuple[Run]]:
    """The runs that have not begun and of which whoever asked was not told, soonest first."""
    told = select(ToldOfRun.run_id).where(ToldOfRun.person_id == interest.person_id)
    return sessions_queries.upcoming_runs(now, [interest.course_id]).where(Run.id.not_in(told))


def interests_that_ended(on: date) -> Select[tuple[int]]:
    """The askings of people who have booked since, or who are not here on a day."""
    is_here = exists().where(
        Spell.person_id == Interest.person_id,
        live(Spell),
        covers(Spell, on),
    )
    return select(Interest.id).where(or_(~_still_asks(), ~is_here))
