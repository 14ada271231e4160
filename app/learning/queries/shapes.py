"""What completion asks of a course: its versions, what counts for them, order, validity and equivalences.

All but the audience, which is as it is set now, is recorded, and read as it was known (4.4). One statement,
however many courses there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Row, Select, and_, or_, select

from app.core import clock
from app.core.db import another, db
from app.programmes.models import (
    Component,
    ComponentMapping,
    Course,
    CourseSettings,
    CourseVersion,
    Equivalence,
)
from app.programmes.queries import is_for_some

Source = tuple[int, int]


@dataclass(frozen=True)
class VersionShape:
    """The components of a version in order, each as the (version, component) whose marks count for it.

    The first of them is its own; the others are components of other versions that were decided to count
    for it (U-22).
    """

    version_id: int
    components: tuple[tuple[Source, ...], ...]

    @property
    def is_mapped(self) -> bool:
        return any(len(sources) > 1 for sources in self.components)


@dataclass(frozen=True)
class CourseShape:
    """A course as completion reads it. `satisfied_by` are the courses that stand in for it (I-14); whether
    it `is_for_some` alone says its audience as it is set now. By `window_months` and `minimum_percent` its
    marks were fixed."""

    course_id: int
    is_in_order: bool
    validity_months: int | None
    versions: tuple[VersionShape, ...]
    satisfied_by: frozenset[int]
    is_for_some: bool = False
    window_months: int | None = None
    minimum_percent: int | None = None
    title: str = ""

    @property
    def settings(self) -> tuple[object, ...]:
        """The settings by which its completions are worked out."""
        return self.is_in_order, self.validity_months, self.window_months, self.minimum_percent


def shapes_of(course_ids: Collection[int], known_at: datetime | None = None) -> dict[int, CourseShape]:
    """These courses, and those that stand in for one of them, as known at an instant (now by default)."""
    return course_facts(course_ids).shapes(known_at)


def course_facts(course_ids: Collection[int]) -> CourseFacts:
    """All that was ever recorded of these courses, and of those that ever stood in for one of them."""
    rows_of: dict[int, list[Row[_Columns]]] = defaultdict(list)
    for row in db.session.execute(_rows(course_ids)):
        rows_of[row.course_id].append(row)
    return CourseFacts(frozenset(course_ids), rows_of)


@dataclass(frozen=True)
class CourseFacts:
    """What was ever recorded of some courses, which can be read as known at any instant."""

    asked_for: frozenset[int] = frozenset()
    rows_of: Mapping[int, Sequence[Row[_Columns]]] = field(default_factory=dict)

    def shapes(self, known_at: datetime | None) -> dict[int, CourseShape]:
        """The courses, and those that stand in for one of them, as known at an instant.

        Settings that were first recorded after that instant hold before it too, like the rules of figures: a
        course set up in 2026 about 2021 has one order. A mapping or an equivalence is a decision: it holds
        from when it was recorded.
        """
        stands_in: dict[int, set[int]] = defaultdict(set)
        for course_id, rows in self.rows_of.items():
            for row in rows:
                if row.satisfies is not None and _is_live(row.decided_at, row.undone_at, known_at):
                    stands_in[row.satisfies].add(course_id)
        read = self.asked_for.union(*stands_in.values())
        return {
            course_id: _shape(course_id, rows, frozenset(stands_in[course_id]), known_at)
            for course_id, rows in self.rows_of.items()
            if course_id in read
        }

    def recorded(self) -> dict[datetime, str]:
        """When anything of them was recorded or taken back, each with the reason that was given."""
        rows = [row for found in self.rows_of.values() for row in found]
        taken_back = {at: "" for row in rows for at in (row.undone_at, row.unmapped_at) if at}
        given = {
            at: reason or ""
            for row in rows
            for at, reason in (
                (row.recorded_at, row.reason),
                (row.decided_at, row.why_decided),
                (row.mapped_at, row.why_mapped),
            )
            if at
        }
        return taken_back | given


def _is_live(recorded_at: datetime, superseded_at: datetime | None, known_at: datetime | None) -> bool:
    if known_at is None:
        return superseded_at is None
    return recorded_at <= known_at and (superseded_at is None or superseded_at > known_at)


_Columns = tuple[
    int, str, bool, int | None, int | None, int, datetime, datetime | None, str | None, int, int, int, int,
    datetime, datetime, str | None, int, datetime, datetime, str | None, bool,
]  # fmt: skip


def _rows(course_ids: Collection[int]) -> Select[_Columns]:
    """A row for each setting that a course has had, component, source that counted for it and equivalence."""
    source = another(Component, "source")
    is_satisfied = and_(
        Equivalence.satisfied_by_id == Course.id,
        Equivalence.course_id.in_(course_ids),
    )
    return (
        select(
            Course.id.label("course_id"),
            Course.title,
            CourseSettings.is_in_order,
            CourseSettings.validity_months,
            CourseSettings.catch_up_months,
            CourseSettings.minimum_percent,
            CourseSettings.recorded_at,
            CourseSettings.superseded_at,
            CourseSettings.reason,
            CourseVersion.id.label("version_id"),
            Component.number,
            source.version_id.label("source_version_id"),
            source.number.label("source_number"),
            ComponentMapping.recorded_at.label("mapped_at"),
            ComponentMapping.superseded_at.label("unmapped_at"),
            ComponentMapping.reason.label("why_mapped"),
            Equivalence.course_id.label("satisfies"),
            Equivalence.recorded_at.label("decided_at"),
            Equivalence.superseded_at.label("undone_at"),
            Equivalence.reason.label("why_decided"),
            is_for_some().label("is_for_some"),
        )
        .join(CourseSettings, CourseSettings.course_id == Course.id)
        .outerjoin(CourseVersion, CourseVersion.course_id == Course.id)
        .outerjoin(Component, Component.version_id == CourseVersion.id)
        .outerjoin(ComponentMapping, ComponentMapping.to_component_id == Component.id)
        .outerjoin(source, source.id == ComponentMapping.from_component_id)
        .outerjoin(Equivalence, is_satisfied)
        .where(or_(Course.id.in_(course_ids), Equivalence.id.is_not(None)))
    )


def _shape(
    course_id: int, rows: Sequence[Row[_Columns]], satisfied_by: frozenset[int], known_at: datetime | None
) -> CourseShape:
    terms = _terms_at(rows, known_at)
    sources: dict[int, dict[int, set[Source]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        if row.number is not None:
            others = sources[row.version_id][row.number]
            if row.source_number is not None and _is_live(row.mapped_at, row.unmapped_at, known_at):
                others.add((row.source_version_id, row.source_number))
    versions = tuple(
        VersionShape(
            version_id,
            tuple(((version_id, number), *sorted(others)) for number, others in sorted(components.items())),
        )
        for version_id, components in sorted(sources.items())
    )
    return CourseShape(
        course_id,
        terms.is_in_order,
        terms.validity_months,
        versions,
        satisfied_by,
        terms.is_for_some,
        window_months=terms.catch_up_months,
        minimum_percent=terms.minimum_percent,
        title=terms.title,
    )


def _terms_at(rows: Sequence[Row[_Columns]], known_at: datetime | None) -> Row[_Columns]:
    """The row whose settings were known at an instant or, before any were, were recorded first."""
    if known_at is None:
        return next(row for row in rows if row.superseded_at is None)
    known = (row for row in rows if row.recorded_at <= known_at)
    return max(known, key=lambda row: row.recorded_at, default=min(rows, key=lambda row: row.recorded_at))


# --- Validity ------------------------------------------------------------------------------------------


def valid_until(closed_on: date, validity_months: int) -> date:
    """The last day on which a completion is current: 24 months after 15 March 2022 is 15 March 2024."""
    return clock.months_after(closed_on, validity_months)


def earliest_valid(on: date, validity_months: int) -> date:
    """The earliest day whose completions are still current `on` a day, so that the database adds no months.

    The same day of the month so many months before; where that month has none such, the next day of all:
    what was closed on 28 February for 3 months is over on 31 May, what was closed on 1 March is not.
    """
    earliest = clock.months_before(on, validity_months)
    return earliest if valid_until(earliest, validity_months) >= on else earliest + timedelta(days=1)
