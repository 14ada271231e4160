"""The counts behind figures: every target's in one statement, however many people there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CTE, ColumnElement, Integer, Select, and_, case, func, literal, select, union_all

from app.core.db import db, live
from app.figures.models import (
    Cohort,
    CohortRequirement,
    Membership,
    PopulationRule,
    Target,
    TargetKind,
    TargetRule,
)
from app.figures.queries import definitions, scopes
from app.figures.queries.arithmetic import NO_ONE, is_met, required_number, shown_percent
from app.figures.queries.figure import Baseline, Figure, Stated
from app.learning.queries import completions, standings

Row = tuple[int, int, int, int, int]


@dataclass(frozen=True)
class Plan:
    """A target with the rules in force for it."""

    target: Target
    rule: TargetRule
    population: PopulationRule | None
    requirements: Sequence[CohortRequirement]

    @property
    def courses(self) -> set[int]:
        """The courses whose completions the figure reads."""
        if self.rule.course_id:
            return {self.rule.course_id}
        return {requirement.course_id for requirement in self.requirements}


def figure(target: Target, *, as_at: date, known_at: datetime | None = None) -> Figure:
    """A target's figure as at the end of a date, as known at an instant (now by default)."""
    return figures([target], as_at=as_at, known_at=known_at)[0]


def figures(targets: Sequence[Target], *, as_at: date, known_at: datetime | None = None) -> list[Figure]:
    """The figures of several targets in their order; all counts come from one statement."""
    plans = plans_for(targets, known_at)
    if not plans:
        return []
    sources = sources_for(plans, as_at, known_at)
    statement = union_all(*(_counts(plan, sources) for plan in plans))
    rows: dict[int, Row] = {row[0]: row for row in db.session.execute(statement).tuples()}
    baselines = _baselines(plans, as_at, known_at)
    return [_figure(plan, rows, baselines, as_at, known_at) for plan in plans]


def plans_for(targets: Sequence[Target], known_at: datetime | None = None) -> list[Plan]:
    """Each target with the rules that were in force as known at an instant."""
    rules = definitions.target_rules({target.id for target in targets}, known_at)
    populations = definitions.population_rules(
        {target.population_id for target in targets if target.population_id}, known_at
    )
    requirements = definitions.cohort_requirements(
        {target.cohort_id for target in targets if target.cohort_id}, known_at
    )
    return [
        Plan(
            target,
            rules[target.id],
            populations[target.population_id] if target.population_id else None,
            requirements.get(target.cohort_id, []) if target.cohort_id else [],
        )
        for target in targets
    ]


# --- The one statement ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sources:
    """What the counts read, worked out once for all figures of one date.

    `completed` is who had completed which course, and whether that was current on the day; `trained` the same
    by marks alone: prior learning is no delivery of a contract (4.3). `away` is everybody on long-term
    absence.
    """

    completed: CTE
    trained: CTE
    away: CTE
    as_at: date
    known_at: datetime | None


def sources_for(plans: Sequence[Plan], as_at: date, known_at: datetime | None) -> Sources:
    """The sources of these plans' figures; each becomes part of a statement only where it is read."""
    is_flow = {plan.target.id: plan.target.kind is TargetKind.PEOPLE_TRAINED for plan in plans}
    stocks = {course for plan in plans if not is_flow[plan.target.id] for course in plan.courses}
    flows = {course for plan in plans if is_flow[plan.target.id] for course in plan.courses}
    completed = standings(sorted(stocks), as_at=as_at, known_at=known_at).cte("completed")
    trained = (
        completions(sorted(flows), as_at=as_at, known_at=known_at, marks_only=True).cte("trained")
        if flows
        else completed
    )
    return Sources(
        completed=completed,
        trained=trained,
        away=scopes.away(as_at=as_at, known_at=known_at).cte("away"),
        as_at=as_at,
        known_at=known_at,
    )


def _counts(plan: Plan, sources: Sources) -> Select[Row]:
    """One row: the target's id, how many are in scope, complete, away, and away but complete."""
    if plan.target.kind is TargetKind.PEOPLE_TRAINED:
        nothing, trained = literal(0, Integer), sources.trained.c.course_id == plan.rule.course_id
        return select(literal(plan.target.id, Integer), nothing, func.count(), nothing, nothing).where(
            trained
        )
    people = people_done(plan, sources).subquery()
    away = sources.away
    away_done = case((away.c.person_id.is_not(None), people.c.done), else_=0)
    return select(
        literal(plan.target.id, Integer),
        func.count(),
        func.coalesce(func.sum(people.c.done), 0),
        func.count(away.c.person_id),
        func.coalesce(func.sum(away_done), 0),
    ).join_from(people, away, away.c.person_id == people.c.person_id, isouter=True)


def people_done(plan: Plan, sources: Sources) -> Select[tuple[int, int]]:
    """Everybody in a target's scope once: person_id, and `done` as 1 when complete, else 0.

    Coverage counts a completion while it is current; a cohort's members are done once they completed (4.3).
    """
    if plan.population is None:
        return _members_done(plan, sources)
    scope = scopes.in_post(plan.population, as_at=sources.as_at, known_at=sources.known_at).subquery()
    completed = sources.completed
    is_theirs = and_(
        completed.c.person_id == scope.c.person_id,
        completed.c.course_id == plan.rule.course_id,
        completed.c.is_current,
    )
    done = case((completed.c.person_id.is_not(None), 1), else_=0).label("done")
    return select(scope.c.person_id, done).join_from(scope, completed, is_theirs, isouter=True)


def _members_done(plan: Plan, sources: Sources) -> Select[tuple[int, int]]:
    """A member is done when every course that they need is complete; one who needs nothing never is."""
    completed = sources.completed
    assert plan.target.cohort_id is not None
    statement = scopes.members(plan.target.cohort_id, as_at=sources.as_at, known_at=sources.known_at)
    wanted: ColumnElement[int]
    if plan.rule.course_id:
        wanted = literal(plan.rule.course_id)
    else:
        is_needed = scopes.needs([requirement.id for requirement in plan.requirements])
        statement = statement.outerjoin(CohortRequirement, is_needed)
        wanted = CohortRequirement.course_id.expression
    is_theirs = and_(completed.c.person_id == Membership.person_id, completed.c.course_id == wanted)
    needed, has = func.count(wanted), func.count(completed.c.person_id)
    done = case((and_(needed > 0, needed == has), 1), else_=0).label("done")
    return (
        statement.outerjoin(completed, is_theirs)
        .with_only_columns(Membership.person_id, done)
        .group_by(Membership.person_id)
    )


# --- From counts to figures ----------------------------------------------------------------------------


def _figure(
    plan: Plan,
    rows: dict[int, Row],
    baselines: dict[int, tuple[date, int, int, int]],
    as_at: date,
    known_at: datetime | None,
) -> Figure:
    target, rule = plan.target, plan.rule
    _id, in_scope, numerator, away, away_done = rows[target.id]
    denominator = None if target.kind is TargetKind.PEOPLE_TRAINED else in_scope
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
