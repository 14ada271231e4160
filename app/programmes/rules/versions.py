"""New versions of a course, and which days of the old one count for the new. (U-22)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db, lock_row, record, save_unique, supersede_all
from app.core.errors import NotFound, RuleBroken
from app.people.rules import check_names_nobody
from app.programmes import queries
from app.programmes.models import LONGEST_DAY, Component, ComponentMapping, Course, CourseVersion

MOST_COMPONENTS = 20


def add_version(
    *,
    course: Course,
    components: Sequence[str],
    by: Actor,
    now: datetime,
    counts: Mapping[int, int] | None = None,
    reason: str | None = None,
) -> CourseVersion:
    """The course changes what it consists of, from the next run that is scheduled.

    Runs, marks and completions of the versions before stay as they are: somebody with 4 of the 5 days of
    version 1 does not complete when version 2 has 4 days, unless it is decided that days count over:
    `counts` says for the number of a new component the number of the old one that counts for it (U-22).
    """
    titles = checked_new_version(course, components)
    before = course.latest_version
    counts = _checked_mapping(before, titles, counts or {})
    if counts and not reason:
        raise RuleBroken("Say why days of the old version count for the new one", field="reason")
    version = append_version(course, titles, now=now)
    _let_count(course, {version.number: counts}, by=by, now=now, reason=reason)
    words = {
        version.components[number - 1].title: (None, before.components[old - 1].title)
        for number, old in counts.items()
    }
    audit.record(
        by=by,
        verb="course:new version",
        thing=course,
        now=now,
        changes={"Version": (version_label(before), version_label(version)), **words},
        reason=reason,
    )
    return version


def change_counts(
    *, version: CourseVersion, counts: Mapping[int, int], reason: str, by: Actor, now: datetime
) -> None:
    """It is decided anew which days of the version before count for a version that is there.

    Day 4 was thought to be new, and is the old day 4: who had it completes, on the day on which they closed
    their set. What counts for later versions through this one follows. Figures as known before stay as they
    were, as nothing is overwritten (U-22).
    """
    course = lock_row(Course, version.course_id)
    before = version_before(version)
    titles = [component.title for component in version.components]
    counts = _checked_mapping(before, titles, counts)
    if not reason.strip():
        raise RuleBroken("Say why it is changed", field="reason")
    was = counts_of(version)
    if counts == was:
        raise RuleBroken("This is what counts already. Change a day, or cancel.")
    _let_count(course, {version.number: counts}, by=by, now=now, reason=reason.strip())

    def in_words(old: int | None) -> str | None:
        return before.components[old - 1].title if old else None

    audit.record(
        by=by,
        verb="course:what counts changed",
        thing=course,
        now=now,
        changes={
            f"{component.title} of version {version.number}": (
                in_words(was.get(component.number)),
                in_words(counts.get(component.number)),
            )
            for component in version.components
            if was.get(component.number) != counts.get(component.number)
        },
        reason=reason.strip(),
    )


def version_before(version: CourseVersion) -> CourseVersion:
    """The version that a version followed. Raises NotFound for the first."""
    before = [one for one in version.course.versions if one.number < version.number]
    if not before:
        raise NotFound("Nothing counts for the first version of a course: there was none before it.")
    return max(before, key=lambda one: one.number)


def counts_of(version: CourseVersion) -> dict[int, int]:
    """What counts for a version now: the number of each of its components -> that of the one before it."""
    before = version_before(version)
    return queries.days_that_count(before, version, queries.days_counting([before, version]))


def _let_count(
    course: Course,
    decided: Mapping[int, Mapping[int, int]],
    *,
    by: Actor,
    now: datetime,
    reason: str | None,
) -> None:
    """Record what counts for what from now on; what counted, and does not any more, is superseded."""
    wanted = queries.days_counting(course.versions, decided)
    ids = [component.id for version in course.versions for component in version.components]
    standing = {
        (one.from_component_id, one.to_component_id): one
        for one in db.session.scalars(queries.mappings_to(ids))
    }
    supersede_all([row for pair, row in standing.items() if pair not in wanted], by=by.name, now=now)
    for old, new in sorted(wanted - standing.keys()):
        row = ComponentMapping(from_component_id=old, to_component_id=new, reason=reason)
        record(row, by=by.name, now=now)
    db.session.flush()


def checked_new_version(course: Course, components: Sequence[str]) -> list[str]:
    """The titles of a version that differs from the one before. Raises RuleBroken."""
    titles = checked_components(components)
    if titles == [component.title for component in course.latest_version.components]:
        raise RuleBroken(
            "This is what the course consists of already. Change a day, or cancel.", field="components"
        )
    return titles


def suggested_mapping(course: Course, titles: Sequence[str]) -> dict[int, int]:
    """For each new component the old one of the same title, if there is one."""
    old = {component.title: component.number for component in course.latest_version.components}
    return {number: old[title] for number, title in enumerate(titles, start=1) if title in old}


def _checked_mapping(
    before: CourseVersion, titles: Sequence[str], counts: Mapping[int, int]
) -> dict[int, int]:
    """The mapping as it can be kept: no old day counts for two new ones. Raises RuleBroken."""
    known = {component.number for component in before.components}
    chosen = list(counts.values())
    for number, old in counts.items():
        if old not in known or not 1 <= number <= len(titles):
            raise RuleBroken("Choose one of the days of the old version", field=f"old_{number}")
        if chosen.count(old) > 1:
            title = before.components[old - 1].title
            raise RuleBroken(f"{title} can count for one new day only", field=f"old_{number}")
    return dict(counts)


# --- Parts of the above --------------------------------------------------------------------------------


def checked_components(titles: Sequence[str]) -> list[str]:
    """The titles of a version's components, folded. Raises RuleBroken."""
    titles = [" ".join(title.split()) for title in titles if title.strip()]
    if not titles:
        raise RuleBroken("Enter at least one day or part, like Day 1", field="components")
    if len(titles) > MOST_COMPONENTS:
        raise RuleBroken(f"A course may have at most {MOST_COMPONENTS} days or parts", field="components")
    for title in titles:
        if len(title) > LONGEST_DAY:
            words = f"Each day’s title must be {LONGEST_DAY} characters or fewer"
            raise RuleBroken(words, field="components")
        if titles.count(title) > 1:
            raise RuleBroken(f"{title} is there twice: give each day a title of its own", field="components")
    check_names_nobody("; ".join(titles), field="components")
    return titles


def append_version(course: Course, components: Sequence[str], *, now: datetime) -> CourseVersion:
    """Give a course its next version. Raises RuleBroken when somebody was quicker."""
    titles = checked_components(components)
    number = max((version.number for version in course.versions), default=0) + 1
    version = CourseVersion(course=course, number=number, created_at=now)
    version.components = [Component(number=place, title=title) for place, title in enumerate(titles, start=1)]
    taken = RuleBroken("Somebody else has just added a version. Look at it first.", field="components")
    return save_unique(version, taken=taken)


def version_label(version: CourseVersion) -> str:
    """A version as a history says it: "2: Day 1, Day 2"."""
    return f"{version.number}: {', '.join(component.title for component in version.components)}"
