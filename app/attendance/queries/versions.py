"""What a new version of a course, or another decision about what counts for one, means for people. (U-22)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Subquery, func, select

from app.core.db import db, live
from app.learning.models import Mark
from app.learning.queries import VersionShape, completions, shapes_of, standings, would_complete
from app.programmes import queries as programmes
from app.programmes.models import Course, CourseVersion

Source = tuple[int, int]  # a version and the number of one of its components

_NOT_THERE_YET = 0


@dataclass(frozen=True)
class Consequence:
    """How many are part-way through the version that is, how many of them stand at each number of its days,
    and how many would be complete at once."""

    part_way: int
    by_days: dict[int, int]
    at_once: int


def consequence_of(course: Course, counts: Mapping[int, int], *, size: int, as_at: date) -> Consequence:
    """What becomes of people, when the days of `counts` count for a new version of `size` days."""
    before = course.latest_version
    done = completions([course.id], as_at=as_at).subquery()
    days = (
        select(Mark.person_id, func.count(Mark.component.distinct()).label("days"))
        .where(
            Mark.version_id == before.id,
            Mark.counts,
            live(Mark),
            Mark.held_on <= as_at,
            Mark.person_id.not_in(select(done.c.person_id)),
        )
        .group_by(Mark.person_id)
        .subquery()
    )
    rows = db.session.execute(select(days.c.days, func.count()).group_by(days.c.days).order_by(days.c.days))
    by_days = {number: people for number, people in rows}  # noqa: C416 - a Row is no pair to mypy
    return Consequence(sum(by_days.values()), by_days, _at_once(course, counts, size, as_at))


@dataclass(frozen=True)
class Change:
    """How many would be complete at once, and how many would be complete no longer."""

    complete: int
    no_longer: int


def change_of(version: CourseVersion, counts: Mapping[int, int], *, as_at: date) -> Change:
    """What becomes of people, when other days of the version before count for a version than do now."""
    course = version.course
    numbers = {
        component.id: (one.id, component.number) for one in course.versions for component in one.components
    }
    sources: defaultdict[Source, list[Source]] = defaultdict(list)
    for old, new in sorted(programmes.days_counting(course.versions, {version.number: counts})):
        sources[numbers[new]].append(numbers[old])
    shapes = shapes_of([course.id])
    shape = shapes[course.id]
    versions = tuple(
        replace(one, components=tuple((own[0], *sources[own[0]]) for own in one.components))
        for one in shape.versions
    )
    then = standings(
        [course.id], as_at=as_at, shapes=shapes | {course.id: replace(shape, versions=versions)}
    ).subquery()
    now = completions([course.id], as_at=as_at).subquery()
    return Change(complete=_in_first_alone(then, now), no_longer=_in_first_alone(now, then))


def _in_first_alone(first: Subquery, other: Subquery) -> int:
    people = select(func.count()).where(first.c.person_id.not_in(select(other.c.person_id)))
    return db.session.scalar(people) or 0


def _at_once(course: Course, counts: Mapping[int, int], size: int, as_at: date) -> int:
    """Who would be complete without another day: nobody while a new day has no old one that counts."""
    if any(number not in counts for number in range(1, size + 1)):
        return 0
    before, sources = course.latest_version, []
    for number in range(1, size + 1):
        old = before.components[counts[number] - 1]
        earlier = db.session.scalars(programmes.mappings_to([old.id])).all()
        sources.append(
            (
                (_NOT_THERE_YET, number),
                (before.id, old.number),
                *((one.from_component.version_id, one.from_component.number) for one in earlier),
            )
        )
    is_in_order = programmes.settings_of(course.id).is_in_order
    would = would_complete(
        VersionShape(_NOT_THERE_YET, tuple(sources)), is_in_order=is_in_order, as_at=as_at
    ).subquery()
    done = completions([course.id], as_at=as_at).subquery()
    return _in_first_alone(would, done)
