"""Targets that are asked for no more: ending one, putting it back, and the list of them."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.filters import day
from app.core.permissions import Permission
from app.core.web import current_actor, one_or_404, requires, rule_errors_on, why_not
from app.figures import queries, rules
from app.figures.forms import DatesForm, EndForm, TakeBackForm
from app.figures.views.targets import bp


@bp.get("/ended-targets")
@requires(Permission.SEE_FIGURES)
def ended_targets() -> str:
    """The targets that had ended on a day, each with its last figure."""
    dates = DatesForm.read(request.args)
    found = queries.ended(as_at=dates.on, known_at=dates.known) if dates.is_right else []
    found = queries.as_seen(found, sees_names=current_actor().sees_names)
    return render_template("figures/ended_targets.html", form=dates, ended=found)


@bp.route("/targets/<code>/end", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def end_target(code: str) -> str | Response:
    """Say until when a target is asked for, and why no longer."""
    found = one_or_404(queries.target_coded(code))
    form = EndForm(last_day=clock.today())
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.end_target(
                target=found,
                last_day=form.last_day.data,
                reason=form.reason.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash(f"The target ends with {day(form.last_day.data)}. Figures of later days leave it out.")
            return redirect(url_for("figures.target", code=found.code))
    return render_template("figures/end_target.html", form=form, target=found, end=queries.end_of(found))


@bp.route("/targets/<code>/end/take-back", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def take_back_end(code: str) -> str | Response:
    """Put a target back that had ended; where it has no end, its page says so."""
    found = one_or_404(queries.target_coded(code))
    form, target_page = TakeBackForm(), url_for("figures.target", code=found.code)
    if refused := why_not(partial(rules.check_has_end, found), back_to=target_page):
        return refused
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.take_back_end(
                target=found, reason=form.reason.data or "", by=current_actor(), now=clock.now()
            )
            db.session.commit()
            flash("The target is put back.")
            return redirect(target_page)
    return render_template("figures/take_back_end.html", form=form, target=found)
