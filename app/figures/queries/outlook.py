"""What a figure says of the time to come: its forecast and its colour, from the same counts (4.11, 4.12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Integer, exists, literal, select, union_all

from app.core.db import db
from app.figures.models import TargetKind
from app.figures.queries.audiences import shut_out
from app.figures.queries.catching_up import Days
from app.figures.queries.colours import Verdict, verdict_on_people, with_outstanding
from app.figures.queries.figure import Figure
from app.figures.queries.flags import doubt_in_words
from app.figures.queries.forecast import Forecast, is_over, last_useful_start
from app.figures.queries.met import met_on
from app.figures.queries.overrides import overrides_on
from app.figures.queries.planning import PlanningAbsence, planned_at, planning_absence
from app.figures.queries.plans import Plan
from app.figures.queries.prospects import FreeRun, Moment, free_runs
from app.figures.queries.reaching import Reaching, courses_of, reaching, with_reaching
from app.figures.queries.sources import Sources
from app.figures.queries.supply import Free, courses_served, days_to_build_on, free_for
from app.figures.queries.tallies import TargetCounts
from app.learning.models import Mark
from app.learning.queries import says_something
from app.programmes.models import Course, CourseVersion


@dataclass(frozen=True)
class ToCome:
    """What is scheduled for these targets: which of their courses have marks, what is to come of those for
    reach, and the runs that are not over yet."""

    marked: set[int]
    reached: Mapping[int, Reaching]
    runs: Sequence[FreeRun]


@dataclass(frozen=True)
class _Common(ToCome):
    """What the outlooks of several figures read together."""

    days: Mapping[int, Days]
    shut_out: Mapping[int, frozenset[int]]
    absences: Mapping[int, PlanningAbsence]
    met_on: Mapping[int, date]


def to_come(plans: Sequence[Plan], sources: Sources) -> ToCome:
    """What is scheduled for the courses of these targets, up to any day: a few statements for all of them."""
    courses_of_target, marked = _courses(plans, sources.moment)
    courses = {course for of_target in courses_of_target.values() for course in of_target}
    courses |= courses_served(plans)
    reached = reaching(plans, sources, courses_of_target)
    return ToCome(marked, reached, free_runs(courses, sources.moment) if courses else [])


def with_outlook(
    figures: Sequence[Figure],
    plans: Sequence[Plan],
    counted: Mapping[int, TargetCounts],
    sources: Sources,
    scheduled: ToCome,
) -> list[Figure]:
    """These figures, each with its forecast and its colour: a handful of statements for all of them."""
    common = _Common(
        marked=scheduled.marked,
        reached=scheduled.reached,
        runs=scheduled.runs,
        days=days_to_build_on(plans, counted, sources),
        shut_out=shut_out(plans, sources),
        absences=planning_absence(
            {plan.target.programme_id for plan in plans},
            as_at=sources.moment.as_at,
            known_at=sources.moment.known_at,
        ),
        met_on=met_on(figures, plans, sources.moment),
    )
    moment = sources.moment
    # One that ends before the day to come that is asked for is not in force on it.
    on = sources.until or moment.as_at
    overrides = overrides_on([plan.target.id for plan in plans], on=on, known_at=moment.known_at)
    return [
        replace(
            _while_it_is_ahead(_ahead(figure, plan, counted[plan.target.id], sources, common)),
            override=overrides.get(plan.target.id),
        )
        for figure, plan in zip(figures, plans, strict=True)
    ]


def _while_it_is_ahead(figure: Figure) -> Figure:
    """After its deadline a target is met, missed or without data, and nothing is forecast of it (4.12).
    Nor is anything of nobody."""
    is_of_nobody = figure.forecast is not None and figure.forecast.people == 0
    has_nothing_ahead = is_of_nobody or is_over(figure.forecast_for, figure.looked_at_on)
    return figure.without_forecast() if has_nothing_ahead else figure


def _ahead(figure: Figure, plan: Plan, tally: TargetCounts, sources: Sources, common: _Common) -> Figure:
    target, absence = plan.target, _absence(plan, common.absences)
    met_on = common.met_on.get(target.id)
    if target.id in common.reached:
        return with_reaching(
            figure,
            plan,
            common.reached[target.id],
            sources,
            runs=common.runs,
            absence=absence,
            marked=common.marked,
            met_on=met_on,
        )
    if not target.kind.counts_people:
        return figure
    return _with_outlook(
        figure,
        plan,
        tally.numbers,
        until=sources.forecast_day(plan),
        free=free_for(
            plan,
            tally,
            runs=common.runs,
            days=common.days,
            shut_out=common.shut_out.get(target.id, frozenset()),
            sources=sources,
        ),
        absence=absence,
        has_marks=bool(plan.courses & common.marked),
        met_on=met_on,
        last_start=_last_start(plan, sources),
    )


def _with_outlook(
    figure: Figure,
    plan: Plan,
    parts: Mapping[str, int],
    *,
    until: date | None,
    free: Free,
    absence: PlanningAbsence,
    has_marks: bool,
    met_on: date | None,
    last_start: date | None,
) -> Figure:
    forecast = _forecast(figure, plan, parts["booked"], free, absence)

    def verdict(asked: Forecast | None) -> Verdict:
        return verdict_on_people(
            asked, as_at=figure.looked_at_on, deadline=until, has_marks=has_marks, met_on=met_on
        )

    found = with_outstanding(verdict, forecast, unmarked=parts["unmarked"], to_come=parts["to_come"])
    found = replace(found, doubt=doubt_in_words(figure.flagged, figure.denominator))
    return replace(
        figure, forecast=forecast, verdict=found, outstanding_marks=parts["outstanding_marks"],
        after_deadline=parts["later"] - parts["booked"], last_start=last_start,
        forecast_for=until,
    )  # fmt: skip


def _forecast(
    figure: Figure, plan: Plan, booked: int, free: Free, absence: PlanningAbsence
) -> Forecast | None:
    if figure.required is None and not figure.has_no_one:
        return None
    return Forecast(
        required=figure.required or 0,
        people=figure.denominator,
        complete=figure.numerator,
        booked=booked,
        free=free.total,
        single_days=free.single_days,
        shut_out=free.shut_out,
        absence=absence.share,
        absence_words=absence.words,
        usual_capacity=plan.usual_capacity,
    )


def _absence(plan: Plan, of_programmes: Mapping[int, PlanningAbsence]) -> PlanningAbsence:
    """What the target says or, when it says nothing, what its programme’s past places tell."""
    stated = plan.rule.planning_absence
    return planned_at(stated) if stated is not None else of_programmes[plan.target.programme_id]


def _last_start(plan: Plan, sources: Sources) -> date | None:
    """Of its longest course, by the day that the forecast is for; none once that day is over."""
    days = [
        len(sources.shapes[course].versions[-1].components)
        for course in plan.courses
        if course in sources.shapes and sources.shapes[course].versions
    ]
    end = sources.forecast_day(plan)
    found = last_useful_start(end, max(days)) if end and days else None
    return found if found and found > sources.moment.as_at else None


# --- What a colour asks besides ------------------------------------------------------------------------


def _courses(plans: Sequence[Plan], moment: Moment) -> tuple[Mapping[int, set[int]], set[int]]:
    """By each target's id the courses that its figure is about; and those of all of them of which any
    register is marked. One statement."""
    parts = [courses_of(plan) for plan in plans if plan.target.kind is TargetKind.REACH]
    parts += [
        select(literal(plan.target.id, Integer), Course.id).where(Course.id.in_(sorted(plan.courses)))
        for plan in plans
        if plan.courses
    ]
    if not parts:
        return {}, set()
    every = union_all(*parts).subquery()
    target_id, course_id = every.c
    is_marked = exists().where(
        Mark.version_id == CourseVersion.id,
        Mark.held_on <= moment.as_at,
        says_something(moment.known_at),
    )
    statement = select(target_id, course_id, is_marked).outerjoin_from(
        every, CourseVersion, CourseVersion.course_id == course_id
    )
    found: dict[int, set[int]] = defaultdict(set)
    marked = set()
    for of_target, course, has_marks in db.session.execute(statement).tuples():
        found[of_target].add(course)
        if has_marks:
            marked.add(course)
    return found, marked
