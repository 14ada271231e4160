"""Changing a run that is scheduled: what it is called. Its sessions are changed where bookings are known."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, requires, rule_errors_on, why_not
from app.sessions import rules
from app.sessions.forms import RunForm
from app.sessions.forms.planning import run_values
from app.sessions.views.runs import bp, run_or_404


@bp.route("/runs/<int:run_id>/edit", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def edit_run(run_id: int) -> str | Response:
    """Change a run's code, the fewest people and its note; its sessions are changed from here one by one."""
    found, run_page = run_or_404(run_id), url_for("bookings.run", run_id=run_id)
    if refused := why_not(partial(rules.check_not_cancelled, found), back_to=run_page):
        return refused
    form = RunForm(data=run_values(found))
    if form.validate_on_submit():
        with rule_errors_on(form), form.noticing_changes():
            rules.change_run(
                run=found,
                code=form.code.data or "",
                minimum_places=form.minimum_places.data or 0,
                note=form.note.data or "",
                seen=form.seen.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("The run is changed.")
            return redirect(run_page)
    return render_template("sessions/edit_run.html", form=form, run=found)
