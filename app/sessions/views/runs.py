"""The history of a run; its page, and the lists of runs, are where bookings are known."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, url_for

from app.audit import queries as audit
from app.core.permissions import Permission
from app.core.web import paginate, requires
from app.sessions import queries
from app.sessions.models import Run, Trainer, Venue

bp = Blueprint("sessions", __name__)


def run_or_404(run_id: int) -> Run:
    """The run with what its pages show."""
    return queries.run_in_full(run_id) or abort(404)


def page_of(thing: Venue | Trainer) -> str:
    """Where a venue or a trainer is looked at."""
    if isinstance(thing, Venue):
        return url_for("sessions.edit_venue", venue_id=thing.id)
    return url_for("sessions.trainer", trainer_id=thing.id)


@bp.get("/runs/<int:run_id>/history")
@requires(Permission.SCHEDULE_RUNS)
def run_history(run_id: int) -> str:
    """What was done to a run, newest first."""
    found = run_or_404(run_id)
    return render_template(
        "sessions/run_history.html", run=found, history=paginate(audit.history_of("run", found.id))
    )
