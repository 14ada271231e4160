"""When each person is in a target's scope and when they are complete: all dates of a figure at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, literal, select, true

from app.core.db import live, rows_in_one
from app.figures.models import Membership, TargetKind
from app.figures.queries import plans, scopes
from app.learning.queries import CourseShape, closings, completions, valid_until
from app.people.models import Spell

Period = tuple[date, date]  # both days included

_DAY = timedelta(days=1)


@dataclass(slots=True)
class PersonPeriods:
    """One person's periods in a target's scope, and those in which they are complete."""

    in_scope: list[Period] = field(default_factory=list)
    complete: list[Period] = field(default_factory=list)


@dataclass(slots=True)
class _Facts:
    """What is recorded of one person: spells, entries in the cohort with their causes, days of completion."""

    posts: list[tuple[date, date | None]] = field(default_factory=list)
    listed: list[tuple[date, date | None, str]] = field(default_factory=list)
    closed: dict[int, list[date]] = field(default_factory=dict)


def people_periods(
    plan: plans.Plan, *, until: date, known_at: datetime | None = None
) -> dict[int, PersonPeriods]:
    """Everybody whom a target counts on any day up to `until`, from one statement for all of those days.

    On each day it says what the target's figure as at that day says: it is read from the same facts, and
    what is done later does not change what had been closed by then. Of a flow nobody is in scope.
    """
    return people_periods_of([plan], until=until, known_at=known_at)[plan.target.id]


def people_periods_of(
    of: Sequence[plans.Plan],
    *,
    until: date,
    known_at: datetime | None = None,
    people: Select[tuple[int]] | None = None,
) -> dict[int, dict[int, PersonPeriods]]:
    """The same of several targets, by their ids, from one statement; of `people` alone, if they are given."""
    if not of:
        return {}
    shapes = plans.shapes_in(of)
    asked = _Asked(until, known_at, people, shapes)
    parts = [part for plan in of for part in _parts(plan, asked)]
    facts: dict[int, dict[int, _Facts]] = {plan.target.id: defaultdict(_Facts) for plan in of}
    for target_id, what, person_id, first, last, cause, course_id in rows_in_one(parts):
        one = facts[target_id][person_id]
        if what == "post":
            one.posts.append((first, last))
        elif what == "listed":
            one.listed.append((first, last, cause))
        else:
            one.closed.setdefault(course_id, []).append(first)
    return {plan.target.id: _people_periods(plan, facts[plan.target.id], shapes) for plan in of}


def _people_periods(
    plan: plans.Plan, facts: Mapping[int, _Facts], shapes: Mapping[int, CourseShape]
) -> dict[int, PersonPeriods]:
    if plan.target.kind is TargetKind.COHORT:
        return {person_id: _member(one, plan) for person_id, one in facts.items()}
    validity = _validity(plan, shapes)
    return {person_id: _in_post(one, validity) for person_id, one in facts.items()}


def _validity(plan: plans.Plan, shapes: Mapping[int, CourseShape]) -> int | None:
    """For how many months a completion holds, for a coverage; for ever where it is None."""
    if plan.target.kind is not TargetKind.COVERAGE or plan.rule.course_id is None:
        return None
    return shapes[plan.rule.course_id].validity_months


# --- What is recorded, in one statement ----------------------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    """Up to which day, as known when, of whom (of everybody when `people` is None), and of which courses."""

    until: date
    known_at: datetime | None
    people: Select[tuple[int]] | None
    shapes: Mapping[int, CourseShape]

    def is_about(self, person_id: Any) -> ColumnElement[bool]:
        return true() if self.people is None else person_id.in_(self.people)


def _parts(plan: plans.Plan, asked: _Asked) -> list[Select[Any]]:
    """Of one target: each with the target's id, what it is, of whom, from when and until when."""
    if plan.population is not None:
        post = scopes.posts(plan.population, known_at=asked.known_at).subquery()
        in_post = _part("post", post.c.person_id, post.c.first_day, post.c.last_day)
        parts = [in_post.where(asked.is_about(post.c.person_id))]
    elif plan.target.cohort_id is not None:
        parts = _of_cohort(plan.target.cohort_id, asked)
    else:
        parts = []
    of_target = literal(plan.target.id, Integer).label("target_id")
    return [
        part.with_only_columns(of_target, *part.selected_columns) for part in (*parts, _closed(plan, asked))
    ]


def _part(
    what: str, person_id: Any, first: Any, last: Any, cause: Any = None, course: Any = None
) -> Select[Any]:
    return select(
        literal(what).label("what"),
        person_id.label("person_id"),
        first.label("first_day"),
        last.label("last_day"),
        (literal(None, String) if cause is None else cause).label("cause"),
        (literal(None, Integer) if course is None else course).label("course_id"),
    )


def _of_cohort(cohort_id: int, asked: _Asked) -> list[Select[Any]]:
    known_at = asked.known_at
    is_listed = (
        Membership.cohort_id == cohort_id,
        live(Membership, known_at),
        asked.is_about(Membership.person_id),
    )
    listed: Select[Any] = _part(
        "listed", Membership.person_id, Membership.joined_on, Membership.left_on, Membership.cause
    ).where(*is_listed)
    people = select(Membership.person_id).where(*is_listed)
    post = _part("post", Spell.person_id, Spell.first_day, Spell.last_day).where(
        live(Spell, known_at), Spell.person_id.in_(people)
    )
    return [listed, post]


def _closed(plan: plans.Plan, asked: _Asked) -> Select[Any]:
    courses = sorted(plan.courses)
    if _validity(plan, asked.shapes) is not None:
        every = closings(
            courses,
            as_at=asked.until,
            known_at=asked.known_at,
            people=asked.people,
            shapes=asked.shapes,
        ).subquery()
        on = every.c.closed_on
    else:
        every = completions(
            courses,
            as_at=asked.until,
            known_at=asked.known_at,
            marks_only=plan.target.kind is TargetKind.PEOPLE_TRAINED,
            people=asked.people,
            shapes=asked.shapes,
        ).subquery()
        on = every.c.completed_on
    return _part("closed", every.c.person_id, on, on, course=every.c.course_id)


# --- What follows of it --------------------------------------------------------------------------------


def _in_post(facts: _Facts, validity_months: int | None) -> PersonPeriods:
    """Of a coverage or a flow: a completion counts while it is current."""
    closed = [day for days in facts.closed.values() for day in days]
    if validity_months is None:
        complete = [(min(closed), date.max)] if closed else []
    else:
        complete = [(day, valid_until(day, validity_months)) for day in closed]
    return PersonPeriods(
        together([(first, last or date.max) for first, last in facts.posts]), together(complete)
    )


def _member(facts: _Facts, plan: plans.Plan) -> PersonPeriods:
    """Of a cohort: a member is complete once every course of the cause is."""
    in_scope, complete = [], []
    for first, left_on, cause in facts.listed:
        listed = (first, left_on - _DAY if left_on else date.max)
        in_scope.append(listed)
        needed = _needed(plan, cause)
        if needed and all(course in facts.closed for course in needed):
            done_on = max(min(facts.closed[course]) for course in needed)
            complete.append((max(first, done_on), listed[1]))
    here = _not_left(facts.posts)
    return PersonPeriods(in_both(together(in_scope), here), in_both(together(complete), here))


def _needed(plan: plans.Plan, cause: str) -> set[int]:
    if plan.rule.course_id:
        return {plan.rule.course_id}
    return {one.course_id for one in plan.requirements if one.cause == cause}


def _not_left(posts: Sequence[tuple[date, date | None]]) -> list[Period]:
    """The days on which an employment runs, or none has ended yet."""
    ended = [last for _, last in posts if last is not None]
    if not ended:
        return [(date.min, date.max)]
    return together([(date.min, min(ended)), *((first, last or date.max) for first, last in posts)])


def done_on_day(plan: plans.Plan, found: Mapping[int, PersonPeriods], on: date) -> dict[int, bool]:
    """Everybody whom a target counts on a day, and whether as complete; of a flow all of them are."""
    if plan.is_flow:
        return {person_id: True for person_id, one in found.items() if _covers(one.complete, on)}
    return {
        person_id: _covers(one.complete, on) for person_id, one in found.items() if _covers(one.in_scope, on)
    }


def _covers(periods: Iterable[Period], on: date) -> bool:
    return any(first <= on <= last for first, last in periods)


# --- Periods -------------------------------------------------------------------------------------------


def together(periods: Iterable[Period]) -> list[Period]:
    """The same days as periods that do not overlap, in order; one without days is dropped."""
    found: list[Period] = []
    for first, last in sorted(periods):
        if first > last:
            continue
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def in_both(some: Iterable[Period], others: Sequence[Period]) -> list[Period]:
    """The days that are in a period of each."""
    return [
        (max(first, one[0]), min(last, one[1]))
        for first, last in some
        for one in others
        if max(first, one[0]) <= min(last, one[1])
    ]
