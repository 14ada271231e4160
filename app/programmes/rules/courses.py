"""Setting up programmes and courses, and changing what a course consists of without losing what was."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.audit import rules as audit
from app.commissioning.models import Provider
from app.core.actors import Actor
from app.core.db import db, lock_row, record, save_unique, supersede
from app.core.editions import Values
from app.core.errors import RuleBroken
from app.core.filters import day
from app.people.models import RoleGroup, Sector, Service
from app.people.rules import check_names_nobody
from app.programmes import queries
from app.programmes.models import (
    USUAL_CAPACITY,
    USUAL_MINIMUM,
    Course,
    CourseSettings,
    Programme,
    ProgrammeDates,
)
from app.programmes.rules.settings import check_settings
from app.programmes.rules.versions import append_version, version_label

_CODE = re.compile(r"[A-Z0-9]+(?:[-/.][A-Z0-9]+)*")

Changes = dict[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Audience:
    """Whom a course is for: empty is everybody. See Course for how its parts combine."""

    role_groups: Sequence[RoleGroup] = ()
    services: Sequence[Service] = ()
    sectors: Sequence[Sector] = ()
    is_for_panel_members: bool = False


EVERYBODY = Audience()


# --- Programmes ----------------------------------------------------------------------------------------


def add_programme(
    *,
    code: str,
    title: str,
    by: Actor,
    now: datetime,
    summary: str = "",
    provider: Provider | None = None,
    starts_on: date | None = None,
    deadline: date | None = None,
) -> Programme:
    """Set up a programme, such as Signs of Safety. The deadline is a day that still counts."""
    code = checked_code(code)
    _check_dates(starts_on, deadline)
    _check_title(title)
    if queries.programme_coded(code):
        raise code_taken(code)
    programme = Programme(
        code=code,
        title=title,
        summary=summary,
        provider=provider,
        created_at=now,
    )
    save_unique(programme, taken=code_taken(code), taken_by={"folded_title": _title_taken(title)})
    _record_dates(programme, starts_on, deadline, by=by, now=now)
    audit.record(by=by, verb="programme:added", thing=programme, now=now)
    return programme


def edit_programme(
    *,
    programme: Programme,
    code: str,
    title: str,
    summary: str,
    provider: Provider | None,
    starts_on: date | None,
    deadline: date | None,
    by: Actor,
    now: datetime,
    reason: str = "",
    seen: str | None = None,
) -> None:
    """Change what a programme is called, who delivers it, and its dates, these with a reason.

    Its dates are superseded, not overwritten: a board's page as known before goes by those of that time.
    `seen` is the edition that a page was made from.
    """
    lock_row(Programme, programme.id)
    values = values_of_programme(programme)
    audit.check_unchanged(thing=programme, values=values, seen=seen, verb="programme:changed")
    code = checked_code(code)
    has_other_dates = (starts_on, deadline) != (programme.starts_on, programme.deadline)
    _check_dates(starts_on, deadline)
    _check_names(programme, code, title)
    if has_other_dates and not reason:
        raise RuleBroken("Say why the dates change", field="reason")
    changes = audit.differing(
        ("Code", programme.code, code),
        ("Title", programme.title, title),
        ("Summary", programme.summary, summary),
        ("Provider", programme.provider and programme.provider.name, provider and provider.name),
        ("Start date", programme.starts_on, starts_on),
        ("Deadline", programme.deadline, deadline),
    )
    programme.code, programme.title, programme.summary = code, title, summary
    programme.provider = provider
    save_unique(programme, taken=code_taken(code), taken_by={"folded_title": _title_taken(title)})
    if has_other_dates:
        _record_dates(programme, starts_on, deadline, by=by, now=now, reason=reason)
    if changes:
        audit.record(
            by=by, verb="programme:changed", thing=programme, now=now, changes=changes, reason=reason or None
        )


def _check_names(programme: Programme, code: str, title: str) -> None:
    """Nothing else is called as this programme is to be."""
    _check_title(title, programme)
    if queries.programme_coded(code) not in (None, programme):
        raise code_taken(code)


def values_of_programme(programme: Programme) -> Values:
    """What is saved of what a programme's form changes, in words."""
    return [
        ("Title", programme.title),
        ("Code", programme.code),
        ("Summary", programme.summary),
        ("Provider", programme.provider.name if programme.provider else ""),
        ("Start date", day(programme.starts_on)),
        ("Deadline", day(programme.deadline)),
    ]


def _record_dates(
    programme: Programme,
    starts_on: date | None,
    deadline: date | None,
    *,
    by: Actor,
    now: datetime,
    reason: str | None = None,
) -> None:
    current = programme.dates
    since = supersede(current, by=by.name, now=now) if current else now
    row = ProgrammeDates(programme_id=programme.id, starts_on=starts_on, deadline=deadline, reason=reason)
    record(row, by=by.name, now=now, recorded_at=since)
    db.session.flush()
    db.session.expire(programme, ["dates"])


# --- Courses -------------------------------------------------------------------------------------------


def add_course(
    *,
    programme: Programme,
    code: str,
    title: str,
    components: Sequence[str],
    catch_up_months: int | None,
    by: Actor,
    now: datetime,
    audience: Audience = EVERYBODY,
    default_capacity: int = USUAL_CAPACITY,
    minimum_places: int = USUAL_MINIMUM,
    summary: str = "",
) -> Course:
    """Set up a course with its first version: `components` are the titles of its days, in order."""
    code = checked_code(code)
    _check_places(default_capacity, minimum_places)
    check_settings({"catch_up_months": catch_up_months})
    check_names_nobody(title, field="title")
    if queries.course_coded(code):
        raise code_taken(code)
    course = Course(
        programme=programme,
        code=code,
        title=title,
        summary=summary,
        default_capacity=default_capacity,
        minimum_places=minimum_places,
        created_at=now,
    )
    _set_audience(course, audience)
    save_unique(course, taken=code_taken(code))
    record(CourseSettings(course_id=course.id, catch_up_months=catch_up_months), by=by.name, now=now)
    append_version(course, components, now=now)
    audit.record(by=by, verb="course:added", thing=course, now=now, changes=_version_words(course))
    return course


def edit_course(
    *,
    course: Course,
    code: str,
    title: str,
    summary: str,
    audience: Audience,
    default_capacity: int,
    minimum_places: int,
    by: Actor,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Change what a course is called, whom it is for, and what new runs of it begin with.

    `seen` is the edition that a page was made from.
    """
    lock_row(Course, course.id)
    values, also = values_of_course(course), ["course:licence"]
    audit.check_unchanged(thing=course, values=values, seen=seen, verb="course:changed", also=also)
    code = checked_code(code)
    _check_places(default_capacity, minimum_places)
    check_names_nobody(title, field="title")
    if queries.course_coded(code) not in (None, course):
        raise code_taken(code)
    audience_before = queries.audience_in_words(course)
    before = (course.code, course.title, course.summary, course.default_capacity, course.minimum_places)
    after = (code, title, summary, default_capacity, minimum_places)
    course.code, course.title, course.summary, course.default_capacity, course.minimum_places = after
    _set_audience(course, audience)
    save_unique(course, taken=code_taken(code))
    names = ("Code", "Title", "Summary", "Most places", "Fewest places")
    changes = audit.differing(
        *zip(names, before, after, strict=True),
        ("Audience", audience_before, queries.audience_in_words(course)),
    )
    if changes:
        audit.record(by=by, verb="course:changed", thing=course, now=now, changes=changes)


def values_of_course(course: Course) -> Values:
    """What is saved of what a course's form changes, in words."""
    return [
        ("Title", course.title),
        ("Code", course.code),
        ("Summary", course.summary),
        ("Audience", queries.audience_in_words(course)),
        ("Builds on", ", ".join(one.code for one in course.prerequisites)),
        ("Most places", str(course.default_capacity)),
        ("Fewest places", str(course.minimum_places)),
        ("Licence that trainers need", course.accreditation or ""),
    ]


# --- Checks --------------------------------------------------------------------------------------------


def checked_code(code: str) -> str:
    """A code as it is kept: capitals, figures and single hyphens, such as SOS-2DAY. Raises RuleBroken."""
    code = code.strip().upper()
    if not code:
        raise RuleBroken("Enter a code, like SOS-2DAY", field="code")
    if not _CODE.fullmatch(code):
        raise RuleBroken("Code must be letters, figures and hyphens only, like SOS-2DAY", field="code")
    check_names_nobody(code, field="code")
    return code


def code_taken(code: str) -> RuleBroken:
    return RuleBroken(f"The code {code} is already used. Choose another.", field="code")


def _check_title(title: str, programme: Programme | None = None) -> None:
    """A board tells programmes apart by their titles."""
    check_names_nobody(title, field="title")
    if queries.programme_titled(title) not in (None, programme):
        raise _title_taken(title)


def _title_taken(title: str) -> RuleBroken:
    return RuleBroken(f"Another programme is called {title}. Choose another title.", field="title")


def _check_dates(starts_on: date | None, deadline: date | None) -> None:
    if starts_on and deadline and deadline < starts_on:
        raise RuleBroken("Deadline must be the same as or after the start date", field="deadline")


def _check_places(default_capacity: int, minimum_places: int) -> None:
    if minimum_places < 1:
        raise RuleBroken("Fewest places must be 1 or more", field="minimum_places")
    if default_capacity < minimum_places:
        raise RuleBroken(
            f"Most places must be {minimum_places} or more, the fewest that a run needs",
            field="default_capacity",
        )


# --- Parts of the above --------------------------------------------------------------------------------


def _set_audience(course: Course, audience: Audience) -> None:
    course.role_groups = sorted(audience.role_groups, key=lambda row: row.name)
    course.services = sorted(audience.services, key=lambda row: row.name)
    course.sectors = sorted(audience.sectors, key=lambda row: row.name)
    course.is_for_panel_members = audience.is_for_panel_members


def _version_words(course: Course) -> Changes:
    return {
        "Version": (None, version_label(course.latest_version)),
        "Audience": (None, queries.audience_in_words(course)),
    }
