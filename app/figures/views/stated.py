"""What documents state of a target: entered, corrected and taken back."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, one_or_404, requires, rule_errors_on
from app.figures import queries, rules
from app.figures.forms import StatedForm, TakeBackForm
from app.figures.models import StatedFigure, Target
from app.figures.views.targets import bp, why_not_set


@bp.route("/targets/<code>/stated/new", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def state_figure(code: str) -> str | Response:
    """Enter a figure as a document states it (AM-13)."""
    found = one_or_404(queries.target_coded(code))
    if refused := why_not_set(found):
        return refused
    form = StatedForm.of(found.kind)
    form.also(partial(_check, found, form))
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.state_figure(target=found, by=current_actor(), now=clock.now(), **form.stated())
            db.session.commit()
            flash("The stated figure is kept. It stands beside what is computed.")
            return redirect(url_for("figures.target", code=found.code))
    return render_template("figures/state_figure.html", form=form, target=found, figure=None)


@bp.route("/targets/<code>/stated/<int:figure_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def correct_stated(code: str, figure_id: int) -> str | Response:
    """A stated figure was typed wrongly; what was typed stays with the reason."""
    found = one_or_404(queries.target_coded(code))
    figure = one_or_404(queries.stated_figure(found, figure_id))
    if refused := why_not_set(found):
        return refused
    form = StatedForm.of(found.kind, figure)
    form.also(partial(_check, found, form, figure))
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.correct_stated(
                target=found,
                figure=figure,
                reason=form.reason.data,
                by=current_actor(),
                now=clock.now(),
                **form.stated(),
            )
            db.session.commit()
            flash("The stated figure is corrected.")
            return redirect(url_for("figures.target", code=found.code))
    return render_template("figures/state_figure.html", form=form, target=found, figure=figure)


def _check(target: Target, form: StatedForm, figure: StatedFigure | None = None) -> None:
    """What the rules say of a stated figure, as far as it can be read."""
    rules.check_stated(target, clock.now(), instead_of=figure, **form.stated())


@bp.route("/targets/<code>/stated/<int:figure_id>/take-back", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def take_back_stated(code: str, figure_id: int) -> str | Response:
    """A stated figure should not have been entered."""
    found = one_or_404(queries.target_coded(code))
    figure = one_or_404(queries.stated_figure(found, figure_id))
    form = TakeBackForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.take_back_stated(
                target=found, figure=figure, reason=form.reason.data, by=current_actor(), now=clock.now()
            )
            db.session.commit()
            flash("The stated figure is taken back.")
            return redirect(url_for("figures.target", code=found.code))
    return render_template("figures/take_back_stated.html", form=form, target=found, figure=figure)
