"""What completion asks of a course: its window, order, validity and minimum, and what stands in for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict, Unpack

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import lock_row, record, supersede
from app.core.editions import Values
from app.core.errors import RuleBroken
from app.core.filters import plural
from app.programmes import queries
from app.programmes.models import Course, CourseSettings, Equivalence


class Settings(TypedDict, total=False):
    """The settings of a course; what is left out stays as it is. See CourseSettings for what each means."""

    catch_up_months: int | None
    minimum_percent: int
    lateness_minutes: int
    is_in_order: bool
    validity_months: int | None


SETTING_WORDS = {
    "catch_up_months": "Catch-up window",
    "minimum_percent": "Minimum share of a session",
    "lateness_minutes": "Minutes after which somebody is late",
    "is_in_order": "In order",
    "validity_months": "Validity",
}

BOUNDS = {  # least, most, and of what
    "catch_up_months": (1, 120, " months"),
    "minimum_percent": (1, 100, ""),
    "lateness_minutes": (0, 240, ""),
    "validity_months": (1, 240, " months"),
}

_CHANGED = "course:settings changed"


def change_settings(
    *,
    course: Course,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    recorded_at: datetime | None = None,
    seen: str | None = None,
    **values: Unpack[Settings],
) -> CourseSettings:
    """Change what completion asks of a course. `seen` is the edition that a page was made from.

    Superseded, not overwritten: a figure as known before the change still reads the settings of that time.
    Registers follow another window or another minimum by themselves, within minutes.
    """
    lock_row(Course, course.id)
    current = queries.settings_of(course.id)
    audit.check_unchanged(thing=course, values=values_of_settings(current), seen=seen, verb=_CHANGED)
    before = {name: getattr(current, name) for name in SETTING_WORDS}
    after: dict[str, Any] = {**before, **values}
    check_settings(after)
    if after == before:
        return current
    supersede(current, by=by.name, now=recorded_at or now)
    settings = CourseSettings(course_id=course.id, reason=reason, **after)
    record(settings, by=by.name, now=now, recorded_at=current.superseded_at)
    audit.record(
        by=by,
        verb=_CHANGED,
        thing=course,
        now=now,
        changes={
            words: (_in_words(name, before[name]), _in_words(name, after[name]))
            for name, words in SETTING_WORDS.items()
            if before[name] != after[name]
        },
        reason=reason,
    )
    return settings


def values_of_settings(settings: CourseSettings) -> Values:
    """What is saved of the settings of a course, in words."""
    return [(words, _in_words(name, getattr(settings, name))) for name, words in SETTING_WORDS.items()]


def check_settings(settings: Mapping[str, Any]) -> None:
    """What the database would refuse too, as sentences beside the field."""
    for name, (least, most, unit) in BOUNDS.items():
        value = settings.get(name)
        if value is not None and not least <= value <= most:
            raise RuleBroken(f"{SETTING_WORDS[name]} must be between {least} and {most}{unit}", field=name)


# --- Equivalences --------------------------------------------------------------------------------------


def let_stand_in(
    *, course: Course, satisfied_by: Course, reason: str, by: Actor, now: datetime
) -> Equivalence:
    """Decide that who has completed one course has thereby completed another: five days satisfy two (I-14).

    One step only: what stands in for the five days does not stand in for the two by that alone.
    """
    if course.id == satisfied_by.id:
        raise RuleBroken("A course can’t stand in for itself. Choose another.", field="satisfied_by_id")
    lock_row(Course, course.id)
    if queries.equivalence(course.id, satisfied_by.id) is not None:
        raise RuleBroken(
            f"{satisfied_by.title} stands in for {course.title} already.", field="satisfied_by_id"
        )
    row = Equivalence(course_id=course.id, satisfied_by_id=satisfied_by.id, reason=reason)
    record(row, by=by.name, now=now)
    _keep_in_audit(course, (None, satisfied_by.title), by=by, now=now, reason=reason)
    return row


def no_longer_stands_in(*, equivalence: Equivalence, reason: str, by: Actor, now: datetime) -> None:
    """Take back that one course stands in for another; figures as known before keep it."""
    lock_row(Course, equivalence.course_id)
    if equivalence.superseded_at is None:
        supersede(equivalence, by=by.name, now=now)
        _keep_in_audit(
            equivalence.course, (equivalence.satisfied_by.title, None), by=by, now=now, reason=reason
        )


def _keep_in_audit(
    course: Course, change: tuple[str | None, str | None], *, by: Actor, now: datetime, reason: str
) -> None:
    audit.record(
        by=by,
        verb="course:stand-in changed",
        thing=course,
        now=now,
        changes={"Completed by another course": change},
        reason=reason,
    )


# --- In words ------------------------------------------------------------------------------------------


def settings_in_words(settings: CourseSettings, size: int) -> list[str]:
    """What completion asks of a course of so many days, a sentence each: "All days within 12 months, in any
    order"."""
    window = (
        "however far apart"
        if settings.catch_up_months is None
        else f"within {_months(settings.catch_up_months)}"
    )
    order = "each not before the one before it" if settings.is_in_order else "in any order"
    validity = settings.validity_months
    return [
        f"All days {window}, {order}" if size > 1 else "The day was attended",
        f"A day counts from {settings.minimum_percent}% of its minutes; "
        f"who comes more than {plural(settings.lateness_minutes, 'minute')} late is late",
        "Holds for ever" if validity is None else f"Holds for {_months(validity)}, then a refresher is due",
    ]


def window_in_words(months: int | None) -> str:
    """A catch-up window as a page says it: "12 months", or "No limit"."""
    return "No limit" if months is None else _months(months)


def _months(months: int) -> str:
    return plural(months, "month")


def _in_words(name: str, value: Any) -> str:
    if name == "catch_up_months":
        return window_in_words(value)
    if name == "validity_months":
        return "For ever" if value is None else _months(value)
    if name == "is_in_order":
        return "Yes" if value else "No"
    return f"{value}%" if name == "minimum_percent" else str(value)
