"""Setting up targets, and changing what one asks without losing what it asked before."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db, lock_row, record, save_unique, supersede
from app.core.errors import RuleBroken
from app.figures import queries
from app.figures.models import Cohort, Population, Target, TargetKind, TargetRule
from app.figures.rules.codes import checked_code, checked_name, checked_reason, code_taken
from app.programmes.models import Course, Programme


def add_target(
    *,
    code: str,
    title: str,
    kind: TargetKind,
    programme: Programme,
    by: Actor,
    now: datetime,
    course: Course | None = None,
    population: Population | None = None,
    cohort: Cohort | None = None,
    minimum_percent: Decimal | None = None,
    minimum_count: int | None = None,
    deadline: date | None = None,
) -> Target:
    """Set up a target, such as "at least 80% of the cohort by 31 March 2022" (T01-T06).

    It may state no minimum: then its figure is reported, and is neither met nor missed.
    """
    code = checked_code(code, "sos-2day-coverage")
    title = checked_name(title, "the target’s title", field="title")
    _check_measure(kind, course, population, cohort)
    _check_minimum(kind, minimum_percent, minimum_count)
    if db.session.scalars(queries.target_coded(code)).first():
        raise code_taken(code)
    target = Target(
        code=code,
        title=title,
        kind=kind,
        programme=programme,
        population=population if kind is TargetKind.COVERAGE else None,
        cohort=cohort if kind is TargetKind.COHORT else None,
        created_at=now,
    )
    save_unique(target, taken=code_taken(code))
    rule = TargetRule(
        target_id=target.id,
        course=course,
        minimum_percent=minimum_percent,
        minimum_count=minimum_count,
        deadline=deadline,
    )
    record(rule, by=by.name, now=now)
    changes = {name: (None, value) for name, value in _in_words(rule).items() if value}
    audit.record(by=by, verb="target:added", thing=target, now=now, changes=changes)
    return target


def change_target(
    *,
    target: Target,
    title: str,
    course: Course | None,
    minimum_percent: Decimal | None,
    minimum_count: int | None,
    deadline: date | None,
    by: Actor,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Change a target. A changed rule needs a reason; figures as known before keep theirs."""
    title = checked_name(title, "the target’s title", field="title")
    _check_measure(target.kind, course, target.population, target.cohort)
    _check_minimum(target.kind, minimum_percent, minimum_count)
    lock_row(Target, target.id)
    current = queries.target_rules([target.id])[target.id]
    changed = TargetRule(
        target_id=target.id,
        course_id=course.id if course else None,
        minimum_percent=minimum_percent,
        minimum_count=minimum_count,
        deadline=deadline,
    )
    names = ("course_id", "minimum_percent", "minimum_count", "deadline")
    if any(getattr(current, name) != getattr(changed, name) for name in names):
        changed.reason = checked_reason(reason)
        supersede(current, by=by.name, now=now)
        record(changed, by=by.name, now=now, recorded_at=current.superseded_at)
        changed.course = course
    before, after = _in_words(current), _in_words(changed) if changed.reason else _in_words(current)
    changes = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    if target.title != title:
        changes["Title"] = (target.title, title)
        target.title = title
    if changes:
        audit.record(
            by=by, verb="target:changed", thing=target, now=now, changes=changes, reason=changed.reason
        )


def _check_measure(
    kind: TargetKind, course: Course | None, population: Population | None, cohort: Cohort | None
) -> None:
    if kind is TargetKind.COVERAGE and population is None:
        raise RuleBroken("Choose the population whose people are counted", field="population")
    if kind is TargetKind.COHORT and cohort is None:
        raise RuleBroken("Choose the cohort whose members are counted", field="cohort")
    if kind is not TargetKind.COHORT and course is None:
        raise RuleBroken("Choose the course that people are to complete", field="course")


def _check_minimum(kind: TargetKind, percent: Decimal | None, count: int | None) -> None:
    if percent is not None and count is not None:
        raise RuleBroken("Enter a minimum percentage or a minimum number, not both", field="minimum_count")
    if percent is not None and kind is TargetKind.PEOPLE_TRAINED:
        raise RuleBroken(
            "People trained count whether or not they have left: there is nothing to take a percentage of. "
            "Enter a minimum number of people instead.",
            field="minimum_percent",
        )
    if percent is not None and not (0 < percent <= 100 and percent == round(percent, 2)):
        raise RuleBroken(
            "Minimum percentage must be more than 0 and at most 100, like 80 or 82.5", field="minimum_percent"
        )
    if count is not None and count < 1:
        raise RuleBroken("Minimum number must be 1 or more", field="minimum_count")


def _in_words(rule: TargetRule) -> dict[str, Any]:
    percent = rule.minimum_percent
    return {
        "Course": rule.course.title if rule.course else None,
        "Minimum percentage": queries.percent_in_words(percent) if percent is not None else None,
        "Minimum number": rule.minimum_count,
        "Deadline": rule.deadline,
    }
