"""Who has completed what, computed from marks and never typed (4.3), as at a date and as known (4.4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select, union_all
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from app.attendance.models import Mark, PastCompletion
from app.core.db import db, live
from app.programmes.models import Component, CourseVersion


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
    sizes = _sizes(course_ids)
    by_marks = _closed_by_marks(sizes, as_at, known_at, person_id)
    past = _past(course_ids, as_at, known_at, person_id)
    every = (by_marks if marks_only else union_all(by_marks, past)).subquery()
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
    sizes: dict[int, tuple[int, int]], as_at: date, known_at: datetime | None, person_id: int | None
) -> Select[tuple[int, int, date]]:
    """The marks that close a set: on that day, each component's latest mark is not before its `opens_on`.

    The latest of each component, and not the first: somebody who began three years ago and did day 1 again
    last month is judged by last month's.
    """
    latest = {
        number: func.max(case((Mark.component == number, Mark.held_on)))
        .over(partition_by=(Mark.version_id, Mark.person_id), order_by=Mark.held_on)
        .label(f"latest_{number}")
        for number in range(1, max((size for _, size in sizes.values()), default=0) + 1)
    }
    statement = select(Mark.person_id, Mark.version_id, Mark.held_on, Mark.opens_on, *latest.values()).where(
        Mark.version_id.in_(sizes), Mark.counts, Mark.held_on <= as_at, live(Mark, known_at)
    )
    if person_id is not None:
        statement = statement.where(Mark.person_id == person_id)
    marks = statement.subquery()
    courses = {version_id: course_id for version_id, (course_id, _) in sizes.items()}
    course_id = case(courses, value=marks.c.version_id) if courses else marks.c.version_id
    closing = (
        select(marks.c.person_id, course_id.label("course_id"), marks.c.held_on)
        .where(*(_is_covered(number, marks.c, sizes) for number in latest))
        .subquery()
    )
    return select(
        closing.c.person_id, closing.c.course_id, func.min(closing.c.held_on).label("completed_on")
    ).group_by(closing.c.person_id, closing.c.course_id)


def _is_covered(
    number: int, marks: ReadOnlyColumnCollection[str, Any], sizes: dict[int, tuple[int, int]]
) -> ColumnElement[bool]:
    """Whether a component lies in the window of the closing mark; one that a version lacks always does."""
    latest = marks[f"latest_{number}"]
    covered: ColumnElement[bool] = latest >= func.coalesce(marks["opens_on"], date.min)
    without = [version_id for version_id, (_, size) in sizes.items() if size < number]
    return or_(marks["version_id"].in_(without), covered) if without else covered


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
