"""Courses that are to be done before another, and who has not done them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from app.bookings.models import Booking, BookingState, Seat
from app.bookings.queries.days import may_count
from app.core import clock
from app.core.days import months_before
from app.core.db import db, live
from app.learning.queries import completions, shapes_of
from app.people.models import Person
from app.programmes.models import Course, CourseSettings, CourseVersion
from app.programmes.queries import are_known_settings
from app.sessions.models import Run, SessionDate, TrainingSession

People = int | Select[tuple[int]]


def unmet_prerequisites(course: Course, person: Person, *, before: datetime, now: datetime) -> list[Course]:
    """The courses that `course` builds on and that somebody will not have completed before an instant.

    Completed is what 4.3 says or, while it is still to come, what their confirmed places complete that are
    over by then: a whole run, or the one day that was missing.
    """
    required = list(course.prerequisites)
    done = _completed(required, person.id, before=before, now=now)
    return [one for one in required if (person.id, one.id) not in done]


def lacking_prerequisites(run: Run, *, now: datetime) -> list[tuple[Booking, list[Course]]]:
    """Who has a place on a whole run without the courses that it builds on, by name, with those courses.

    Whom the academy booked in spite of what spoke against it is left out.
    """
    required = list(run.version.course.prerequisites)
    if not required:
        return []
    placed = (
        Booking.run_id == run.id,
        Booking.session_id.is_(None),
        Booking.state == BookingState.CONFIRMED,
        Booking.override_reason.is_(None),
    )
    people = select(Booking.person_id).where(*placed)
    done = _completed(required, people, before=run.first_session.starts_at, now=now)
    bookings = db.session.scalars(
        select(Booking)
        .join(Booking.person)
        .options(contains_eager(Booking.person))
        .where(*placed)
        .order_by(Person.last_name, Person.first_name, Booking.id)
    )
    found = [(one, [of for of in required if (one.person_id, of.id) not in done]) for one in bookings]
    return [(booking, courses) for booking, courses in found if courses]


def _completed(
    courses: Sequence[Course], people: People, *, before: datetime, now: datetime
) -> set[tuple[int, int]]:
    """Which of these courses those people have completed, or will have by an instant: pairs of their ids."""
    ids = [one.id for one in courses]
    asked: dict[str, Any] = {"as_at": clock.london(before).date(), "shapes": shapes_of(ids)}
    asked |= {"person_id": people} if isinstance(people, int) else {"people": people}
    planned = _marks_to_come(people, before=before, on=clock.london(now).date()).subquery()
    found = set()
    for statement in (completions(ids, **asked), completions(ids, planned=planned, **asked)):
        found |= {(person_id, course_id) for person_id, course_id, *_ in db.session.execute(statement)}
    return found


def _marks_to_come(people: People, *, before: datetime, on: date) -> Select[Any]:
    """The places of these people in sessions that end by an instant, as the marks that they may become."""
    is_theirs = Booking.person_id == people if isinstance(people, int) else Booking.person_id.in_(people)
    return (
        select(
            Booking.person_id,
            Run.version_id,
            TrainingSession.component_number.label("component"),
            SessionDate.held_on,
            months_before(SessionDate.held_on, CourseSettings.catch_up_months).label("opens_on"),
        )
        .join(Seat, Seat.booking_id == Booking.id)
        .join(TrainingSession, TrainingSession.id == Seat.session_id)
        .join(Run, Run.id == TrainingSession.run_id)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(CourseSettings, CourseSettings.course_id == CourseVersion.course_id)
        .where(
            is_theirs,
            Booking.state == BookingState.CONFIRMED,
            Seat.released_at.is_(None),
            live(SessionDate),
            are_known_settings(None),
            SessionDate.ends_at <= before,
            may_count(on),
        )
    )
