"""From what was counted to a figure: its denominator, its minimum, and its words."""

from __future__ import annotations

from datetime import date, datetime

from app.figures.models import Cohort, Target, TargetKind, TargetRule
from app.figures.queries import definitions
from app.figures.queries.arithmetic import NO_ONE, is_met, required_number, shown_percent
from app.figures.queries.baselines import Listed
from app.figures.queries.figure import Baseline, Beside, Figure, Score, Stated
from app.figures.queries.plans import HEADLINE, LEFT_OUT, WITH_SCOPE, Count, Plan


def figure_of(
    plan: Plan,
    counted: dict[str, Count],
    listed: dict[int, Listed],
    score: Score | None,
    as_at: date,
    known_at: datetime | None,
) -> Figure:
    """A target's figure, from what was counted for it and what is stated of it."""
    target, rule, count = plan.target, plan.rule, counted[HEADLINE]
    denominator = count.in_scope if target.kind in WITH_SCOPE else None
    required = _required(rule, denominator)
    return Figure(
        code=target.code,
        title=target.title,
        kind=target.kind,
        programme=target.programme.title,
        as_at=as_at,
        known_at=known_at,
        numerator=count.done,
        denominator=denominator,
        required=required,
        met=_met(rule, count.done, denominator, required, score),
        shown=_shown(plan, count.done, denominator, score),
        minimum_percent=rule.minimum_percent,
        minimum_count=rule.minimum_count,
        minimum_score=rule.minimum_score,
        deadline=rule.deadline,
        scope=_scope(target),
        subject=definitions.subject_in_words(target, rule, count.done, score),
        measure_words=definitions.measure_in_words(target, rule),
        scope_words=_scope_words(plan),
        threshold_words=definitions.threshold_in_words(rule, required if denominator else None),
        away=count.away,
        away_done=count.away_done,
        newcomers=count.newcomers if target.kind is TargetKind.COVERAGE else None,
        beside=_beside(counted),
        baseline=_baseline(listed.get(target.cohort_id or 0), rule, denominator),
        stated=_stated(target.cohort),
        score=score,
    )


def _beside(counted: dict[str, Count]) -> tuple[Beside, ...]:
    return tuple(
        Beside(definitions.EMPLOYMENT[one], counted[one.value].done, counted[one.value].in_scope)
        for one in LEFT_OUT
        if one.value in counted and counted[one.value].in_scope
    )


def _met(
    rule: TargetRule, done: int, denominator: int | None, required: int | None, score: Score | None
) -> bool | None:
    """Whether the minimum is reached; None when none is stated, or there is nothing to compare."""
    if rule.minimum_score is not None:
        return score.last.mean >= rule.minimum_score if score else None
    return None if required is None or denominator == 0 else is_met(done, required)


def _stated(cohort: Cohort | None) -> Stated | None:
    if cohort is None or cohort.stated_members is None:
        return None
    return Stated(cohort.stated_members, cohort.is_stated_approximately)


def _required(rule: TargetRule, denominator: int | None) -> int | None:
    if rule.minimum_percent is not None and denominator is not None:
        return required_number(rule.minimum_percent, denominator)
    return rule.minimum_count


def _shown(plan: Plan, number: int, denominator: int | None, score: Score | None) -> str:
    kind, rule = plan.target.kind, plan.rule
    if denominator is not None:
        return shown_percent(number, denominator, rule.minimum_percent) if denominator else NO_ONE
    if kind is TargetKind.SCORE:
        return f"{score.last.mean:.1f}" if score else "no score"
    of = f" of {rule.minimum_count:,}" if kind is TargetKind.DELIVERABLE and rule.minimum_count else ""
    return f"{number:,}{of}"


def _scope(target: Target) -> str:
    if target.population:
        name = target.population.name
        return name[0].lower() + name[1:]
    return "members of the cohort" if target.cohort else "people"


_ALL_OF = {
    TargetKind.DELIVERABLE: "Sessions of the programme’s runs that are ticked to count",
    TargetKind.REACH: "Everybody, from the council and from every partner, each once",
    TargetKind.SCORE: "Those who replied, as the document says",
}


def _scope_words(plan: Plan) -> str:
    if plan.population is not None:
        return definitions.population_in_words(plan.population)
    if plan.target.cohort is None and plan.target.kind is not TargetKind.PEOPLE_TRAINED:
        return _ALL_OF[plan.target.kind]
    if plan.target.cohort is None:
        return "Everybody whose last component was marked in one of the programme’s runs"
    if plan.rule.course_id:
        return f"Members of “{plan.target.cohort.name}”"
    requirements = definitions.requirements_in_words(plan.requirements) or "no course is required yet"
    return f"Members of “{plan.target.cohort.name}”. Required: {requirements}"


def _baseline(listed: Listed | None, rule: TargetRule, denominator: int | None) -> Baseline | None:
    if listed is None or denominator is None:
        return None
    return Baseline(
        listed_on=listed.on,
        listed=listed.members,
        joined=listed.joined,
        left=listed.left,
        required_then=_required(rule, listed.members),
    )
