"""Who has completed what, computed from marks and never typed (4.3), as at a date and as known (4.4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from app.core.db import live
from app.learning.models import PastCompletion
from app.learning.queries.closing import Scope, each_closing, first_closings
from app.learning.queries.shapes import CourseShape, VersionShape, earliest_valid, shapes_of
from app.programmes.models import CourseVersion

Standing = tuple[int, int, date, date, bool]


def completions(
    course_ids: Collection[int],
    *,
    as_at: date,
    known_at: datetime | None = None,
    marks_only: bool = False,
    person_id: int | None = None,
    people: Select[tuple[int]] | None = None,
    planned: FromClause | None = None,
    done: FromClause | None = None,
    shapes: Mapping[int, CourseShape] | None = None,
) -> Select[tuple[int, int, date]]:
    """The people who had completed each of these courses by the end of `as_at`, as known at `known_at`: one
    row each.

    Columns: person_id, course_id, completed_on (the earliest). A completion is a version's components, all
    held within the catch-up window and, if the course asks for it, in order, by its own marks and by those
    of other versions that count for them; or, unless `marks_only` (people trained), a past completion, or
    the completion of a course that stands in for it. One statement however many courses and people there
    are; `person_id` asks about one person, `people` about those whose ids it selects. With `planned`, rows of
    person_id, version_id, component, held_on and opens_on as marks have, when the people in them would
    complete by marks if these were marked too (4.11); nobody is asked about who is in `done`, rows of
    person_id and course_id, with that course. `shapes` are those of the courses, for whoever
    has asked for them already.
    """
    shapes = shapes if shapes is not None else shapes_of(course_ids, known_at)
    scope = Scope(as_at, known_at, person_id if people is None else people, planned, done)
    if planned is not None:
        return _planned(shapes, course_ids, scope, marks_only=marks_only)
    every = _every(shapes, course_ids, scope, marks_only=marks_only)
    return select(
        every.c.person_id, every.c.course_id, func.min(every.c.completed_on).label("completed_on")
    ).group_by(every.c.person_id, every.c.course_id)


def _planned(
    shapes: Mapping[int, CourseShape], course_ids: Collection[int], scope: Scope, *, marks_only: bool
) -> Select[Any]:
    """The same with `renewed_on`, the first day on which a set is closed that is current on the day or later.

    Somebody whose completion is over does not have it again by any place, but by those that close a set anew.
    Few people have places to come, so that each mark of theirs is looked at at once: asked for in parts, as
    all completions are, marks and places would stand in a statement three times, and databases plan each.
    """
    limits = _limits(shapes, course_ids, scope.as_at)
    every = _every(shapes, course_ids, scope, marks_only=marks_only, has_each=True)
    on = every.c.completed_on
    is_over = [and_(every.c.course_id == course_id, on < day) for course_id, day in limits.items()]
    renewed_on = case((or_(*is_over), None), else_=on) if limits else on
    return select(
        every.c.person_id,
        every.c.course_id,
        func.min(on).label("completed_on"),
        func.min(renewed_on).label("renewed_on"),
    ).group_by(every.c.person_id, every.c.course_id)


def standings(
    course_ids: Collection[int],
    *,
    as_at: date,
    known_at: datetime | None = None,
    person_id: int | None = None,
    people: Select[tuple[int]] | None = None,
    shapes: Mapping[int, CourseShape] | None = None,
    marks_only: bool = False,
) -> Select[Standing]:
    """The same with how long it holds: person_id, course_id, completed_on, last_on, is_current.

    `last_on` is the last date on which a set was closed: who takes a course again is current from then.
    `is_current` says whether `as_at` lies within the course's validity after it. When no course has a
    validity, everybody is current, and nobody needs the last date: it is the first. `shapes` are those of
    the courses, for whoever has asked for them already; `marks_only` as with `completions`.
    """
    shapes = shapes if shapes is not None else shapes_of(course_ids, known_at)
    scope = Scope(as_at, known_at, person_id if people is None else people)
    limits = _limits(shapes, course_ids, as_at)
    every = _every(shapes, course_ids, scope, marks_only=marks_only, has_last=bool(limits))
    completed_on = func.min(every.c.completed_on)
    last_on = func.max(every.c.last_on) if limits else completed_on
    is_over = [and_(every.c.course_id == course_id, last_on < day) for course_id, day in limits.items()]
    return select(
        every.c.person_id,
        every.c.course_id,
        completed_on.label("completed_on"),
        last_on.label("last_on"),
        (case((or_(*is_over), false()), else_=true()) if limits else true()).label("is_current"),
    ).group_by(every.c.person_id, every.c.course_id)


def _limits(shapes: Mapping[int, CourseShape], course_ids: Collection[int], as_at: date) -> dict[int, date]:
    """Of each course with a validity: the first day on which a set was closed that is current on the day."""
    return {
        one.course_id: earliest_valid(as_at, one.validity_months)
        for one in shapes.values()
        if one.validity_months is not None and one.course_id in course_ids
    }


def closings(
    course_ids: Collection[int],
    *,
    as_at: date,
    known_at: datetime | None = None,
    people: Select[tuple[int]] | None = None,
    shapes: Mapping[int, CourseShape] | None = None,
) -> Select[tuple[int, int, date]]:
    """Every day by the end of `as_at` on which somebody closed a set: person_id, course_id, closed_on.

    Somebody who takes a two-day course again each year closes it each year. A completion that holds for some
    months is read from these on any day; of one that holds for ever the first day is enough (`completions`).
    `people` are those who are asked about, `shapes` those of the courses, as with `completions`.
    """
    scope = Scope(as_at, known_at, people)
    shapes = shapes if shapes is not None else shapes_of(course_ids, known_at)
    every = _every(shapes, course_ids, scope, has_each=True)
    return select(every.c.person_id, every.c.course_id, every.c.completed_on.label("closed_on")).distinct()


def would_complete(version: VersionShape, *, is_in_order: bool, as_at: date) -> Select[tuple[int, int, date]]:
    """The people who would have completed a version of this shape, whether or not it is there yet (U-22)."""
    scope = Scope(as_at, None, None)
    every = union_all(*first_closings(version, 0, scope, is_in_order=is_in_order)).subquery()
    return select(*every.c).distinct()


def _every(
    shapes: Mapping[int, CourseShape],
    course_ids: Collection[int],
    scope: Scope,
    *,
    marks_only: bool = False,
    has_last: bool = False,
    has_each: bool = False,
) -> Subquery:
    """Each completion of these courses, by every way to it: person, course, and when.

    The first of each way, with the last one if `has_last`; or with `has_each` all of them.
    """
    wanted = [shapes[one] for one in _wanted(shapes, course_ids, marks_only=marks_only)]
    pairs = [(one.course_id, other) for one in wanted for other in sorted(one.satisfied_by)]
    stand_ins = set() if marks_only else {other for _, other in pairs}
    parts: list[Select[Any]] = []
    for one in wanted:
        # Whoever has completed it closes a set anew, and with that one of the course for which it stands in.
        asked = replace(scope, done=None) if one.course_id in stand_ins else scope
        for version in one.versions:
            if has_each:
                parts.append(each_closing(version, one.course_id, asked, is_in_order=one.is_in_order))
            else:
                parts += first_closings(
                    version, one.course_id, asked, is_in_order=one.is_in_order, has_last=has_last
                )
    if not marks_only and scope.planned is None:
        parts.append(_past([one.course_id for one in wanted], scope, has_last=has_last))
    elif not parts:  # nothing that can be marked, so nobody was
        parts.append(_past((), scope, has_last=has_last))
    every = union_all(*parts)
    if marks_only or not pairs:
        return every.subquery()
    return _with_equivalents(every.cte(), course_ids, pairs)


def _wanted(shapes: Mapping[int, CourseShape], course_ids: Collection[int], *, marks_only: bool) -> list[int]:
    """These courses and, unless marks alone count, those that stand in for one of them."""
    asked = [shapes[one] for one in course_ids if one in shapes]
    stand_ins = () if marks_only else (other for one in asked for other in one.satisfied_by)
    return sorted({*(one.course_id for one in asked), *stand_ins})


def _with_equivalents(own: Any, course_ids: Collection[int], pairs: Sequence[tuple[int, int]]) -> Subquery:
    """Somebody who completed the course that stands in has completed the other; one step, and no further
    (I-14)."""
    dates = [column for column in own.c if column.name not in {"person_id", "course_id"}]
    parts = [select(own.c.person_id, own.c.course_id, *dates).where(own.c.course_id.in_(course_ids))]
    for course_id, satisfied_by in pairs:
        same = literal(course_id).label("course_id")
        parts.append(select(own.c.person_id, same, *dates).where(own.c.course_id == satisfied_by))
    return union_all(*parts).subquery()


# --- Past completions ----------------------------------------------------------------------------------


def _past(course_ids: Collection[int], scope: Scope, *, has_last: bool) -> Select[Any]:
    columns = [
        PastCompletion.person_id,
        CourseVersion.course_id,
        PastCompletion.completed_on.label("completed_on"),
    ]
    if has_last:
        columns.append(PastCompletion.completed_on.label("last_on"))
    return (
        select(*columns)
        .join(CourseVersion, CourseVersion.id == PastCompletion.version_id)
        .where(
            CourseVersion.course_id.in_(course_ids),
            PastCompletion.completed_on <= scope.as_at,
            live(PastCompletion, scope.known_at),
            scope.is_about(PastCompletion.person_id),
        )
    )
