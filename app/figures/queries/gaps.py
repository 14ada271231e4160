"""Who of a team or a cohort has completed what is wanted of them, and what the others still lack. (LM-04)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Integer, Row, Select, func, literal, select, true, union_all

from app.attendance import queries as attendance
from app.bookings.models import Booking, BookingState, Seat
from app.core.db import db, live
from app.core.filters import plural
from app.figures.models import CohortRequirement, Membership, Target, TargetKind
from app.figures.queries import definitions, scopes
from app.figures.queries.ending import had_ended
from app.learning.models import Mark
from app.learning.queries import CourseShape, shapes_of, standings
from app.people.models import Absence, Person, Spell
from app.people.queries import absences_on
from app.programmes.models import Component, Course, CourseVersion
from app.sessions.models import Run, SessionDate

People = Select[tuple[int]]


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
    """One person and one course: how they stand, the days that are missing, and whether they are away."""

    person: Person
    state: GapState
    completed_on: date | None
    missing: Sequence[str]
    booked_from: date | None
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
        """Who has not completed it, or not any more: those who are there before those who are away."""
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


def gaps_of(people: People, *, on: date, cohort_id: int | None = None) -> list[CourseGaps]:
    """How these people stand on a date with each course that is wanted of any of them, by title.

    Wanted is what their cohorts require of the cause for which they joined, and the course of each coverage
    target whose population they are in, if it has not ended; with `cohort_id`, what that cohort requires
    alone. Somebody of whom a course is not wanted is not listed under it.
    """
    wanted = _wanted(people, on, cohort_id)
    if not wanted:
        return []
    known = _known(people, sorted(wanted), on)
    courses = db.session.scalars(select(Course).where(Course.id.in_(sorted(wanted))).order_by(Course.title))
    return [
        CourseGaps(
            course,
            [
                _gap(known, course.id, person, wanted[course.id])
                for person in known.people
                if person.id in wanted[course.id]
            ],
        )
        for course in courses
    ]


# --- What is wanted ------------------------------------------------------------------------------------


def _wanted(people: People, on: date, cohort_id: int | None) -> dict[int, dict[int, date | None]]:
    """For each course the people of whom it is wanted, with the first deadline that is not over."""
    of_cohort = true() if cohort_id is None else Target.cohort_id == cohort_id
    targets = db.session.scalars(select(Target).where(of_cohort, ~had_ended(on))).all()
    rules = definitions.target_rules({target.id for target in targets})
    deadlines: dict[tuple[int, int], list[date]] = defaultdict(list)
    for person_id, course_id, of, target_id in _asked(people, targets, rules, on, cohort_id):
        found = deadlines[course_id, person_id]
        for target in targets:
            is_its = target.id == target_id or (of is not None and target.cohort_id == of)
            deadline = rules[target.id].deadline
            if is_its and deadline and rules[target.id].course_id in (None, course_id):
                found.append(deadline)
    wanted: dict[int, dict[int, date | None]] = defaultdict(dict)
    for (course_id, person_id), stated in deadlines.items():
        wanted[course_id][person_id] = next(
            (one for one in sorted(stated) if one >= on), max(stated, default=None)
        )
    return wanted


def _asked(
    people: People,
    targets: Iterable[Target],
    rules: Mapping[int, Any],
    on: date,
    cohort_id: int | None,
) -> list[Row[tuple[int, int, int | None, int | None]]]:
    """Person, course, and the cohort or the target that asks for it, in one statement."""
    is_listed = (
        scopes.is_counted(on),
        Membership.person_id.in_(people),
        true() if cohort_id is None else Membership.cohort_id == cohort_id,
    )
    nothing = literal(None, Integer)
    parts: list[Select[Any]] = [
        select(Membership.person_id, CohortRequirement.course_id, Membership.cohort_id, nothing)
        .join(
            CohortRequirement,
            (CohortRequirement.cohort_id == Membership.cohort_id)
            & (CohortRequirement.cause == Membership.cause),
        )
        .where(live(CohortRequirement), *is_listed)
    ]
    populations = definitions.population_rules({one.population_id for one in targets if one.population_id})
    for target in targets:
        course_id = rules[target.id].course_id
        if course_id and target.kind is TargetKind.COVERAGE and target.population_id:
            scope = scopes.in_post(populations[target.population_id], as_at=on)
            columns = (Spell.person_id, literal(course_id), nothing, literal(target.id))
            parts.append(scope.where(Spell.person_id.in_(people)).with_only_columns(*columns))
        elif course_id and target.cohort_id:
            of_all = select(
                Membership.person_id, literal(course_id), Membership.cohort_id, literal(target.id)
            )
            parts.append(of_all.where(Membership.cohort_id == target.cohort_id, *is_listed))
    return list(db.session.execute(union_all(*parts)))


# --- How they stand ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Known:
    """What is known of these people and courses."""

    people: Sequence[Person]
    stands: Mapping[tuple[int, int], Any]
    shapes: Mapping[int, CourseShape]
    titles: Mapping[int, Sequence[str]]
    marks: Mapping[tuple[int, int], Sequence[Mark]]
    booked: Mapping[tuple[int, int], date]
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
        people=db.session.scalars(
            select(Person)
            .where(Person.id.in_(people))
            .order_by(Person.last_name, Person.first_name, Person.id)
        ).all(),
        stands={(row.person_id, row.course_id): row for row in stands},
        shapes=shapes,
        titles=titles,
        marks=marks,
        booked={(row[0], row[1]): row[2] for row in db.session.execute(_booked(people, course_ids, on))},
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
    """Who has a confirmed place to come on which course, and from when."""
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


def _gap(known: _Known, course_id: int, person: Person, wanted: Mapping[int, date | None]) -> Gap:
    key = (person.id, course_id)
    stands, booked_from = known.stands.get(key), known.booked.get(key)
    missing = [] if stands else _missing(known, course_id, known.marks.get(key, []))
    if stands is not None:
        state = GapState.COMPLETE if stands.is_current else GapState.REFRESHER
    elif missing:
        state = GapState.IN_PROGRESS
    else:
        state = GapState.BOOKED if booked_from else GapState.NOT_BOOKED
    return Gap(
        person=person,
        state=state,
        completed_on=stands.completed_on if stands else None,
        missing=missing,
        booked_from=booked_from,
        deadline=wanted[person.id],
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
