"""Who has completed what, computed from marks and never typed (4.3), as at a date and as known (4.4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
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
from app.learning.models import Mark, PastCompletion
from app.learning.queries.shapes import CourseShape, Source, VersionShape, earliest_valid, shapes_of
from app.programmes.models import CourseVersion

Standing = tuple[int, int, date, date, bool]


@dataclass(frozen=True)
class _Asked:
    """As at which day, as known when, and of whom (of everybody when `people` is None)."""

    as_at: date
    known_at: datetime | None
    people: int | Select[tuple[int]] | None
    planned: FromClause | None = None

    def is_about(self, person_id: Any) -> ColumnElement[bool]:
        if self.people is None:
            return true()
        is_one_of_them: ColumnElement[bool] = (
            person_id == self.people if isinstance(self.people, int) else person_id.in_(self.people)
        )
        return is_one_of_them


def completions(
    course_ids: Collection[int],
    *,
    as_at: date,
    known_at: datetime | None = None,
    marks_only: bool = False,
    person_id: int | None = None,
    people: Select[tuple[int]] | None = None,
    planned: FromClause | None = None,
    shapes: Mapping[int, CourseShape] | None = None,
) -> Select[tuple[int, int, date]]:
    """Who had completed each of these courses by the end of `as_at`, as known at `known_at`: one row each.

    Columns: person_id, course_id, completed_on (the earliest). A completion is a version's components, all
    held within the catch-up window and, if the course asks for it, in order, by its own marks and by those
    of other versions that count for them; or, unless `marks_only` (people trained), a past completion, or
    the completion of a course that stands in for it. One statement however many courses and people there
    are; `person_id` asks about one person, `people` about those whose ids it selects. With `planned`, rows of
    person_id, version_id, component, held_on and opens_on as marks have, when the people in them would
    complete by marks if these were marked too (4.11). `shapes` are those of the courses, for whoever has
    asked for them already.
    """
    shapes = shapes if shapes is not None else shapes_of(course_ids, known_at)
    asked = _Asked(as_at, known_at, person_id if people is None else people, planned)
    if planned is not None:
        return _planned(shapes, course_ids, asked, marks_only=marks_only)
    every = _every(shapes, course_ids, asked, marks_only=marks_only)
    return select(
        every.c.person_id, every.c.course_id, func.min(every.c.completed_on).label("completed_on")
    ).group_by(every.c.person_id, every.c.course_id)


def _planned(
    shapes: Mapping[int, CourseShape], course_ids: Collection[int], asked: _Asked, *, marks_only: bool
) -> Select[Any]:
    """The same with `renewed_on`, the first day on which a set is closed that is current on the day or later.

    Whose completion is over does not have it again by any place, but by those that close a set anew.
    """
    limits = _limits(shapes, course_ids, asked.as_at)
    every = _every(shapes, course_ids, asked, marks_only=marks_only, has_each=bool(limits))
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
) -> Select[Standing]:
    """The same with how long it holds: person_id, course_id, completed_on, last_on, is_current.

    `last_on` is the last date on which a set was closed: who takes a course again is current from then.
    `is_current` says whether `as_at` lies within the course's validity after it. When no course has a
    validity, everybody is current, and nobody needs the last date: it is the first. `shapes` are those of
    the courses, for whoever has asked for them already.
    """
    shapes = shapes if shapes is not None else shapes_of(course_ids, known_at)
    asked = _Asked(as_at, known_at, person_id if people is None else people)
    limits = _limits(shapes, course_ids, as_at)
    every = _every(shapes, course_ids, asked, has_last=bool(limits))
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

    Who takes a two-day course again each year closes it each year. A completion that holds for some months
    is read from these on any day; of one that holds for ever the first day is enough (`completions`).
    `people` are those who are asked about, `shapes` those of the courses, as with `completions`.
    """
    asked = _Asked(as_at, known_at, people)
    shapes = shapes if shapes is not None else shapes_of(course_ids, known_at)
    every = _every(shapes, course_ids, asked, has_each=True)
    return select(every.c.person_id, every.c.course_id, every.c.completed_on.label("closed_on")).distinct()


def would_complete(version: VersionShape, *, is_in_order: bool, as_at: date) -> Select[tuple[int, int, date]]:
    """Who would have completed a version of this shape, whether or not it is there yet (U-22)."""
    asked = _Asked(as_at, None, None)
    return _closed_by_marks(version, 0, asked, is_in_order=is_in_order, has_last=False)


def _every(
    shapes: Mapping[int, CourseShape],
    course_ids: Collection[int],
    asked: _Asked,
    *,
    marks_only: bool = False,
    has_last: bool = False,
    has_each: bool = False,
) -> Subquery:
    """Each completion of these courses, by every way to it: person, course, and when.

    The first of each way, with the last one if `has_last`; or with `has_each` all of them.
    """
    wanted = [shapes[one] for one in _wanted(shapes, course_ids, marks_only=marks_only)]
    parts = [
        _closed_by_marks(
            version,
            one.course_id,
            asked,
            is_in_order=one.is_in_order,
            has_last=has_last,
            has_each=has_each,
        )
        for one in wanted
        for version in one.versions
    ]
    if not marks_only and asked.planned is None:
        parts.append(_past([one.course_id for one in wanted], asked, has_last=has_last))
    elif not parts:  # nothing that can be marked, so nobody was
        parts.append(_past((), asked, has_last=has_last))
    every = union_all(*parts)
    pairs = [(one.course_id, other) for one in wanted for other in sorted(one.satisfied_by)]
    if marks_only or not pairs:
        return every.subquery()
    return _with_equivalents(every.cte(), course_ids, pairs)


def _wanted(shapes: Mapping[int, CourseShape], course_ids: Collection[int], *, marks_only: bool) -> list[int]:
    """These courses and, unless marks alone count, those that stand in for one of them."""
    asked = [shapes[one] for one in course_ids if one in shapes]
    stand_ins = () if marks_only else (other for one in asked for other in one.satisfied_by)
    return sorted({*(one.course_id for one in asked), *stand_ins})


def _with_equivalents(own: Any, course_ids: Collection[int], pairs: Sequence[tuple[int, int]]) -> Subquery:
    """Who completed the course that stands in has completed the other; one step, and no further (I-14)."""
    dates = [column for column in own.c if column.name not in {"person_id", "course_id"}]
    parts = [select(own.c.person_id, own.c.course_id, *dates).where(own.c.course_id.in_(course_ids))]
    for course_id, satisfied_by in pairs:
        same = literal(course_id).label("course_id")
        parts.append(select(own.c.person_id, same, *dates).where(own.c.course_id == satisfied_by))
    return union_all(*parts).subquery()


# --- By marks ------------------------------------------------------------------------------------------


def _closed_by_marks(
    version: VersionShape,
    course_id: int,
    asked: _Asked,
    *,
    is_in_order: bool,
    has_last: bool,
    has_each: bool = False,
) -> Select[Any]:
    """The marks that close a set: on that day, each component's latest mark is not before its `opens_on`.

    The latest of each component, and not the first: somebody who began three years ago and did day 1 again
    last month is judged by last month's. A version at a time, because its marks then come out of their
    index in the order that the windows want, and there are no more windows than it has components.
    """
    in_turn = is_in_order and len(version.components) > 1
    marks, closes = _in_order(version, asked) if in_turn else _in_any_order(version, asked)
    if has_each:
        course = literal(course_id).label("course_id")
        return select(marks.c.person_id, course, marks.c.held_on.label("completed_on")).where(*closes)
    columns = [
        marks.c.person_id,
        literal(course_id).label("course_id"),
        func.min(marks.c.held_on).label("completed_on"),
    ]
    if has_last:
        columns.append(func.max(marks.c.held_on).label("last_on"))
    return select(*columns).where(*closes).group_by(marks.c.person_id)


def _in_any_order(version: VersionShape, asked: _Asked) -> tuple[Subquery, list[ColumnElement[bool]]]:
    counting, of = _counting(version, asked)
    latest = {
        number: _latest(case((_serves(sources, version, of), of.held_on)), of.person_id, of.held_on).label(
            f"latest_{number}"
        )
        for number, sources in enumerate(version.components, start=1)
    }
    marks = counting.add_columns(*latest.values()).subquery()
    opens_on = func.coalesce(marks.c.opens_on, date.min)
    return marks, [marks.c[f"latest_{number}"] >= opens_on for number in latest]


def _in_order(version: VersionShape, asked: _Asked) -> tuple[Subquery, list[ColumnElement[bool]]]:
    """The same when each component must not be before the one before it.

    `start_3` of a mark is the latest day on which day 1 can have been held if day 2 was not before it, and
    day 3 not before that, nor after the mark. Of all chains that end with the mark the one that starts
    latest is the one that a window lets through, if it lets any through; so each step needs the latest of
    the step before, which never goes back as time goes on. Only the last component closes a set.
    """
    size = len(version.components)
    counting, of = _counting(version, asked)
    serves = [
        _serves(sources, version, of).label(f"serves_{number}")
        for number, sources in enumerate(version.components, start=1)
    ]
    step = counting.add_columns(*serves).subquery()
    for number in range(1, size + 1):
        before = step.c[f"start_{number - 1}"] if number > 1 else step.c.held_on
        start = _latest(case((step.c[f"serves_{number}"], before)), step.c.person_id, step.c.held_on)
        still_needed = [step.c[f"serves_{later}"] for later in range(number, size + 1)]
        marks = select(step.c.person_id, step.c.held_on, step.c.opens_on, *still_needed)
        step = marks.add_columns(start.label(f"start_{number}")).where(or_(*still_needed)).subquery()
    opens_on = func.coalesce(step.c.opens_on, date.min)
    return step, [step.c[f"serves_{size}"], step.c[f"start_{size}"] >= opens_on]


def _counting(version: VersionShape, asked: _Asked) -> tuple[Select[Any], Any]:
    """The marks that count for a version, its own and those of others; and what their columns belong to."""
    held = select(Mark.person_id, Mark.held_on, Mark.opens_on).where(
        _is_of(version, Mark),
        Mark.counts,
        Mark.held_on <= asked.as_at,
        live(Mark, asked.known_at),
        asked.is_about(Mark.person_id),
    )
    if asked.planned is None:
        return held, Mark
    which = ("person_id", "held_on", "opens_on", "version_id", "component")
    to_come = asked.planned.c
    planned = select(*(to_come[name] for name in which)).where(_is_of(version, to_come))
    held = held.where(Mark.person_id.in_(planned.with_only_columns(to_come.person_id)))
    both = union_all(held.add_columns(Mark.version_id, Mark.component), planned).subquery()
    return select(both.c.person_id, both.c.held_on, both.c.opens_on), both.c


def _is_of(version: VersionShape, marks: Any) -> ColumnElement[bool]:
    of_version: ColumnElement[bool] = marks.version_id == version.version_id
    if not version.is_mapped:
        return of_version
    others = [source for sources in version.components for source in sources[1:]]
    return or_(of_version, _serves(others, version, marks))


def _serves(sources: Sequence[Source], version: VersionShape, marks: Any) -> ColumnElement[bool]:
    """Whether a mark, of those that count for the version at all, is of one of these components."""
    if not version.is_mapped:
        is_component: ColumnElement[bool] = marks.component == sources[0][1]
        return is_component
    return or_(*(and_(marks.version_id == of, marks.component == number) for of, number in sources))


def _latest(day: ColumnElement[Any], person_id: Any, held_on: Any) -> ColumnElement[Any]:
    return func.max(day).over(partition_by=person_id, order_by=held_on)


# --- Past completions ----------------------------------------------------------------------------------


def _past(course_ids: Collection[int], asked: _Asked, *, has_last: bool) -> Select[Any]:
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
            PastCompletion.completed_on <= asked.as_at,
            live(PastCompletion, asked.known_at),
            asked.is_about(PastCompletion.person_id),
        )
    )
