"""The benchmarks of a target: set, changed and taken away."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, one_or_404, requires, rule_errors_on
from app.figures import queries, rules
from app.figures.forms import MilestoneForm, TakeBackForm
from app.figures.models import Milestone, Target
from app.figures.views.targets import bp, warn_of_more, why_not_set


@bp.route("/targets/<code>/milestones/new", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def new_milestone(code: str) -> str | Response:
    """Set a benchmark on the way to a target (T07)."""
    found = one_or_404(queries.target_coded(code))
    if refused := why_not_set(found):
        return refused
    form = MilestoneForm.of(found.kind)
    form.also(partial(_check, found, form))
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.add_milestone(target=found, by=current_actor(), now=clock.now(), **form.asked())
            db.session.commit()
            flash("The milestone is set.")
            warn_of_more(found, form.minimum_count.data)
            return redirect(url_for("figures.target", code=found.code))
    return render_template("figures/milestone.html", form=form, target=found, milestone=None)


@bp.route("/targets/<code>/milestones/<int:milestone_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def edit_milestone(code: str, milestone_id: int) -> str | Response:
    """Another day or number for a benchmark; what it was stays with the reason."""
    found = one_or_404(queries.target_coded(code))
    milestone = one_or_404(queries.milestone(found, milestone_id))
    if refused := why_not_set(found):
        return refused
    form = MilestoneForm.of(found.kind, milestone)
    form.also(partial(_check, found, form, milestone))
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.change_milestone(
                target=found,
                milestone=milestone,
                reason=form.reason.data,
                by=current_actor(),
                now=clock.now(),
                **form.asked(),
            )
            db.session.commit()
            flash("The milestone is changed.")
            warn_of_more(found, form.minimum_count.data)
            return redirect(url_for("figures.target", code=found.code))
    return render_template("figures/milestone.html", form=form, target=found, milestone=milestone)


def _check(target: Target, form: MilestoneForm, milestone: Milestone | None = None) -> None:
    """What the rules say of a milestone, as far as it can be read: of a number that can't be, nothing."""
    if form.minimum_count.errors or (form.minimum_percent and form.minimum_percent.errors):
        return
    asked = form.asked()
    rules.check_milestone(
        target,
        asked["due_on"],
        asked["minimum_percent"],
        asked["minimum_count"],
        asked["title"],
        instead_of=milestone,
    )


@bp.route("/targets/<code>/milestones/<int:milestone_id>/remove", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def remove_milestone(code: str, milestone_id: int) -> str | Response:
    """A benchmark is no longer asked."""
    found = one_or_404(queries.target_coded(code))
    milestone = one_or_404(queries.milestone(found, milestone_id))
    form = TakeBackForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.remove_milestone(
                target=found,
                milestone=milestone,
                reason=form.reason.data,
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("The milestone is taken away.")
            return redirect(url_for("figures.target", code=found.code))
    return render_template("figures/remove_milestone.html", form=form, target=found, milestone=milestone)
