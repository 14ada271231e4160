"""What one person has learnt: each course with its days, and when it was complete."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.bookings import queries as bookings
from app.bookings.models import Booking, BookingState
from app.core.db import db
from app.learning.models import Mark, PastCompletion
from app.learning.queries import (
    CourseShape,
    VersionShape,
    marks_of_person,
    past_completions_of,
    shapes_of,
    standings,
    valid_until,
)
from app.people.models import Person
from app.programmes import queries as programmes
from app.programmes.models import Component, Course, CourseVersion
from app.sessions.models import TrainingSession


@dataclass(frozen=True)
class Day:
    """One component of a course as somebody stands with it: marked, booked for a date, or neither.

    Its mark may be one of another version that counts for it. `unrecorded` is a session that they had a
    place in, which is over and says nothing of them yet.
    """

    component: Component
    mark: Mark | None
    booked: TrainingSession | None
    unrecorded: TrainingSession | None
    is_done: bool

    @property
    def session(self) -> TrainingSession | None:
        """Where the day was or will be done, as far as it is known."""
        if self.mark is not None and (self.is_done or self.booked is None):
            return self.mark.session
        return self.booked or self.unrecorded

    @property
    def words(self) -> str:
        """ "Attended", "Booked", or that nothing is there yet."""
        if self.mark is not None and (self.is_done or self.booked is None):
            if self.mark.counts and not self.is_done:
                return f"{self.mark.status.label}, to be taken again"
            return self.mark.status.label
        return "Booked" if self.booked else "Not recorded yet" if self.unrecorded else "Not booked"

    @property
    def counted_from(self) -> str | None:
        """ "Day 5 of version 1", when it was done by a day of another version (U-22)."""
        if self.mark is None or self.mark.version_id == self.component.version_id:
            return None
        return f"{self.mark.session.component.title} of version {self.mark.session.run.version.number}"

    @property
    def is_missing(self) -> bool:
        """Whether the day must be booked, perhaps once more."""
        return not (self.is_done or self.booked or self.unrecorded)


@dataclass(frozen=True)
class Progress:
    """How far somebody is with a course: "2 of 5 days", or complete since a date.

    `valid_until` is the last day on which the completion is current, where the course has a validity, and
    `again_on` the day from which that counts, where the course was taken again since;
    `through` another course, when that one stands in for it.
    """

    course: Course
    days: Sequence[Day]
    completed_on: date | None
    past: Sequence[PastCompletion] = field(default_factory=list)
    valid_until: date | None = None
    again_on: date | None = None
    is_current: bool = True
    through: Course | None = None

    @property
    def done(self) -> int:
        return sum(day.is_done for day in self.days)

    @property
    def has_begun(self) -> bool:
        return any(day.mark is not None for day in self.days)

    @property
    def begins_anew(self) -> bool:
        """Whether it is of one day that is missing: a workshop is booked once more, and not caught up."""
        return len(self.days) == 1 and self.days[0].is_missing

    @property
    def runs(self) -> str:
        """Where the days that are done were done: "SOS5-03 + SOS5-04" after a day was caught up (U-03).

        None where prior learning or another course completed it: days done since did not.
        """
        if self.through or any(one.completed_on == self.completed_on for one in self.past):
            return ""
        done = [day.mark for day in self.days if day.is_done and day.mark]
        if self.completed_on and any(mark.held_on > self.completed_on for mark in done):
            return ""
        return " + ".join(dict.fromkeys(mark.session.run.code for mark in done))

    @property
    def will_complete_on(self) -> date | None:
        """The date of the last booked day, when with what is booked nothing is missing any more."""
        if (
            (self.completed_on and self.is_current)
            or not self.days
            or any(not (day.is_done or day.booked) for day in self.days)
        ):
            return None
        booked = [day.booked.held_on for day in self.days if day.booked and not day.is_done]
        return max(booked, default=None)

    @property
    def is_after_deadline(self) -> bool:
        """Whether that is after the programme's deadline, so that it comes too late for it (U-03, U-11)."""
        deadline = self.course.programme.deadline
        return bool(self.will_complete_on and deadline and self.will_complete_on > deadline)


def progress_of(person: Person, *, as_at: date, held: Sequence[Booking] | None = None) -> list[Progress]:
    """Every course that a person has marks in, completed before the registers or by another course, or is
    booked on, by title. `held` are their open bookings, for whoever has asked for them already."""
    marks = db.session.scalars(marks_of_person(person)).all()
    past = db.session.scalars(past_completions_of(person)).all()
    if held is None:
        held = db.session.scalars(bookings.open_bookings_of([person.id])).unique().all()
    confirmed = [one for one in held if one.state is BookingState.CONFIRMED]
    began = {one.version_id for one in past} | {one.run.version_id for one in confirmed}
    began |= {mark.version_id for mark in marks}
    courses = {one.id: one for one in db.session.scalars(programmes.courses_of_versions(began))}
    shapes = shapes_of(list(courses))
    found = standings(list(courses), as_at=as_at, person_id=person.id, shapes=shapes)
    stands = {row.course_id: row for row in db.session.execute(found)}
    known = _Known(marks, past, confirmed, stands, as_at)
    progress = (_progress(course, shapes[course.id], courses, began, known) for course in courses.values())
    shown = [one for one in progress if one.days or one.past or one.completed_on]
    return sorted(shown, key=lambda one: (one.course.title, one.course.id))


@dataclass(frozen=True)
class _Known:
    """What is known of one person."""

    marks: Sequence[Mark]
    past: Sequence[PastCompletion]
    confirmed: Sequence[Booking]
    stands: Mapping[int, Any]
    as_at: date


def _progress(
    course: Course, shape: CourseShape, courses: Mapping[int, Course], began: Collection[int], known: _Known
) -> Progress:
    stands = known.stands.get(course.id)
    version, days = _furthest(course, shape, began, known)
    past = [one for one in known.past if one.version.course_id == course.id]
    is_own = bool(past) or (version is not None and all(day.is_done for day in days))
    through = None
    if stands is not None and not is_own:
        others = [courses[one] for one in shape.satisfied_by if one in known.stands and one in courses]
        through = min(others, key=lambda one: known.stands[one.id].completed_on, default=None)
    months = shape.validity_months
    last_on = stands.last_on if stands and months else None
    return Progress(
        course=course,
        days=days,
        completed_on=stands.completed_on if stands else None,
        past=past,
        valid_until=valid_until(last_on, months) if last_on and months else None,
        again_on=last_on if stands and last_on != stands.completed_on else None,
        is_current=bool(stands is None or stands.is_current),
        through=through,
    )


def _furthest(
    course: Course, shape: CourseShape, began: Collection[int], known: _Known
) -> tuple[CourseVersion | None, list[Day]]:
    """The newest version that somebody has done all days of or, if there is none, has begun: by a day of its
    own, by a day that counts for it, by a place, or by a completion without a register."""
    done_in = {(mark.version_id, mark.component) for mark in known.marks if mark.counts}
    versions = {one.id: one for one in course.versions}
    newest: tuple[CourseVersion | None, list[Day]] = (None, [])
    for one in sorted(shape.versions, key=lambda one: versions[one.version_id].number):
        sources = {source for component in one.components for source in component}
        if one.version_id not in began and not sources & done_in:
            continue
        days = _days(versions[one.version_id], one, shape, known)
        if all(day.is_done for day in days) or not all(day.is_done for day in newest[1]) or not newest[1]:
            newest = (versions[one.version_id], days)
    return newest


def _days(version: CourseVersion, shape: VersionShape, course: CourseShape, known: _Known) -> list[Day]:
    """Each component with its newest mark, and whether it is done as completion reads it."""
    of_component = [
        [mark for mark in known.marks if (mark.version_id, mark.component) in sources]
        for sources in shape.components
    ]
    stands = known.stands.get(course.course_id)
    done = done_marks(
        of_component, is_in_order=course.is_in_order, last_on=stands.last_on if stands else None
    )
    booked = {
        session.component_number: session
        for booking in known.confirmed
        if booking.run.version_id == version.id
        for session in booking.run.sessions
        if booking.session_id in (None, session.id)
    }
    return [
        _day(component, marks, done_by, booked.get(component.number), known.as_at)
        for component, marks, done_by in zip(version.components, of_component, done, strict=True)
    ]


def _day(
    component: Component,
    marks: Sequence[Mark],
    done_by: Mark | None,
    to_come: TrainingSession | None,
    as_at: date,
) -> Day:
    mark = done_by or (marks[-1] if marks else None)
    if to_come is not None and mark is not None and to_come.held_on <= mark.held_on:
        to_come = None
    is_over = to_come is not None and to_come.held_on < as_at
    booked_for, unrecorded = (None, to_come) if is_over else (to_come, None)
    return Day(component, mark, booked_for, unrecorded, done_by is not None)


def done_marks(
    of_component: Sequence[Sequence[Mark]], *, is_in_order: bool, last_on: date | None
) -> list[Mark | None]:
    """The mark by which each component is done, or None: one done too long before the newest of all is no
    longer done, and, where the days go in order, none that came before the one before it.

    Of somebody who has completed, the marks until the day that closed the last set are read.
    """
    counting = [[mark for mark in marks if mark.counts] for marks in of_component]
    if any(mark.held_on == last_on for marks in counting for mark in marks):
        counting = [[mark for mark in marks if last_on and mark.held_on <= last_on] for marks in counting]
    every = [mark for marks in counting for mark in marks]
    opens_on = max(every, key=lambda mark: mark.held_on).opens_on if every else None
    done: list[Mark | None] = []
    after = opens_on or date.min
    for marks in counting:
        usable = [mark for mark in marks if mark.held_on >= after]
        found = (usable[0] if is_in_order else usable[-1]) if usable else None
        done.append(found)
        if is_in_order:
            after = found.held_on if found else date.max
    return done
