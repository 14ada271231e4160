"""What one person has learnt: each course with its days, and when it was complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from app.bookings import queries as bookings
from app.bookings.models import Booking, BookingState
from app.core.db import db
from app.learning.models import Mark, PastCompletion
from app.learning.queries import completions, marks_of_person, past_completions_of
from app.people.models import Person
from app.programmes.models import Component, Course, CourseVersion
from app.sessions.models import TrainingSession


@dataclass(frozen=True)
class Day:
    """One component of a course as somebody stands with it: marked, booked for a date, or neither.

    `unrecorded` is a session that they had a place in, which is over and says nothing of them yet.
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
            return self.mark.status.label
        return "Booked" if self.booked else "Not recorded yet" if self.unrecorded else "Not booked"

    @property
    def is_missing(self) -> bool:
        """Whether the day must be booked, perhaps once more."""
        return not (self.is_done or self.booked or self.unrecorded)


@dataclass(frozen=True)
class Progress:
    """How far somebody is with a course: "2 of 5 days", or complete since a date."""

    course: Course
    days: Sequence[Day]
    completed_on: date | None
    past: Sequence[PastCompletion] = field(default_factory=list)

    @property
    def done(self) -> int:
        return sum(day.is_done for day in self.days)

    @property
    def has_begun(self) -> bool:
        return any(day.mark is not None for day in self.days)

    @property
    def runs(self) -> str:
        """Where the days that are done were done: "SOS5-03 + SOS5-04" after a day was caught up (U-03)."""
        done = [day.mark.session.run.code for day in self.days if day.is_done and day.mark]
        return " + ".join(dict.fromkeys(done))

    @property
    def will_complete_on(self) -> date | None:
        """The date of the last booked day, when with what is booked nothing is missing any more."""
        if self.completed_on or not self.days or any(not (day.is_done or day.booked) for day in self.days):
            return None
        return max(day.booked.held_on for day in self.days if day.booked and not day.is_done)

    @property
    def is_after_deadline(self) -> bool:
        """Whether that is after the programme's deadline, so that it comes too late for it (U-03, U-11)."""
        deadline = self.course.programme.deadline
        return bool(self.will_complete_on and deadline and self.will_complete_on > deadline)


def progress_of(person: Person, *, as_at: date) -> list[Progress]:
    """Every course that a person has marks in, completed before the registers, or is booked on, by title."""
    marks = db.session.scalars(marks_of_person(person)).all()
    past = db.session.scalars(past_completions_of(person)).all()
    held = db.session.scalars(bookings.open_bookings_of([person.id])).unique().all()
    confirmed = [one for one in held if one.state is BookingState.CONFIRMED]
    versions = {one.version.id: one.version for one in past}
    versions |= {one.run.version.id: one.run.version for one in confirmed}
    versions |= {mark.session.run.version.id: mark.session.run.version for mark in marks}
    newest: dict[int, CourseVersion] = {}
    for version in sorted(versions.values(), key=lambda one: one.number):
        newest[version.course_id] = version
    found = completions(list(newest), as_at=as_at, person_id=person.id)
    completed = {course_id: on for _, course_id, on in db.session.execute(found)}
    return sorted(
        (
            Progress(
                course=version.course,
                days=_days(version, [one for one in marks if one.version_id == version.id], confirmed, as_at),
                completed_on=completed.get(course_id),
                past=[one for one in past if one.version.course_id == course_id],
            )
            for course_id, version in newest.items()
        ),
        key=lambda one: (one.course.title, one.course.id),
    )


def _days(
    version: CourseVersion, marks: Sequence[Mark], confirmed: Sequence[Booking], as_at: date
) -> list[Day]:
    """Each component with its newest mark; one done too long before the newest of all is no longer done."""
    newest = {mark.component: mark for mark in marks}
    counting = {mark.component: mark for mark in marks if mark.counts}
    opens_on = max(counting.values(), key=lambda mark: mark.held_on).opens_on if counting else None
    booked = {
        session.component_number: session
        for booking in confirmed
        if booking.run.version_id == version.id
        for session in booking.run.sessions
        if booking.session_id in (None, session.id)
    }
    days = []
    for component in version.components:
        done = counting.get(component.number)
        is_done = done is not None and (opens_on is None or done.held_on >= opens_on)
        mark = done if is_done else newest.get(component.number)
        to_come = booked.get(component.number)
        if to_come is not None and mark is not None and to_come.held_on <= mark.held_on:
            to_come = None
        is_over = to_come is not None and to_come.held_on < as_at
        booked_for, unrecorded = (None, to_come) if is_over else (to_come, None)
        days.append(Day(component, mark, booked_for, unrecorded, is_done))
    return days
