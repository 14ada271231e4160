"""From counts to figures: `figure(target, as_at=..., known_at=...)`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import and_, case, func, select, union_all

from app.core import clock
from app.core.db import db, live
from app.figures.models import Cohort, Membership, Target, TargetRule
from app.figures.queries import definitions, outlook, scopes
from app.figures.queries.arithmetic import NO_ONE, is_met, required_number, shown_percent
from app.figures.queries.counts import Row, counts
from app.figures.queries.figure import Baseline, Figure, Stated
from app.figures.queries.plans import Plan, plans_for
from app.figures.queries.sources import sources_for


def figure(target: Target, *, as_at: date, known_at: datetime | None = None) -> Figure:
    """A target's figure as at the end of a date, as known at an instant (now by default)."""
    return figures([target], as_at=as_at, known_at=known_at)[0]


def figures(targets: Sequence[Target], *, as_at: date, known_at: datetime | None = None) -> list[Figure]:
    """The figures of several targets in their order; all counts come from one statement.

    Of a day to come there is a forecast only: the figures are today's, each with what is expected by then.
    """
    until = as_at if as_at > clock.today() else None
    as_at = min(as_at, clock.today())
    plans = plans_for(targets, known_at)
    if not plans:
        return []
    sources = sources_for(plans, as_at, known_at, has_ahead=True, until=until)
    statement = union_all(*(counts(plan, sources) for plan in plans))
    rows: dict[int, Row] = {row[0]: row for row in db.session.execute(statement).tuples()}
    baselines = _baselines(plans, as_at, known_at)
    found = [_figure(plan, rows, baselines, as_at, known_at) for plan in plans]
    return outlook.with_outlook(found, plans, rows, sources)


# --- From counts to figures ----------------------------------------------------------------------------


def _figure(
    plan: Plan,
    rows: dict[int, Row],
    baselines: dict[int, tuple[date, int, int, int]],
    as_at: date,
    known_at: datetime | None,
) -> Figure:
    target, rule = plan.target, plan.rule
    _id, in_scope, numerator, away, away_done, *_ = rows[target.id]
    denominator = None if plan.is_flow else in_scope
    required = _required(rule, denominator)
    met = None if required is None or denominator == 0 else is_met(numerator, required)
    return Figure(
        code=target.code,
        title=target.title,
        kind=target.kind,
        programme=target.programme.title,
        as_at=as_at,
        known_at=known_at,
        numerator=numerator,
        denominator=denominator,
        required=required,
        met=met,
        shown=_shown(numerator, denominator, rule),
        minimum_percent=rule.minimum_percent,
        minimum_count=rule.minimum_count,
        deadline=rule.deadline,
        scope=_scope(target),
        measure_words=definitions.measure_in_words(target, rule),
        scope_words=_scope_words(plan),
        threshold_words=definitions.threshold_in_words(rule, required if denominator else None),
        away=away,
        away_done=away_done,
        baseline=_baseline(baselines.get(target.cohort_id or 0), rule, denominator),
        stated=_stated(target.cohort),
    )


def _stated(cohort: Cohort | None) -> Stated | None:
    if cohort is None or cohort.stated_members is None:
        return None
    return Stated(cohort.stated_members, cohort.is_stated_approximately)


def _required(rule: TargetRule, denominator: int | None) -> int | None:
    if rule.minimum_percent is not None and denominator is not None:
        return required_number(rule.minimum_percent, denominator)
    return rule.minimum_count


def _shown(numerator: int, denominator: int | None, rule: TargetRule) -> str:
    if denominator is None:
        return f"{numerator:,}"
    return shown_percent(numerator, denominator, rule.minimum_percent) if denominator else NO_ONE


def _scope(target: Target) -> str:
    if target.population:
        name = target.population.name
        return name[0].lower() + name[1:]
    return "members of the cohort" if target.cohort else "people"


def _scope_words(plan: Plan) -> str:
    if plan.population is not None:
        return definitions.population_in_words(plan.population)
    if plan.target.cohort is None:
        return "Everybody whose last component was marked in one of the programme’s runs"
    if plan.rule.course_id:
        return f"Members of “{plan.target.cohort.name}”"
    requirements = definitions.requirements_in_words(plan.requirements) or "no course is required yet"
    return f"Members of “{plan.target.cohort.name}”. Required: {requirements}"


# --- How a cohort changed ------------------------------------------------------------------------------


def _baselines(
    plans: Sequence[Plan], as_at: date, known_at: datetime | None
) -> dict[int, tuple[date, int, int, int]]:
    """Of each cohort: the day it was first listed, how many then, how many joined and left since (U-12)."""
    cohorts = sorted({plan.target.cohort_id for plan in plans if plan.target.cohort_id})
    if not cohorts:
        return {}
    known = live(Membership, known_at)
    first = (
        select(Membership.cohort_id, func.min(Membership.joined_on).label("day"))
        .where(known, Membership.cohort_id.in_(cohorts), Membership.joined_on <= as_at)
        .group_by(Membership.cohort_id)
        .subquery()
    )
    was_first = Membership.joined_on == first.c.day
    is_in = and_(scopes.is_member(as_at), scopes.not_left(Membership.person_id, as_at, known_at))
    statement = (
        select(
            Membership.cohort_id,
            first.c.day,
            func.sum(case((was_first, 1), else_=0)),
            func.sum(case((was_first, 0), else_=1)),
            func.sum(case((is_in, 0), else_=1)),
        )
        .join(first, first.c.cohort_id == Membership.cohort_id)
        .where(known, Membership.joined_on <= as_at)
        .group_by(Membership.cohort_id, first.c.day)
    )
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in db.session.execute(statement)}


def _baseline(
    found: tuple[date, int, int, int] | None, rule: TargetRule, denominator: int | None
) -> Baseline | None:
    if found is None or denominator is None:
        return None
    listed_on, listed, joined, left = found
    return Baseline(
        listed_on=listed_on,
        listed=listed,
        joined=joined,
        left=left,
        required_then=_required(rule, listed),
    )
