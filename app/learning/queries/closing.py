"""The marks that close a set: all components of a version, held within the catch-up window (4.3).

Most people take the components of a course within one window from the start: when they completed it is read
from the first day of each, one row a person. Only of the others must each mark be looked at with those
before it, by windows over all their marks, which takes several times as long.

For example: of a course of two days with a window of 12 months somebody did day 1 on 10 January 2022, day 2
on 20 March 2023 and day 1 again on 5 April 2023. The first days of both lie more than a window apart, so each
mark is looked at. That of 20 March wants a day 1 since 20 March 2022, and there is none. That of 5 April
wants a day 2 since 5 April 2022, which there is: they completed the course on 5 April 2023. Where its days
are taken in order they have not, as day 1 closes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from app.core.days import earliest_of, latest_of, written
from app.core.db import live, materialized
from app.learning.models import Mark
from app.learning.queries.shapes import Source, VersionShape


@dataclass(frozen=True)
class Scope:
    """As at which day, as known when, and of whom (of everybody when `people` is None).

    `planned` are marks to come, if they count as well: only of those who are not among `done` with the
    course.
    """

    as_at: date
    known_at: datetime | None
    people: int | Select[tuple[int]] | None
    planned: FromClause | None = None
    done: FromClause | None = None

    def is_about(self, person_id: Any) -> ColumnElement[bool]:
        if self.people is None:
            return true()
        is_one_of_them: ColumnElement[bool] = (
            person_id == self.people if isinstance(self.people, int) else person_id.in_(self.people)
        )
        return is_one_of_them


def each_closing(
    version: VersionShape, course_id: int, scope: Scope, *, is_in_order: bool
) -> Select[tuple[int, int, date]]:
    """Every day on which somebody closed a set of a version: person_id, course_id, completed_on.

    A set is closed by a mark when on that day each component’s latest mark is not before its `opens_on`. The
    latest of each component, and not the first: somebody who began three years ago and did day 1 again last
    month is judged by last month’s. A version at a time, because its marks then come out of their index by
    person and day.
    """
    countable = _countable_marks(version, course_id, scope)
    marks, closes = _marks_that_close(version, countable, is_in_order=is_in_order)
    course = literal(course_id).label("course_id")
    return select(marks.c.person_id, course, marks.c.held_on.label("completed_on")).where(*closes)


def first_closings(
    version: VersionShape, course_id: int, scope: Scope, *, is_in_order: bool, has_last: bool = False
) -> list[Select[Any]]:
    """When everybody who closed a set of a version did so first: person_id, course_id, completed_on.

    With `last_on` as well, when they last did, if `has_last`. Two parts with nobody in common; in the first
    somebody may be there twice, with the same days.
    """
    course = literal(course_id).label("course_id")
    countable, size = _countable_marks(version, course_id, scope), len(version.components)
    days = _first_and_last_days(version, countable, has_last=has_last)
    closed = _closed_by_days(version, countable, days, is_in_turn=is_in_order and size > 1, has_last=has_last)
    ends = [closed.c.completed_on, *([closed.c.last_on] if has_last else [])]
    from_days = select(closed.c.person_id, course, *ends)
    if size == 1:
        return [from_days]
    others = (
        select(days.c.person_id)
        .outerjoin(closed, closed.c.person_id == days.c.person_id)
        .where(closed.c.person_id.is_(None), *_has_all(days, size))
    )
    these = select(materialized(others).c.person_id)  # not for each mark, whatever PostgreSQL expects
    marks, closes = _marks_that_close(version, countable, is_in_order=is_in_order, people=these)
    from_marks = select(marks.c.person_id, course, func.min(marks.c.held_on).label("completed_on"))
    if has_last:
        from_marks = from_marks.add_columns(func.max(marks.c.held_on).label("last_on"))
    return [from_days, from_marks.where(*closes).group_by(marks.c.person_id)]


# --- From the days of each component ---------------------------------------------------------------------


def _first_and_last_days(version: VersionShape, countable: _CountableMarks, *, has_last: bool) -> CTE:
    """A row for each person with marks of a version: the first day of each component, as `first_1`; and if
    `has_last` its last day, as `last_1`, and the latest day on which a window of theirs opens."""
    of = countable.of
    held = [case((_is_of_component(sources, version, of), of.held_on)) for sources in version.components]
    columns = [func.min(day).label(f"first_{number}") for number, day in enumerate(held, start=1)]
    if has_last:
        columns += [func.max(day).label(f"last_{number}") for number, day in enumerate(held, start=1)]
        columns.append(func.max(func.coalesce(of.opens_on, date.min)).label("opens_on"))
    return countable.marks.with_only_columns(of.person_id, *columns).group_by(of.person_id).cte()


def _closed_by_days(
    version: VersionShape, countable: _CountableMarks, days: CTE, *, is_in_turn: bool, has_last: bool
) -> CTE:
    """Of whom these days say when they first closed a set; and last, if `has_last`.

    Nobody closes one before the day on which they have every component. They close one on that day when it
    lies within the window of the first day of each, which a mark of that day tells; in turn, if the first
    days are in order. In the same way the last mark of all closes one when the last day of each component
    lies within every window of theirs. One who has but one component to do closes a set with each mark.
    """
    size = len(version.components)
    first = _numbered(days, "first", size)
    last = _numbered(days, "last", size) if has_last else first
    is_by_last = is_in_turn or size == 1
    completed_on = first[-1] if is_by_last else latest_of(*first)
    last_on = last[-1] if is_by_last else latest_of(*last)
    ends = [completed_on.label("completed_on"), *([last_on.label("last_on")] if has_last else [])]
    closed = select(days.c.person_id, *ends).where(*_has_all(days, size))
    if size == 1:
        return closed.cte()
    closes = _is_of_component(version.components[-1], version, countable.of) if is_in_turn else true()
    closing = countable.marks.where(closes).subquery()
    is_of_that_day = and_(closing.c.person_id == days.c.person_id, closing.c.held_on == completed_on)
    opens_on = func.coalesce(closing.c.opens_on, date.min)
    closed = closed.join(closing, is_of_that_day).where(*_lie_within(opens_on, first, is_in_turn=is_in_turn))
    if has_last:
        closed = closed.where(*_lie_within(days.c.opens_on, last, is_in_turn=is_in_turn))
    return closed.cte()


def _lie_within(
    opens_on: ColumnElement[date], days: Sequence[ColumnElement[date]], *, is_in_turn: bool
) -> list[ColumnElement[bool]]:
    """Whether the days of all components lie within a window; in turn, in order as well."""
    if not is_in_turn:
        return [opens_on <= earliest_of(*days)]
    return [opens_on <= days[0], *(before <= after for before, after in pairwise(days))]


def _numbered(days: CTE, name: str, size: int) -> list[ColumnElement[date]]:
    return [days.c[f"{name}_{number}"] for number in range(1, size + 1)]


def _has_all(days: CTE, size: int) -> list[ColumnElement[bool]]:
    return [day.is_not(None) for day in _numbered(days, "first", size)]


# --- Mark by mark ----------------------------------------------------------------------------------------


def _marks_that_close(
    version: VersionShape,
    countable: _CountableMarks,
    *,
    is_in_order: bool,
    people: Select[tuple[int]] | None = None,
) -> tuple[Subquery, list[ColumnElement[bool]]]:
    """The marks of these people (of everybody who is asked about by default), and what closes a set.

    There are no more windows than the version has components.
    """
    marks, of = countable.marks, countable.of
    if people is not None:
        marks = marks.where(of.person_id.in_(people))
    look = _in_order if is_in_order and len(version.components) > 1 else _in_any_order
    return look(version, marks, of)


def _in_any_order(
    version: VersionShape, countable: Select[Any], of: Any
) -> tuple[Subquery, list[ColumnElement[bool]]]:
    latest = {
        number: _latest(
            case((_is_of_component(sources, version, of), of.held_on)), of.person_id, of.held_on
        ).label(f"latest_{number}")
        for number, sources in enumerate(version.components, start=1)
    }
    marks = countable.add_columns(*latest.values()).subquery()
    opens_on = func.coalesce(marks.c.opens_on, date.min)
    return marks, [marks.c[f"latest_{number}"] >= opens_on for number in latest]


def _in_order(
    version: VersionShape, countable: Select[Any], of: Any
) -> tuple[Subquery, list[ColumnElement[bool]]]:
    """The same when each component must not be before the one before it.

    `start_3` of a mark is the latest day on which day 1 can have been held if day 2 was not before it, and
    day 3 not before that, nor after the mark. Of all chains that end with the mark the one that starts
    latest is the one that a window lets through, if it lets any through; so each step needs the latest of
    the step before, which never goes back as time goes on. Only the last component closes a set.
    """
    size = len(version.components)
    is_of = [
        _is_of_component(sources, version, of).label(f"is_of_{number}")
        for number, sources in enumerate(version.components, start=1)
    ]
    step = countable.add_columns(*is_of).subquery()
    for number in range(1, size + 1):
        before = step.c[f"start_{number - 1}"] if number > 1 else step.c.held_on
        start = _latest(case((step.c[f"is_of_{number}"], before)), step.c.person_id, step.c.held_on)
        still_needed = [step.c[f"is_of_{later}"] for later in range(number, size + 1)]
        marks = select(step.c.person_id, step.c.held_on, step.c.opens_on, *still_needed)
        step = marks.add_columns(start.label(f"start_{number}")).where(or_(*still_needed)).subquery()
    opens_on = func.coalesce(step.c.opens_on, date.min)
    return step, [step.c[f"is_of_{size}"], step.c[f"start_{size}"] >= opens_on]


@dataclass(frozen=True)
class _CountableMarks:
    """The marks that count for a version: person_id, held_on, opens_on; and what their columns belong to."""

    marks: Select[Any]
    of: Any


def _countable_marks(version: VersionShape, course_id: int, scope: Scope) -> _CountableMarks:
    """Its own marks, and those of others that count for it."""
    held = select(Mark.person_id, Mark.held_on, Mark.opens_on).where(
        _counts_for(version, Mark),
        Mark.counts,
        Mark.held_on <= written(scope.as_at),
        live(Mark, scope.known_at),
        scope.is_about(Mark.person_id),
    )
    if scope.planned is None:
        return _CountableMarks(held, Mark)
    to_come = scope.planned.c
    planned = select(
        to_come.person_id, to_come.held_on, to_come.opens_on, to_come.version_id, to_come.component
    ).where(_counts_for(version, to_come))
    held = held.where(Mark.person_id.in_(planned.with_only_columns(to_come.person_id)))
    both = union_all(held.add_columns(Mark.version_id, Mark.component), planned).subquery()
    marks = select(both.c.person_id, both.c.held_on, both.c.opens_on)
    if scope.done is not None:
        done = scope.done.c
        marks = marks.where(
            both.c.person_id.not_in(select(done.person_id).where(done.course_id == course_id))
        )
    return _CountableMarks(marks, both.c)


def _counts_for(version: VersionShape, marks: Any) -> ColumnElement[bool]:
    of_version: ColumnElement[bool] = marks.version_id == version.version_id
    if not version.is_mapped:
        return of_version
    others = [source for sources in version.components for source in sources[1:]]
    return or_(of_version, _is_of_component(others, version, marks))


def _is_of_component(sources: Sequence[Source], version: VersionShape, marks: Any) -> ColumnElement[bool]:
    """Whether a mark, of those that count for the version at all, is of one of these components."""
    if not version.is_mapped:
        is_component: ColumnElement[bool] = marks.component == sources[0][1]
        return is_component
    return or_(*(and_(marks.version_id == of, marks.component == number) for of, number in sources))


def _latest(day: ColumnElement[Any], person_id: Any, held_on: Any) -> ColumnElement[Any]:
    return func.max(day).over(partition_by=person_id, order_by=held_on)
