"""Targets and their figures on any date, and the definitions behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.audit import queries as audit
from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.errors import check_all
from app.core.filters import listed
from app.core.forms import SelectChoice, choices_from
from app.core.permissions import Permission
from app.core.web import (
    current_actor,
    get_or_404,
    one_or_404,
    paginate,
    requires,
    rule_errors_on,
    why_not,
)
from app.figures import files, queries, rules
from app.figures.forms import DatesForm, KindForm, TargetForm, among_from
from app.figures.forms.targets import ASKED
from app.figures.models import Cohort, Population, ReachStep, Target, TargetKind
from app.figures.queries import Counted, Figure
from app.people.models import Person
from app.programmes import queries as programmes
from app.programmes.models import Course, Programme

bp = Blueprint("figures", __name__)


@bp.get("/targets")
@requires(Permission.SEE_FIGURES)
def targets() -> str:
    """Every target that is asked for, with its figure, on any date; and how many had ended by then."""
    dates = DatesForm.read(request.args)
    on: list[queries.Grouped] = []
    others: list[queries.Grouped] = []
    ended = 0
    if dates.is_right:
        asked_for = list(db.session.scalars(queries.targets(as_at=dates.on, known_at=dates.known)))
        found = _figures(asked_for, dates)
        until = min(dates.on, clock.today())
        on, others = queries.by_programme(asked_for, found, as_at=until, known_at=dates.known)
        ended = queries.ended_count(as_at=dates.on, known_at=dates.known)
    return render_template("figures/targets.html", form=dates, on=on, others=others, ended=ended)


@bp.get("/programmes/<int:programme_id>/targets")
@requires(Permission.SEE_FIGURES)
def programme_targets(programme_id: int) -> str:
    """The targets of one programme, with their figures as the list of all of them has them (AM-01)."""
    programme = get_or_404(Programme, programme_id)
    dates = DatesForm.read(request.args)
    shown = []
    if dates.is_right:
        asked_for = queries.targets_of_programme(programme, as_at=dates.on, known_at=dates.known)
        shown = _figures(list(db.session.scalars(asked_for)), dates)
    return render_template("figures/programme_targets.html", programme=programme, form=dates, figures=shown)


def _figures(targets: Sequence[Target], dates: DatesForm) -> list[Figure]:
    """The figures of some targets, as whoever asks may see them."""
    figures = queries.figures(targets, as_at=dates.on, known_at=dates.known)
    return queries.as_seen(figures, sees_names=current_actor().sees_names)


@bp.get("/targets/<code>")
@requires(Permission.SEE_FIGURES)
def target(code: str) -> str:
    """One target: its figure in words and, for those who may see names, who is outstanding."""
    found = one_or_404(queries.target_coded(code))
    dates = DatesForm.read(request.args)
    names = ("figure", "beside", "may_override", "twice", "asked", "outstanding", "history")
    context: dict[str, Any] = dict.fromkeys(names)
    end, today = queries.end_of(found), clock.today()
    if dates.is_right:
        [plan], sees_names = queries.plans_for([found], dates.known), current_actor().sees_names
        figure = queries.figure(found, as_at=dates.on, known_at=dates.known, plan=plan)
        [told] = queries.as_seen([figure], sees_names=sees_names)
        context |= {"figure": told} | _beside(found, told, dates, sees_names=sees_names)
        context["may_override"] = not dates.is_to_come and rules.can_override(figure, end, on=today)
        if not told.is_few:
            context["twice"] = queries.possible_duplicates_counted(plan, **dates.chosen)
        if sees_names and found.kind.has_scope:
            context["asked"] = queries.outstanding(plan, **dates.chosen, until=dates.forecast_day)
            context["outstanding"] = paginate(context["asked"].people, scalars=False)
    if current_actor().can(Permission.EDIT_TARGETS):
        context["history"] = list(db.session.scalars(audit.history_of("target", found.id).limit(20)))
    context |= {"end": end, "today": today, "started_lately": queries.STARTED_LATELY}
    return render_template("figures/target.html", target=found, form=dates, **context)


def why_not_set(target: Target, *checks: Callable[..., object]) -> Response | None:
    """Of a target that has ended, or of which another of these rules refuses today what a form asks for,
    there is nothing to fill in: back to its page, which says why. What was typed before is kept, and refused
    by its rule."""
    if request.method == "POST":
        return None
    asked = [partial(check, target, on=clock.today()) for check in (rules.check_has_not_ended, *checks)]
    return why_not(partial(check_all, *asked), back_to=url_for("figures.target", code=target.code))


def _beside(target: Target, figure: Figure, dates: DatesForm, *, sees_names: bool) -> dict[str, Any]:
    """What stands beside a figure, with its picture."""
    beside = queries.beside_target(target, **dates.chosen, until=dates.forecast_day, sees_names=sees_names)
    return {
        "beside": beside,
        "months": files.months_of(figure, beside),
        "month_rows": files.month_rows(beside.months, as_at=figure.as_at, deadline=figure.deadline),
        "steps": files.steps_of(target, figure, beside),
        "waves": files.waves_of(figure, beside),
    }


@bp.get(f"/targets/<code>/people/<any({', '.join(Counted)}):which>")
@requires(Permission.SEE_COHORT_NAMES)
def counted_people(code: str, which: str) -> str:
    """The people behind one number of a target, or of a part of it (?service=Children in Care&role=...)."""
    found = one_or_404(queries.target_coded(code))
    dates = DatesForm.read(request.args)
    if Counted(which) not in queries.lists_of(found) or not dates.is_right:
        abort(404)
    among = among_from(request.args)
    people = queries.counted(found, Counted(which), **dates.chosen, until=dates.forecast_day, among=among)
    page = paginate(people, scalars=False)
    return render_template(
        "figures/counted_people.html",
        target=found,
        which=Counted(which),
        among=among,
        form=dates,
        page=page,
        **_beside_people(found, Counted(which), [row.Person for row in page.rows], dates),
    )


def _beside_people(
    target: Target, which: Counted, shown: Sequence[Person], dates: DatesForm
) -> dict[str, Any]:
    """What is said besides of the people of a page: for what those wait who are not booked, and which days
    there are by the deadline for those who would do them after it, as these can be booked today (U-11)."""
    beside: dict[str, Any] = {"waiting": None, "in_time": None, "deadline": None}
    if which is Counted.NOT_BOOKED:
        beside["waiting"] = queries.waiting_of(target, [one.id for one in shown], **dates.chosen)
    elif which is Counted.TOO_LATE and shown and dates.is_now:
        beside["in_time"] = queries.days_in_time(target, shown, now=clock.now())
        beside["deadline"] = queries.target_rules([target.id])[target.id].deadline
    return beside


@bp.get("/targets/new")
@requires(Permission.EDIT_TARGETS)
def choose_kind() -> str | Response:
    """The first question of a new target: what kind of measure it is."""
    form = KindForm(formdata=request.args)
    if "kind" in request.args and form.validate():
        return redirect(url_for("figures.new_target", kind=form.kind.data))
    return render_template("figures/choose_kind.html", form=form)


@bp.route(f"/targets/new/<any({', '.join(TargetKind)}):kind>", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def new_target(kind: str) -> str | Response:
    """Set up a target of one kind."""
    chosen = TargetKind(kind)
    form = TargetForm.of(chosen, is_new=True)
    _offer(form, chosen)
    form.also(lambda: rules.check_code(form.code.data or ""), *_rules_of(form, chosen))
    if form.validate_on_submit():
        with rule_errors_on(form):
            made = rules.add_target(
                code=form.code.data or "",
                kind=chosen,
                programme=get_or_404(Programme, int(form.programme.data)),
                population=_chosen(form, "population", Population),
                cohort=_chosen(form, "cohort", Cohort),
                reach_step=ReachStep(form.reach_step.data) if form.reach_step else None,
                **_asked(form, chosen),
            )
            db.session.commit()
            flash("The target is set up.")
            _warn(made, form)
            return redirect(url_for("figures.target", code=made.code))
    return render_template("figures/new_target.html", form=form, kind=chosen)


@bp.route("/targets/<code>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def edit_target(code: str) -> str | Response:
    """Change what a target asks; the rule until now is kept for figures as known before."""
    found = one_or_404(queries.target_coded(code))
    rule = queries.target_rules([found.id])[found.id]
    seen = edition(rules.values_of_target(found, rule))
    form = TargetForm.of(found.kind, is_new=False, rule=rule, title=found.title, seen=seen)
    form.offer_courses(list(db.session.scalars(programmes.courses())), found.kind)
    form.also(*_rules_of(form, found.kind, found))
    if form.validate_on_submit():
        with rule_errors_on(form), form.noticing_changes():
            rules.change_target(
                target=found,
                reason=form.reason.data,
                seen=form.seen.data or "",
                **_asked(form, found.kind),
            )
            db.session.commit()
            flash("The target is changed.")
            _warn(found, form)
            return redirect(url_for("figures.target", code=found.code))
    return render_template("figures/edit_target.html", form=form, target=found)


def _warn(target: Target, form: TargetForm) -> None:
    """Of what may be a slip, or the academy may not want."""
    _warn_of_overlap(target)
    warn_of_more(target, form.minimum_count.data if form.minimum_count else None)
    deadline = form.deadline.data if form.deadline else None
    if words := queries.later_than_programme(target, deadline):
        flash(words, "warning")


def warn_of_more(target: Target, count: int | None) -> None:
    """Say so where more people are asked for than are in scope."""
    if words := queries.more_than_in_scope(target, count):
        flash(words, "warning")


def _warn_of_overlap(target: Target) -> None:
    """Small groups are hidden within one target alone (BM-05): the academy may not want both."""
    others = queries.overlapping_targets(target, on=clock.today())
    if others:
        titles = listed(f"“{one.title}”" for one in others)
        flash(
            f"Some of the people of {titles} are counted here, too. Small groups are hidden in each target "
            f"by itself: a board member who compares what they show may learn about {queries.FEW} people; "
            "where the courses differ, how many they are. If that must not be, end one of the targets.",
            "warning",
        )


@bp.get("/definitions")
@requires(Permission.SEE_FIGURES)
def definitions() -> str:
    """What every figure means, in words (BM-06)."""
    found = list(db.session.scalars(queries.targets(as_at=clock.today())))
    figures = queries.as_seen(
        queries.figures(found, as_at=clock.today()), sees_names=current_actor().sees_names
    )
    kinds = [(kind.label, kind.meaning) for kind in TargetKind]
    return render_template(
        "figures/definitions.html",
        kinds=kinds,
        figures=figures,
        colours_of_scores=queries.COLOURS_OF_SCORES,
        check_data=queries.CHECK_DATA,
        doubts=[flag.label for flag in queries.Flag],
        few=queries.FEW,
        how_planned=queries.HOW_PLANNED,
        turnover_months=queries.TURNOVER_MONTHS,
    )


def _asked(form: TargetForm, kind: TargetKind) -> dict[str, Any]:
    """What the form says of a target's rule, for the rules that set up and change one."""
    return {
        "title": form.title.data or "",
        "by": current_actor(),
        "now": clock.now(),
        **_rule(form, kind),
    }


def _rule(form: TargetForm, kind: TargetKind) -> rules.TargetTerms:
    """What the form says that the target asks."""
    asked = {name: form[name].data for name in ASKED[kind] - {"course"}}
    return rules.TargetTerms(**asked, course=_chosen(form, "course", Course))  # type: ignore[typeddict-item]


def _rules_of(form: TargetForm, kind: TargetKind, target: Target | None = None) -> list[Callable[[], object]]:
    """The rules that are asked of what can be read of a target, though something else can't be."""
    return [
        lambda: rules.check_title(form.title.data or "", on=clock.today(), target=target),
        lambda: rules.check_asked(
            kind,
            target.programme if target else _chosen(form, "programme", Programme),
            _rule(form, kind),
        ),
    ]


def _chosen(form: TargetForm, name: str, model: type[Any]) -> Any:
    field = form._fields.get(name)
    if field is None or field.errors or not field.data:
        return None
    return get_or_404(model, int(field.data))


def _offer(form: TargetForm, kind: TargetKind) -> None:
    """What the lists of a new target's form hold."""
    form.offer_courses(list(db.session.scalars(programmes.courses())), kind)
    form.programme.choices = [SelectChoice(value="", label="Choose a programme")] + [
        SelectChoice(value=str(one.id), label=one.title)
        for one in db.session.scalars(programmes.programmes())
    ]
    if form.population:
        blank = "Everybody" if kind is TargetKind.REACH else "Choose a population"
        form.population.choices = choices_from(db.session.scalars(queries.populations()), blank=blank)
    if form.cohort:
        cohorts = db.session.scalars(queries.cohorts())
        form.cohort.choices = choices_from(cohorts, blank="Choose a cohort")
