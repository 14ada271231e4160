"""The academy's own colour for a target, beside the computed one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, one_or_404, requires, rule_errors_flashed, rule_errors_on
from app.figures import queries, rules
from app.figures.forms import ColourForm
from app.figures.models import OVERRIDE_DAYS, Colour
from app.figures.views.targets import bp, why_not_set


@bp.route("/targets/<code>/colour", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def override_colour(code: str) -> str | Response:
    """Give a target another colour from today, for a time and with a reason (4.12)."""
    found = one_or_404(queries.target_coded(code))
    if refused := why_not_set(found, rules.check_is_computed):
        return refused
    form = ColourForm(days=OVERRIDE_DAYS)
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.override_colour(
                target=found,
                colour=Colour(form.colour.data),
                days=form.days.data or 0,
                reason=form.reason.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("The colour is overridden. Both colours are shown.")
            return redirect(url_for("figures.target", code=found.code))
    return render_template("figures/override_colour.html", form=form, target=found)


@bp.post("/targets/<code>/colour/<int:override_id>/take-back")
@requires(Permission.EDIT_TARGETS)
def take_back_override(code: str, override_id: int) -> Response:
    """From now on the computed colour stands alone."""
    found = one_or_404(queries.target_coded(code))
    override = one_or_404(queries.override(found, override_id))
    with rule_errors_flashed():
        rules.take_back_override(target=found, override=override, by=current_actor(), now=clock.now())
        db.session.commit()
        flash("The computed colour stands alone again.")
    return redirect(url_for("figures.target", code=found.code))
