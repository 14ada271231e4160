"""Who of a team or a cohort has completed what is wanted of them, and what the others still lack. (LM-04)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select

from app.attendance import queries as attendance
from app.bookings.models import Booking, BookingState, Seat
from app.core.db import db, live
from app.core.filters import plural
from app.figures.queries.prospects import Moment, confirmed_places, versions_of
from app.figures.queries.wanted import People, WantedBy, wanted_by_each
from app.learning.models import Mark
from app.learning.queries import CourseShape, completions, shapes_of, standings
from app.people.models import BY_NAME, Absence, Person
from app.people.queries import absences_on
from app.programmes.models import Component, Course, CourseVersion
from app.sessions.models import Run, SessionDate


class GapState(StrEnum):
    """How somebody stands with a course that is wanted of them."""

    NOT_BOOKED = "not_booked"
    BOOKED = "booked"
    IN_PROGRESS = "in_progress"
    REFRESHER = "refresher"
    COMPLETE = "complete"

    @property
    def label(self) -> str:
        return {
            "not_booked": "Not booked",
            "booked": "Booked",
            "in_progress": "In progress",
            "refresher": "Refresher due",
            "complete": "Complete",
        }[self]


@dataclass(frozen=True)
class Gap:
    """One person and one course: how they stand, the days that are missing, and whether they are away.

    `booked_from` is the first day to come on which they have a place; `is_covered` says whether they complete
    it by their places, as a forecast reads them (4.11): who missed day 1, and is booked for day 2, does not.
    """

    person: Person
    course: Course
    state: GapState
    completed_on: date | None
    missing: Sequence[str]
    booked_from: date | None
    is_covered: bool
    deadline: date | None
    absence: Absence | None


@dataclass(frozen=True)
class CourseGaps:
    """A course with everybody of whom it is wanted, by name."""

    course: Course
    everybody: Sequence[Gap]

    def of(self, state: GapState) -> list[Gap]:
        return [one for one in self.everybody if one.state is state]

    @property
    def lacking(self) -> list[Gap]:
        """Those who have not completed it, or not any more: who is there before who is away."""
        found = [one for one in self.everybody if one.state is not GapState.COMPLETE]
        return sorted(found, key=lambda one: one.absence is not None)

    @property
    def words(self) -> str:
        """ "9 people: 6 complete, 1 in progress, 2 not booked. 1 of those who lack it is on long-term
        absence." """
        states = [(state, len(self.of(state))) for state in reversed(GapState)]
        counted = ", ".join(f"{count} {state.label.lower()}" for state, count in states if count)
        away = sum(one.absence is not None for one in self.lacking)
        said = f"{plural(len(self.everybody), 'person', 'people')}: {counted}."
        verb = "is" if away == 1 else "are"
        return f"{said} {away} of those who lack it {verb} on long-term absence." if away else said


@dataclass(frozen=True)
class AllGaps:
    """All courses that are wanted of some people, together."""

    courses: Sequence[CourseGaps]

    @property
    def lacking(self) -> list[Gap]:
        """What is lacking, the most urgent first; of who is there before who is away."""
        found = [one for course in self.courses for one in course.lacking]
        return sorted(found, key=lambda one: (one.absence is not None, one.deadline or date.max))

    @property
    def words(self) -> str:
        """ "9 people: 5 have completed all that is wanted of them, 4 have not." """
        everybody = {one.person.id for course in self.courses for one in course.everybody}
        lacking = {one.person.id for one in self.lacking}
        done, verb = len(everybody) - len(lacking), ("has", "have")
        return (
            f"{plural(len(everybody), 'person', 'people')}: {done} {verb[done != 1]} completed all that is "
            f"wanted of them, {len(lacking)} {verb[len(lacking) != 1]} not."
        )


def gaps_of(people: People, *, on: date, cohort_id: int | None = None) -> list[CourseGaps]:
    """How these people stand on a date with each course that is wanted of any of them, by title.

    What is wanted is what `wanted_by_each` says; with `cohort_id`, what that cohort and its targets ask
    alone. Somebody of whom a course is not wanted is not listed under it.
    """
    wanted_by = wanted_by_each(people, on=on, cohort_id=cohort_id)
    if not wanted_by:
        return []
    known = _known(people, sorted(wanted_by), on)
    courses = db.session.scalars(
        select(Course).where(Course.id.in_(sorted(wanted_by))).order_by(Course.title)
    )
    return [
        CourseGaps(
            course,
            [
                _gap(known, course, person, wanted_by[course.id][person.id])
                for person in known.people
                if person.id in wanted_by[course.id]
            ],
        )
        for course in courses
    ]


def gaps_by_person(person_ids: Collection[int], *, on: date) -> dict[int, list[Gap]]:
    """The same by person: how each of those listed stands with each course that is wanted of them."""
    found: dict[int, list[Gap]] = defaultdict(list)
    for course in gaps_of(select(Person.id).where(Person.id.in_(person_ids)), on=on):
        for one in course.everybody:
            found[one.person.id].append(one)
    return found


# --- How they stand ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Known:
    """What is known of these people and courses."""

    on: date
    people: Sequence[Person]
    stands: Mapping[tuple[int, int], Any]
    shapes: Mapping[int, CourseShape]
    titles: Mapping[int, Sequence[str]]
    marks: Mapping[tuple[int, int], Sequence[Mark]]
    booked: Mapping[tuple[int, int], date]
    covered: Collection[tuple[int, int]]
    absences: Mapping[int, Absence]


def _known(people: People, course_ids: Sequence[int], on: date) -> _Known:
    stands = db.session.execute(standings(course_ids, as_at=on, people=people))
    shapes = shapes_of(course_ids)
    versions = [version.version_id for shape in shapes.values() for version in shape.versions]
    course_of = {version.version_id: one.course_id for one in shapes.values() for version in one.versions}
    titles: dict[int, list[str]] = defaultdict(list)
    for component in db.session.scalars(
        select(Component).where(Component.version_id.in_(versions)).order_by(Component.number)
    ):
        titles[component.version_id].append(component.title)
    marks: dict[tuple[int, int], list[Mark]] = defaultdict(list)
    for mark in db.session.scalars(_counting(people, versions, on)):
        marks[mark.person_id, course_of[mark.version_id]].append(mark)
    return _Known(
        on=on,
        people=db.session.scalars(select(Person).where(Person.id.in_(people)).order_by(*BY_NAME)).all(),
        stands={(row.person_id, row.course_id): row for row in stands},
        shapes=shapes,
        titles=titles,
        marks=marks,
        booked={(row[0], row[1]): row[2] for row in db.session.execute(_booked(people, course_ids, on))},
        covered={(row[0], row[1]) for row in db.session.execute(_covered(people, course_ids, shapes, on))},
        absences={
            one.person_id: one
            for one in db.session.scalars(absences_on(on).where(Absence.person_id.in_(people)))
        },
    )


def _counting(people: People, versions: Collection[int], on: date) -> Select[tuple[Mark]]:
    return (
        select(Mark)
        .where(
            Mark.person_id.in_(people),
            Mark.version_id.in_(versions),
            Mark.counts,
            Mark.held_on <= on,
            live(Mark),
        )
        .order_by(Mark.held_on, Mark.id)
    )


def _booked(people: People, course_ids: Collection[int], on: date) -> Select[tuple[int, int, date]]:
    """People who have a confirmed place to come, on which course and from when."""
    return (
        select(Booking.person_id, CourseVersion.course_id, func.min(SessionDate.held_on))
        .join(Run, Run.id == Booking.run_id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(Seat, Seat.booking_id == Booking.id)
        .join(SessionDate, SessionDate.session_id == Seat.session_id)
        .where(
            Booking.person_id.in_(people),
            CourseVersion.course_id.in_(course_ids),
            Booking.state == BookingState.CONFIRMED,
            Seat.released_at.is_(None),
            live(SessionDate),
            SessionDate.held_on >= on,
        )
        .group_by(Booking.person_id, CourseVersion.course_id)
    )


def _covered(
    people: People, course_ids: Sequence[int], shapes: Mapping[int, CourseShape], on: date
) -> Select[tuple[int, int]]:
    """People who complete a course, or complete it again, by the confirmed places that they have, those of
    days that were held lately and are not marked included: person_id and course_id."""
    places = confirmed_places(versions_of(shapes.values()), Moment(on, None)).subquery()
    theirs = select(places).where(places.c.person_id.in_(people)).cte("theirs")
    found = completions(course_ids, as_at=on, people=people, planned=theirs, shapes=shapes).subquery()
    return select(found.c.person_id, found.c.course_id).where(found.c.renewed_on.is_not(None))


def _gap(known: _Known, course: Course, person: Person, asked: WantedBy) -> Gap:
    key = (person.id, course.id)
    stands = known.stands.get(key)
    missing = [] if stands else _missing(known, course.id, known.marks.get(key, []))
    if stands is not None:
        state = GapState.COMPLETE if asked.is_fulfilled(stands) else GapState.REFRESHER
    elif missing:
        state = GapState.IN_PROGRESS
    else:
        state = GapState.BOOKED if key in known.covered else GapState.NOT_BOOKED
    return Gap(
        person=person,
        course=course,
        state=state,
        completed_on=stands.completed_on if stands else None,
        missing=missing,
        booked_from=known.booked.get(key),
        is_covered=key in known.covered,
        deadline=asked.deadline(known.on),
        absence=known.absences.get(person.id),
    )


def _missing(known: _Known, course_id: int, marks: Sequence[Mark]) -> list[str]:
    """The days that somebody in the middle of a course lacks, of the version of which they have most; none
    for somebody who has not begun."""
    most, missing = 0, list[str]()
    shape = known.shapes[course_id]
    for version in shape.versions:
        of_component = [
            [mark for mark in marks if (mark.version_id, mark.component) in sources]
            for sources in version.components
        ]
        done = attendance.done_marks(of_component, is_in_order=shape.is_in_order, last_on=None)
        count = sum(one is not None for one in done)
        if count and count >= most:
            titles = known.titles[version.version_id]
            most, missing = count, [title for title, one in zip(titles, done, strict=True) if one is None]
    return missing
