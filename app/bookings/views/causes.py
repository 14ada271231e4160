"""The list of reasons for which people give a place up or do not come."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.bookings import queries, rules
from app.bookings.forms import CauseForm
from app.bookings.models import LeavingCause
from app.bookings.views.blueprint import bp
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_on


@bp.get("/charges/reasons")
@requires(Permission.KEEP_CHARGES)
def causes() -> str:
    """Every reason, and whether it is charged and can still be chosen."""
    return render_template("bookings/causes.html", causes=db.session.scalars(queries.every_cause()).all())


@bp.route("/charges/reasons/new", methods=["GET", "POST"])
@requires(Permission.KEEP_CHARGES)
def new_cause() -> str | Response:
    """Add a reason."""
    form = CauseForm()
    del form.is_offered
    if form.validate_on_submit():
        with rule_errors_on(form):
            cause = rules.add_cause(
                name=form.name.data or "",
                is_charged=form.is_charged.data,
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash(f"“{cause.name}” can be chosen now.")
            return redirect(url_for("bookings.causes"))
    return render_template("bookings/edit_cause.html", form=form, cause=None)


@bp.route("/charges/reasons/<int:cause_id>", methods=["GET", "POST"])
@requires(Permission.KEEP_CHARGES)
def edit_cause(cause_id: int) -> str | Response:
    """Rename a reason, charge it or not, or offer it no longer."""
    cause = get_or_404(LeavingCause, cause_id)
    form = CauseForm(obj=cause)
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.change_cause(
                cause=cause,
                name=form.name.data or "",
                is_charged=form.is_charged.data,
                is_offered=form.is_offered.data,
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("The reason is changed.")
            return redirect(url_for("bookings.causes"))
    return render_template("bookings/edit_cause.html", form=form, cause=cause)
