"""Setting up targets, and changing what one asks without losing what it asked before."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, TypedDict, Unpack

from app.audit import rules as audit
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, lock_row, lock_table, record, save_unique, supersede
from app.core.editions import Values
from app.core.errors import RuleBroken, check_all
from app.core.filters import day
from app.figures import queries
from app.figures.models import Cohort, Population, ReachStep, Target, TargetKind, TargetRule
from app.figures.rules.codes import (
    check_title_is_free,
    checked_code,
    checked_public_reason,
    checked_title,
    checked_words,
)
from app.figures.rules.milestones import check_keeps_milestones
from app.figures.rules.numbers import check_count, check_percent, check_score
from app.programmes.models import Course, Programme
from app.programmes.rules import code_taken

_EXAMPLE = "sos-2day-coverage"  # of a code
_WITHOUT_COURSE = (TargetKind.DELIVERABLE, TargetKind.SCORE)


class TargetTerms(TypedDict, total=False):
    """What a target asks, as TargetRule keeps it; what a kind does not have is left out."""

    course: Course | None
    minimum_percent: Decimal | None
    minimum_count: int | None
    minimum_score: Decimal | None
    deadline: date | None
    unit: str | None
    planning_absence: Decimal | None
    score_margin: Decimal | None


_ASKED = (
    "course_id",
    "minimum_percent",
    "minimum_count",
    "minimum_score",
    "deadline",
    "unit",
    "planning_absence",
    "score_margin",
)


def add_target(
    *,
    code: str,
    title: str,
    kind: TargetKind,
    programme: Programme,
    by: Actor,
    now: datetime,
    population: Population | None = None,
    cohort: Cohort | None = None,
    reach_step: ReachStep | None = None,
    **asked: Unpack[TargetTerms],
) -> Target:
    """Set up a target, such as "at least 80% of the cohort by 31 March 2022" (T01-T09).

    It may state no minimum: then its figure is reported, and is neither met nor missed. Only a deliverable
    always has one: the number of sessions that the contract names.
    """
    lock_table(Target)
    check_all(
        partial(check_code, code),
        partial(check_title, title, on=clock.day_of(now)),
        partial(_check_scope, kind, population, cohort, reach_step),
        partial(check_asked, kind, programme, asked),
    )
    code, title = checked_code(code, _EXAMPLE), _checked_title(title)
    target = Target(
        code=code,
        title=title,
        kind=kind,
        reach_step=reach_step if kind is TargetKind.REACH else None,
        programme=programme,
        population=population if kind in (TargetKind.COVERAGE, TargetKind.REACH) else None,
        cohort=cohort if kind is TargetKind.COHORT else None,
        created_at=now,
    )
    save_unique(target, taken=code_taken(code))
    rule = record(TargetRule(target_id=target.id, number=1, **_kept(kind, asked)), by=by.name, now=now)
    changes = {name: (None, value) for name, value in queries.asked_in_words(rule).items() if value}
    audit.record(by=by, verb="target:added", thing=target, now=now, changes=changes)
    return target


def change_target(
    *,
    target: Target,
    title: str,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    seen: str | None = None,
    **asked: Unpack[TargetTerms],
) -> None:
    """Change a target. A changed rule needs a reason and keeps to the milestones; figures as known before
    keep theirs. `seen` is the edition that a page was made from (U-29)."""
    lock_table(Target)
    check_all(
        partial(check_title, title, on=clock.day_of(now), target=target),
        partial(check_asked, target.kind, target.programme, asked),
    )
    title, checked = _checked_title(title), _kept(target.kind, asked)
    lock_row(Target, target.id)
    current = queries.target_rules([target.id])[target.id]
    values = values_of_target(target, current)
    audit.check_unchanged(thing=target, values=values, seen=seen, verb="target:changed")
    course: Course | None = checked.pop("course")
    course_id = course.id if course else None
    changed = TargetRule(target_id=target.id, number=current.number + 1, course_id=course_id, **checked)
    if any(getattr(current, name) != getattr(changed, name) for name in _ASKED):
        check_keeps_milestones(target, changed)
        changed.reason = checked_public_reason(reason, "why the rule changes")
        supersede(current, by=by.name, now=now)
        record(changed, by=by.name, now=now, recorded_at=current.superseded_at)
        changed.course = course
    before = queries.asked_in_words(current)
    after = queries.asked_in_words(changed) if changed.reason else before
    changes = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    if target.title != title:
        changes["Title"] = (target.title, title)
        target.title = title
    if changes:
        audit.record(
            by=by, verb="target:changed", thing=target, now=now, changes=changes, reason=changed.reason
        )


def check_code(code: str) -> None:
    """A new target's code is one, and free."""
    code = checked_code(code, _EXAMPLE)
    if db.session.scalars(queries.target_coded(code)).first():
        raise code_taken(code)


def check_title(title: str, *, on: date, target: Target | None = None) -> None:
    """A target has a title, which names nobody and which no other has that is asked for on the day."""
    check_title_is_free(_checked_title(title), on=on, target=target)


def _checked_title(title: str) -> str:
    return checked_title(title, "the target’s title", field="title")


def _check_scope(
    kind: TargetKind, population: Population | None, cohort: Cohort | None, reach_step: ReachStep | None
) -> None:
    if kind is TargetKind.COVERAGE and population is None:
        raise RuleBroken("Choose the population whose people are counted", field="population")
    if kind is TargetKind.COHORT and cohort is None:
        raise RuleBroken("Choose the cohort whose members are counted", field="cohort")
    if kind is TargetKind.REACH and reach_step is None:
        raise RuleBroken("Choose the step that is counted", field="reach_step")


# --- What a target asks --------------------------------------------------------------------------------


def check_asked(kind: TargetKind, programme: Programme | None, asked: TargetTerms) -> None:
    """All that is wrong with what is asked, at once; a page may not know the programme yet."""
    check_all(
        partial(_check_course, kind, asked.get("course"), programme),
        partial(_check_minimum, kind, asked.get("minimum_percent"), asked.get("minimum_count")),
        partial(check_score, asked.get("minimum_score"), "Minimum score", field="minimum_score", like="7.5"),
        partial(_check_margin, asked.get("score_margin")),
        partial(_check_deadline, asked.get("deadline"), programme),
        partial(_check_absence, asked.get("planning_absence")),
        partial(_unit, asked.get("unit")),
    )


def _kept(kind: TargetKind, asked: TargetTerms) -> dict[str, Any]:
    """What is asked, complete, as a rule of this kind keeps it."""
    return {
        "course": None if kind in _WITHOUT_COURSE else asked.get("course"),
        "minimum_percent": asked.get("minimum_percent"),
        "minimum_count": asked.get("minimum_count"),
        "minimum_score": asked.get("minimum_score") if kind is TargetKind.SCORE else None,
        "deadline": asked.get("deadline"),
        "unit": _unit(asked.get("unit")) if kind is TargetKind.DELIVERABLE else None,
        "planning_absence": asked.get("planning_absence"),
        "score_margin": asked.get("score_margin") if kind is TargetKind.SCORE else None,
    }


def _unit(unit: str | None) -> str:
    return checked_words(unit or "", field="unit") or "sessions"


def _check_course(kind: TargetKind, course: Course | None, programme: Programme | None) -> None:
    """A course is named by kinds that count people alone, and is one of the target's programme (4.2)."""
    if kind in (TargetKind.COVERAGE, TargetKind.PEOPLE_TRAINED) and course is None:
        raise RuleBroken("Choose the course that people are to complete", field="course")
    if kind in _WITHOUT_COURSE or course is None or programme is None:
        return
    if course.programme_id != programme.id:
        raise RuleBroken(
            f"{course.title} is a course of {course.programme.title}: choose one of {programme.title}",
            field="course",
        )


def _check_minimum(kind: TargetKind, percent: Decimal | None, count: int | None) -> None:
    if percent is not None and count is not None:
        raise RuleBroken("Enter a minimum percentage or a minimum number, not both", field="minimum_count")
    if percent is not None and kind is TargetKind.PEOPLE_TRAINED:
        raise RuleBroken(
            "People trained count whether or not they have left: there is nothing to take a percentage of. "
            "Enter a minimum number of people instead.",
            field="minimum_percent",
        )
    if percent is not None and not kind.has_scope:
        raise RuleBroken(
            f"{kind.label} has nothing to take a percentage of: leave it out", field="minimum_percent"
        )
    check_percent(percent, "Minimum percentage")
    if kind is TargetKind.DELIVERABLE and count is None:
        raise RuleBroken("Enter how many sessions are contracted", field="minimum_count")
    check_count(count, "Minimum number")


def _check_margin(margin: Decimal | None) -> None:
    if margin is not None and not (0 <= margin <= 5 and margin == round(margin, 1)):
        raise RuleBroken(
            "How far below is amber must be between 0 and 5, with one decimal at most, like 0.5",
            field="score_margin",
        )


def _check_deadline(deadline: date | None, programme: Programme | None) -> None:
    if deadline and programme and programme.starts_on and deadline < programme.starts_on:
        raise RuleBroken(
            f"The deadline is before {day(programme.starts_on)}, when the programme starts", field="deadline"
        )


def _check_absence(percent: Decimal | None) -> None:
    if percent is not None and not (0 <= percent < 100 and percent == round(percent, 2)):
        raise RuleBroken(
            "Planning non-attendance must be 0 or more and less than 100, like 10", field="planning_absence"
        )


def values_of_target(target: Target, rule: TargetRule) -> Values:
    """What is saved of what a target's form changes, in words."""
    told = {
        name: day(value) if isinstance(value, date) else value
        for name, value in queries.asked_in_words(rule).items()
    }
    return [
        ("Title", target.title),
        *((name, str(value)) for name, value in told.items() if value is not None),
    ]
