"""The counts behind figures: every target's in one statement, however many people there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    case,
    func,
    literal,
    select,
    union_all,
)

from app.core.db import db
from app.figures.models import CohortRequirement, Membership, Target, TargetKind
from app.figures.queries import baselines, measures, scopes, stated
from app.figures.queries.figure import NEWCOMER_DAYS, Figure
from app.figures.queries.plans import HEADLINE, LEFT_OUT, WITH_SCOPE, Count, Plan, plans_for
from app.figures.queries.reading import figure_of
from app.learning.queries import CourseShape, completions, shapes_of, standings
from app.people.models import EmploymentType

Row = tuple[int, str, int, int, int, int, int]


def figure(target: Target, *, as_at: date, known_at: datetime | None = None) -> Figure:
    """A target's figure as at the end of a date, as known at an instant (now by default)."""
    return figures([target], as_at=as_at, known_at=known_at)[0]


def figures(targets: Sequence[Target], *, as_at: date, known_at: datetime | None = None) -> list[Figure]:
    """The figures of several targets in their order; all counts come from one statement."""
    plans = plans_for(targets, known_at)
    if not plans:
        return []
    sources = sources_for(plans, as_at, known_at)
    statement = union_all(*(part for plan in plans for part in _counts(plan, sources)))
    rows: dict[int, dict[str, Count]] = defaultdict(dict)
    for target_id, which, *numbers in db.session.execute(statement).tuples():
        rows[target_id][which] = Count(*numbers)
    cohorts = {plan.target.cohort_id for plan in plans if plan.target.cohort_id}
    listed = baselines.listed(cohorts, as_at=as_at, known_at=known_at)
    scores = stated.scores(targets, as_at=as_at, known_at=known_at)
    return [
        figure_of(plan, rows[plan.target.id], listed, scores.get(plan.target.id), as_at, known_at)
        for plan in plans
    ]


def figures_on(
    target: Target, days: Collection[date], *, known_at: datetime | None = None
) -> dict[date, Figure]:
    """One target's figure on several days, from one statement: without how its cohort changed.

    A score has none: it is what documents state.
    """
    in_order = sorted(days)
    if not in_order or target.kind is TargetKind.SCORE:
        return {}
    plan = plans_for([target], known_at)[0]
    shapes = shapes_of(sorted(plan.courses), known_at)
    parts = []
    for number, on in enumerate(in_order):
        sources = sources_for([plan], on, known_at, shapes=shapes, name=f"_{number}")
        parts += [part.add_columns(literal(number, Integer)) for part in _counts(plan, sources)]
    rows: dict[date, dict[str, Count]] = defaultdict(dict)
    for _target_id, which, *numbers, number in db.session.execute(union_all(*parts)).tuples():
        rows[in_order[number]][which] = Count(*numbers)
    return {on: figure_of(plan, rows[on], {}, None, on, known_at) for on in in_order}


# --- The one statement ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sources:
    """What the counts read, worked out once for all figures of one date.

    `completed` is who had completed which course, and whether that was current on the day; `trained` the same
    by marks alone: prior learning is no delivery of a contract (4.3). `away` is everybody on long-term
    absence, `newcomers` everybody whose employment began in the last 90 days.
    """

    completed: CTE
    trained: CTE
    away: CTE
    newcomers: CTE
    as_at: date
    known_at: datetime | None


def sources_for(
    plans: Sequence[Plan],
    as_at: date,
    known_at: datetime | None,
    *,
    shapes: Mapping[int, CourseShape] | None = None,
    name: str = "",
) -> Sources:
    """The sources of these plans' figures; each becomes part of a statement only where it is read.

    `name` tells those of several dates apart within one statement; `shapes` are those of the courses.
    """
    is_flow = {plan.target.id: plan.target.kind is TargetKind.PEOPLE_TRAINED for plan in plans}
    stocks = {course for plan in plans if not is_flow[plan.target.id] for course in plan.courses}
    flows = {course for plan in plans if is_flow[plan.target.id] for course in plan.courses}
    completed = standings(sorted(stocks), as_at=as_at, known_at=known_at, shapes=shapes).cte(
        f"completed{name}"
    )
    trained = (
        completions(sorted(flows), as_at=as_at, known_at=known_at, marks_only=True, shapes=shapes).cte(
            f"trained{name}"
        )
        if flows
        else completed
    )
    return Sources(
        completed=completed,
        trained=trained,
        away=scopes.away(as_at=as_at, known_at=known_at).cte(f"away{name}"),
        newcomers=scopes.newcomers(NEWCOMER_DAYS, as_at=as_at, known_at=known_at).cte(f"newcomers{name}"),
        as_at=as_at,
        known_at=known_at,
    )


def _counts(plan: Plan, sources: Sources) -> list[Select[Row]]:
    """The rows of a target: its own and, for coverage, those of whom its rule leaves out."""
    if plan.target.kind not in WITH_SCOPE:
        return [_row(plan, HEADLINE, measures.nothing(), _number(plan, sources))]
    people, away = people_done(plan, sources).subquery(), sources.away
    away_done = case((away.c.person_id.is_not(None), people.c.done), else_=0)
    statement = _row(
        plan,
        HEADLINE,
        func.count(),
        func.coalesce(func.sum(people.c.done), 0),
        func.count(away.c.person_id),
        func.coalesce(func.sum(away_done), 0),
        func.count(case((people.c.person_id.in_(select(sources.newcomers.c.person_id)), 1))),
    ).join_from(people, away, away.c.person_id == people.c.person_id, isouter=True)
    return [statement, *_left_out(plan, sources)]


def _row(plan: Plan, which: str, *numbers: ColumnElement[int]) -> Select[Row]:
    rest = [measures.nothing()] * (5 - len(numbers))
    return select(literal(plan.target.id, Integer), literal(which, String), *numbers, *rest)


def _number(plan: Plan, sources: Sources) -> ColumnElement[int]:
    """The one number of a measure that has no denominator."""
    target, as_at, known_at = plan.target, sources.as_at, sources.known_at
    if target.kind is TargetKind.PEOPLE_TRAINED:
        trained = sources.trained.c.course_id == plan.rule.course_id
        return measures.how_many(select(sources.trained.c.person_id).where(trained))
    if target.kind is TargetKind.DELIVERABLE:
        return measures.how_many(measures.delivered(target.id, as_at=as_at, known_at=known_at))
    if target.kind is TargetKind.REACH and target.reach_step:
        people = measures.reached(
            target, plan.rule, plan.population, target.reach_step, as_at=as_at, known_at=known_at
        )
        return measures.how_many(people)
    return measures.nothing()


def _left_out(plan: Plan, sources: Sources) -> list[Select[Row]]:
    """How many agency and contracted workers in the same roles there are and have it, not counted (4.6)."""
    if plan.population is None:
        return []
    types = {item.employment_type for item in plan.population.items if item.employment_type}
    missing = [one for one in LEFT_OUT if EmploymentType.EMPLOYEE in types and one not in types]
    rows = []
    for one in missing:
        people = _in_post_done(plan, sources, [one]).subquery()
        done = func.coalesce(func.sum(people.c.done), 0)
        rows.append(_row(plan, one.value, func.count(), done).select_from(people))
    return rows


def people_done(plan: Plan, sources: Sources) -> Select[tuple[int, int]]:
    """Everybody in a target's scope once: person_id, and `done` as 1 when complete, else 0.

    Coverage counts a completion while it is current; a cohort's members are done once they completed (4.3).
    """
    return _members_done(plan, sources) if plan.population is None else _in_post_done(plan, sources)


def _in_post_done(
    plan: Plan, sources: Sources, instead: Sequence[EmploymentType] = ()
) -> Select[tuple[int, int]]:
    """The people in post who fit the rule; or those employed otherwise, `instead`, who fit the rest of it."""
    assert plan.population is not None
    scope = scopes.in_post(
        plan.population, as_at=sources.as_at, known_at=sources.known_at, instead=instead
    ).subquery()
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
