"""Who has completed what, computed from marks and never typed (4.3), as at a date and as known (4.4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Select, case, func, literal, select, union_all
from sqlalchemy.orm import contains_eager, joinedload

from app.core.db import db, live
from app.learning.models import Mark, MarkStatus, PastCompletion
from app.people.models import Person
from app.programmes.models import Component, CourseVersion
from app.sessions.models import Run, TrainingSession


def completions(
    course_ids: Collection[int],
    *,
    as_at: date,
    known_at: datetime | None = None,
    marks_only: bool = False,
    person_id: int | None = None,
) -> Select[tuple[int, int, date]]:
    """Who had completed each of these courses by the end of `as_at`, as known at `known_at`: one row each.

    Columns: person_id, course_id, completed_on (the earliest). A completion is a version's components, all
    held within the catch-up window, or, unless `marks_only` (people trained), one from before the
    registers. One statement however many courses and people there are; `person_id` asks about one person.
    """
    parts = [
        _closed_by_marks(version_id, course_id, size, as_at, known_at, person_id)
        for version_id, (course_id, size) in _sizes(course_ids).items()
    ]
    if not marks_only:
        parts.append(_past(course_ids, as_at, known_at, person_id))
    elif not parts:  # nothing that can be marked, so nobody was
        parts.append(_past((), as_at, known_at, person_id))
    every = union_all(*parts).subquery()
    return select(
        every.c.person_id, every.c.course_id, func.min(every.c.completed_on).label("completed_on")
    ).group_by(every.c.person_id, every.c.course_id)


def _sizes(course_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """For each version of these courses: its course and how many components it has."""
    rows = db.session.execute(
        select(Component.version_id, CourseVersion.course_id, func.count())
        .join(CourseVersion, CourseVersion.id == Component.version_id)
        .where(CourseVersion.course_id.in_(course_ids))
        .group_by(Component.version_id, CourseVersion.course_id)
    )
    return {version_id: (course_id, size) for version_id, course_id, size in rows}


def _closed_by_marks(
    version_id: int,
    course_id: int,
    size: int,
    as_at: date,
    known_at: datetime | None,
    person_id: int | None,
) -> Select[tuple[int, int, date]]:
    """The marks that close a set: on that day, each component's latest mark is not before its `opens_on`.

    The latest of each component, and not the first: somebody who began three years ago and did day 1 again
    last month is judged by last month's. A version at a time, because its marks then come out of their
    index in the order that the windows want, and there are no more windows than it has components.
    """
    latest = {
        number: func.max(case((Mark.component == number, Mark.held_on)))
        .over(partition_by=Mark.person_id, order_by=Mark.held_on)
        .label(f"latest_{number}")
        for number in range(1, size + 1)
    }
    statement = select(Mark.person_id, Mark.held_on, Mark.opens_on, *latest.values()).where(
        Mark.version_id == version_id, Mark.counts, Mark.held_on <= as_at, live(Mark, known_at)
    )
    if person_id is not None:
        statement = statement.where(Mark.person_id == person_id)
    marks = statement.subquery()
    opens_on = func.coalesce(marks.c.opens_on, date.min)
    return (
        select(
            marks.c.person_id,
            literal(course_id).label("course_id"),
            func.min(marks.c.held_on).label("completed_on"),
        )
        .where(*(marks.c[f"latest_{number}"] >= opens_on for number in latest))
        .group_by(marks.c.person_id)
    )


def _past(
    course_ids: Collection[int], as_at: date, known_at: datetime | None, person_id: int | None
) -> Select[tuple[int, int, date]]:
    statement = (
        select(PastCompletion.person_id, CourseVersion.course_id, PastCompletion.completed_on)
        .join(CourseVersion, CourseVersion.id == PastCompletion.version_id)
        .where(
            CourseVersion.course_id.in_(course_ids),
            PastCompletion.completed_on <= as_at,
            live(PastCompletion, known_at),
        )
    )
    return statement if person_id is None else statement.where(PastCompletion.person_id == person_id)


# --- One person -------------------------------------------------------------------------------------------


def marks_of_person(person: Person) -> Select[tuple[Mark]]:
    """Everything that registers hold of a person, oldest first, with runs and courses."""
    return (
        select(Mark)
        .join(Mark.session)
        .options(
            contains_eager(Mark.session)
            .joinedload(TrainingSession.run)
            .joinedload(Run.version)
            .joinedload(CourseVersion.course)
        )
        .where(Mark.person_id == person.id, live(Mark), Mark.status != MarkStatus.NOT_RECORDED)
        .order_by(Mark.held_on, Mark.id)
    )


def past_completions_of(person: Person) -> Select[tuple[PastCompletion]]:
    """A person's completions from before the registers, oldest first."""
    return (
        select(PastCompletion)
        .options(joinedload(PastCompletion.version).joinedload(CourseVersion.course))
        .where(PastCompletion.person_id == person.id, live(PastCompletion))
        .order_by(PastCompletion.completed_on, PastCompletion.id)
    )
