"""The switch by which the academy lets a run's trainers see how to reach people. (TR-01)"""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, requires, rule_errors_flashed
from app.sessions import rules
from app.sessions.views.runs import bp, run_or_404


@bp.post("/runs/<int:run_id>/contacts")
@requires(Permission.SCHEDULE_RUNS)
def show_contacts(run_id: int) -> Response:
    """Show e-mail addresses to the trainers of a run, or hide them again."""
    found, are_shown = run_or_404(run_id), request.form.get("shown") == "yes"
    with rule_errors_flashed():
        rules.show_contacts(run=found, are_shown=are_shown, by=current_actor(), now=clock.now())
        db.session.commit()
        what = "the e-mail addresses of the people on it" if are_shown else "names alone"
        flash(f"The trainers of {found.code} see {what}.")
    return redirect(url_for("bookings.run", run_id=run_id))
