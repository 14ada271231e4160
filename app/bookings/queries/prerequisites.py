"""Courses that are to be done before another, and who has not done them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from app.bookings.models import Booking, BookingState, Seat
from app.bookings.queries.days import may_count, places_as_marks
from app.core import clock
from app.core.db import db
from app.learning.queries import completions, shapes_of
from app.people.models import BY_NAME, Person
from app.programmes.models import Course
from app.sessions.models import Run, SessionDate

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
        .order_by(*BY_NAME)
    )
    found = [(one, [of for of in required if (one.person_id, of.id) not in done]) for one in bookings]
    return [(booking, courses) for booking, courses in found if courses]


def _completed(
    courses: Sequence[Course], people: People, *, before: datetime, now: datetime
) -> set[tuple[int, int]]:
    """Which of these courses those people have completed, or will have by an instant: pairs of their ids."""
    ids = [one.id for one in courses]
    asked: dict[str, Any] = {"as_at": clock.day_of(before), "shapes": shapes_of(ids)}
    asked |= {"person_id": people} if isinstance(people, int) else {"people": people}
    planned = _marks_to_come(people, before=before, on=clock.day_of(now)).subquery()
    found = set()
    for statement in (completions(ids, **asked), completions(ids, planned=planned, **asked)):
        found |= {(person_id, course_id) for person_id, course_id, *_ in db.session.execute(statement)}
    return found


def _marks_to_come(people: People, *, before: datetime, on: date) -> Select[Any]:
    """The places of these people in sessions that end by an instant, as the marks that they may become."""
    is_theirs = Booking.person_id == people if isinstance(people, int) else Booking.person_id.in_(people)
    return places_as_marks(Booking.person_id.expression).where(
        is_theirs,
        Booking.state == BookingState.CONFIRMED,
        Seat.released_at.is_(None),
        SessionDate.ends_at <= before,
        may_count(on),
    )
