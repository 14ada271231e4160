"""From counts to figures: `figure(target, as_at=..., known_at=...)`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Integer, and_, case, exists, func, literal, select

from app.core import clock
from app.core.db import another, db, live, rows_in_one
from app.figures.models import EXEMPT, Membership, StatedFigure, StatedSize, Target, TargetKind, TargetRule
from app.figures.queries import definitions, outlook, scopes, stated
from app.figures.queries.arithmetic import NO_ONE, is_met, shown_percent
from app.figures.queries.colours import has_too_few
from app.figures.queries.counts import counts
from app.figures.queries.ending import ends_of
from app.figures.queries.figure import Figure
from app.figures.queries.lists import targets as asked_for_on
from app.figures.queries.notes import Baseline, Beside, Stated
from app.figures.queries.plans import Plan, plans_for, required_of
from app.figures.queries.prospects import Moment
from app.figures.queries.score import Score
from app.figures.queries.sources import sources_for
from app.figures.queries.supply import single_days
from app.figures.queries.takers import with_takers
from app.figures.queries.tallies import Row, TargetCounts, tallies
from app.figures.queries.verdicts import with_verdicts
from app.people.models import Person


def figure(
    target: Target,
    *,
    as_at: date,
    known_at: datetime | None = None,
    has_groups: bool = False,
    plan: Plan | None = None,
) -> Figure:
    """A target's figure as at the end of a date, as known at an instant (now by default). Of one that had
    ended by then it says so, and nothing is forecast. `plan` is for whoever has asked for it already."""
    plans = [plan] if plan else None
    found = figures([target], as_at=as_at, known_at=known_at, has_groups=has_groups, plans=plans)[0]
    return _ended(found, target, as_at, known_at)


def figure_among_others(
    target: Target, *, as_at: date, known_at: datetime | None = None
) -> tuple[Figure, list[Figure]]:
    """The same of a target that is asked for on the day, and the figures of every such target that has a
    breakdown, this one among them; all of them with their groups."""
    of_day = db.session.scalars(asked_for_on(as_at=as_at, known_at=known_at))
    others = [one for one in of_day if one.kind.has_scope and one is not target]
    found = figures([target, *others], as_at=as_at, known_at=known_at, has_groups=True)
    return found[0], found


def _ended(found: Figure, target: Target, as_at: date, known_at: datetime | None) -> Figure:
    """The same of a target that had ended by then, if it had."""
    end = ends_of([target.id], known_at).get(target.id)
    return found.ended(end) if end is not None and end.is_over(as_at) else found


def figures(
    targets: Sequence[Target],
    *,
    as_at: date,
    known_at: datetime | None = None,
    has_outlook: bool = True,
    has_groups: bool = False,
    plans: Sequence[Plan] | None = None,
    of_documents: Mapping[int, Sequence[StatedFigure]] | None = None,
) -> list[Figure]:
    """The figures of several targets that are asked for, in their order; all counts come from one statement.

    Of a day to come there is a forecast only: the figures are today's, each with what is expected by then or,
    where its deadline comes first, by that.

    Without an outlook they have neither forecast nor colour, for whoever wants the counts alone. With
    groups, each says besides how those in scope stand by where they work. `plans` are those of the targets,
    and `of_documents` what is stated of them, for whoever has asked for them already.
    """
    until = as_at if as_at > clock.today() else None
    as_at = min(as_at, clock.today())
    plans = plans_for(targets, known_at) if plans is None else plans
    if not plans:
        return []
    sources = sources_for(plans, as_at, known_at, has_ahead=has_outlook, has_groups=has_groups, until=until)
    to_come = outlook.to_come(plans, sources) if has_outlook else None
    if to_come is not None:
        plans = with_takers(plans, sources.moment, to_come.runs)
        sources = replace(sources, single_days=single_days(plans, to_come.runs, sources))
    counted = tallies(plans, rows_in_one(counts(plans, sources)).mappings())
    baselines = _baselines(plans, as_at, known_at)
    scores = stated.scores(targets, as_at=as_at, known_at=known_at, found=of_documents)
    found = []
    for plan in plans:
        tally = counted[plan.target.id]
        first_listed = baselines.get(plan.target.cohort_id or 0)
        one = _figure(plan, tally, first_listed, scores.get(plan.target.id), sources.moment)
        found.append(replace(one, groups=tally.groups) if has_groups and plan.has_scope else one)
    if to_come is None:
        return found
    return outlook.with_outlook(with_verdicts(found, plans, sources), plans, counted, sources, to_come)


def figures_on(
    target: Target, days: Collection[date], *, known_at: datetime | None = None
) -> dict[date, Figure]:
    """One target's figure on several days, from one statement: what was counted, and nothing ahead.

    A score has none: it is what documents state.
    """
    if not days or target.kind is TargetKind.SCORE:
        return {}
    plan = plans_for([target], known_at)[0]
    return figures_on_days([(plan, days)], known_at=known_at)[target.id]


def figures_on_days(
    asked: Sequence[tuple[Plan, Collection[date]]],
    *,
    known_at: datetime | None = None,
    scores: Mapping[int, Score | None] | None = None,
) -> dict[int, dict[date, Figure]]:
    """The figures of several targets, each on its own days, by the target's id; from one statement.

    `scores` are those of a later day, by the target's id: of the days before they tell as well.
    """
    found: dict[int, dict[date, Figure]] = {plan.target.id: {} for plan, _days in asked}
    by_day: dict[date, list[Plan]] = defaultdict(list)
    for plan, days in asked:
        for on in days:
            by_day[on].append(plan)
    in_order = sorted(by_day)
    if not in_order:
        return found
    parts = [
        part.add_columns(literal(number, Integer).label("day"))
        for number, on in enumerate(in_order)
        for part in counts(by_day[on], sources_for(by_day[on], on, known_at, name=f"_{number}"))
    ]
    rows: dict[date, list[Row]] = {on: [] for on in in_order}
    for row in rows_in_one(parts).mappings():
        rows[in_order[row["day"]]].append(row)
    for on, of_day in rows.items():
        counted = tallies(by_day[on], of_day)
        for plan in by_day[on]:
            one = plan.target.id
            score = (scores or {}).get(one)
            found[one][on] = _figure(plan, counted[one], None, score and score.by(on), Moment(on, known_at))
    return found


# --- From counts to figures ----------------------------------------------------------------------------


def _figure(
    plan: Plan, tally: TargetCounts, first_listed: _Listed | None, score: Score | None, moment: Moment
) -> Figure:
    target, rule, counted = plan.target, plan.rule, tally.numbers
    numerator, denominator = counted["done"], counted["in_scope"] if plan.has_scope else None
    required = required_of(rule, denominator)
    return Figure(
        code=target.code,
        title=target.title,
        kind=target.kind,
        programme=target.programme.title,
        as_at=moment.as_at,
        known_at=moment.known_at,
        numerator=numerator,
        denominator=denominator,
        required=required,
        met=_met(rule, numerator, required, score),
        shown=_shown(plan, numerator, denominator, score),
        minimum_percent=rule.minimum_percent,
        minimum_count=rule.minimum_count,
        minimum_score=rule.minimum_score,
        states_minimum=rule.states_minimum,
        deadline=rule.deadline,
        courses=plan.asked_for,
        scope=_scope(target),
        subject=definitions.subject_in_words(target, rule, numerator, score),
        measure_words=definitions.measure_in_words(target, rule, plan.shapes),
        scope_words=_scope_words(plan),
        threshold_words=definitions.threshold_in_words(rule, required),
        minimum_words=definitions.threshold_in_words(rule),
        away=counted["away"],
        away_done=counted["away_done"],
        flagged=counted["flagged"],
        newcomers=counted["newcomers"] if target.kind is TargetKind.COVERAGE else None,
        beside=_beside(plan, counted),
        score=score,
        baseline=_baseline(first_listed, rule, denominator),
        stated=_stated(plan.stated_size(moment.known_at)),
        reach_step=target.reach_step,
    )


def _beside(plan: Plan, counted: Mapping[str, int]) -> tuple[Beside, ...]:
    """Those in the same roles whom the rule leaves out, where there are any."""
    return tuple(
        Beside(one, definitions.EMPLOYMENT[one], counted[f"{one.value}_done"], counted[one.value])
        for one in plan.left_out
        if counted[one.value]
    )


def _met(rule: TargetRule, done: int, required: int | None, score: Score | None) -> bool | None:
    """Whether the minimum is reached; None when none is stated, or there is nothing to compare."""
    if rule.minimum_score is not None:
        is_judged = score is not None and not has_too_few(score.last.replies)
        return score.last.mean >= rule.minimum_score if score and is_judged else None
    return None if required is None else is_met(done, required)


def _stated(size: StatedSize | None) -> Stated | None:
    return Stated(size.members, size.is_approximate) if size else None


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
        first, *others = target.population.name.split(" ")
        is_word = first[1:] == first[1:].lower()  # “Practitioners”, and not “ASYE”
        return " ".join([first.lower() if is_word else first, *others])
    return "members of the cohort" if target.cohort else "people"


_ALL_OF = {
    TargetKind.DELIVERABLE: "Sessions of the programme’s runs that are ticked to count",
    TargetKind.REACH: "Everybody, from the council and from every partner, each once",
    TargetKind.SCORE: "Those who replied, as the document says",
}


def _scope_words(plan: Plan) -> str:
    if plan.population is not None:
        return definitions.population_in_words(plan.population)
    if plan.target.kind in _ALL_OF:
        return _ALL_OF[plan.target.kind]
    if plan.target.cohort is None:
        return "Everybody whose last component was marked in one of the programme’s runs"
    if plan.rule.course_id:
        return f"Members of “{plan.target.cohort.name}”"
    requirements = definitions.requirements_in_words(plan.requirements) or "no course is required yet"
    return f"Members of “{plan.target.cohort.name}”. Required: {requirements}"


# --- How a cohort changed ------------------------------------------------------------------------------


def _baselines(plans: Sequence[Plan], as_at: date, known_at: datetime | None) -> dict[int, _Listed]:
    """Of each cohort: the day it was first listed, how many then, how many of them it still counts (U-12).

    It was first listed by what was recorded on the first day: who is entered later has joined since, however
    early the day that is given for it, so that the original list stays what it was. Whoever had left before
    the day that is given for them was never counted, and neither joined nor left.
    """
    cohorts = sorted({plan.target.cohort_id for plan in plans if plan.target.cohort_id})
    if not cohorts:
        return {}
    counted = another(Membership, "counted")
    has_joined = and_(
        live(Membership, known_at), scopes.not_left(Membership.person_id, Membership.joined_on, known_at)
    )
    is_in = exists().where(
        counted.cohort_id == Membership.cohort_id,
        counted.person_id == Membership.person_id,
        scopes.is_counted(as_at, known_at, counted),
    )
    by_then = [] if known_at is None else [Membership.recorded_at <= known_at]
    # Whatever is put right of somebody, or goes on under another record of theirs, was entered at first.
    whose = func.coalesce(Person.merged_into_id, Person.id)
    each = (Membership.cohort_id, Membership.joined_on)
    entered = func.min(Membership.recorded_at).over(partition_by=(*each, whose)).label("entered")
    is_exempt = and_(has_joined, _is_exempt(as_at, known_at))
    members = (
        select(
            *each,
            entered,
            case((has_joined, 1), else_=0).label("members"),
            case((and_(has_joined, is_in), 1), else_=0).label("still_in"),
            case((is_exempt, 1), else_=0).label("exempt"),
        )
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.cohort_id.in_(cohorts), Membership.joined_on <= as_at, *by_then)
        .subquery()
    )
    key = (members.c.cohort_id, members.c.joined_on, members.c.entered)
    sums = (func.sum(members.c[name]) for name in ("members", "still_in", "exempt"))
    statement = select(*key, *sums).group_by(*key)
    by_cohort: dict[int, list[_Listed]] = defaultdict(list)
    for cohort_id, *listed in db.session.execute(statement):
        if (one := _Listed(*listed)).members:
            by_cohort[cohort_id].append(one)
    return {cohort_id: _first_listed(days) for cohort_id, days in by_cohort.items()}


def _is_exempt(as_at: date, known_at: datetime | None) -> ColumnElement[bool]:
    """Whether an entry of a list ended as its person is exempt, who has not been on the list again since."""
    later = another(Membership, "later")
    is_last = ~exists().where(
        later.cohort_id == Membership.cohort_id,
        later.person_id == Membership.person_id,
        later.joined_on > Membership.joined_on,
        later.joined_on <= as_at,
        live(later, known_at),
    )
    return and_(is_last, Membership.left_cause == EXEMPT, Membership.left_on <= as_at)


class _Listed(NamedTuple):
    """Those who joined a cohort on one day, entered at one instant; how many of them are still in, and how
    many are exempt."""

    on: date
    recorded_at: datetime
    members: int
    still_in: int
    exempt: int


def _first_listed(days: Sequence[_Listed]) -> _Listed:
    """The first of the days that were entered on the first day of all: who was entered for it then; and how
    many are exempt of all who were ever listed."""
    entered_on = min(clock.day_of(one.recorded_at) for one in days)
    at_first = [one for one in days if clock.day_of(one.recorded_at) == entered_on]
    on = min(one.on for one in at_first)
    original = [one for one in at_first if one.on == on]
    return original[0]._replace(
        members=sum(one.members for one in original),
        still_in=sum(one.still_in for one in original),
        exempt=sum(one.exempt for one in days),
    )


def _baseline(first: _Listed | None, rule: TargetRule, denominator: int | None) -> Baseline | None:
    """Joined and left are whom a movement counts as such: who is counted now and was not then, and who was
    then and is not now."""
    if first is None or denominator is None:
        return None
    return Baseline(
        listed_on=first.on,
        listed=first.members,
        joined=denominator - first.still_in,
        left=first.members - first.still_in,
        required_then=required_of(rule, first.members),
        exempt=first.exempt,
    )
