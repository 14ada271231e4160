"""The jobs page (SA-04), and /healthz, which looks at the database, its migrations and the scheduler."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, flash, jsonify, redirect, render_template, request, url_for

from app.audit import rules as audit
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, paginate, requires, unattended
from app.jobs import jobs as timetable
from app.jobs import queries
from app.jobs.models import Outcome

bp = Blueprint("jobs", __name__)


@bp.get("/jobs")
@requires(Permission.RUN_JOBS)
def overview() -> str:
    """Each job with its last run, and what the jobs did lately."""
    job, outcome = request.args.get("job", "")[:60], request.args.get("outcome", "")
    chosen = Outcome(outcome) if outcome in set(Outcome) else None
    return render_template(
        "jobs/overview.html",
        timetable=timetable.TIMETABLE.values(),
        titles={job.name: job.title for job in timetable.JOBS},
        last_runs=queries.last_runs(),
        page=paginate(queries.eventful_runs(job=job, outcome=chosen)),
        job=job,
        outcome=chosen or "",
        outcomes=[(one.value, one.label) for one in (Outcome.DONE, Outcome.FAILED)],
        heartbeat=queries.last_heartbeat(),
        schedulers=queries.schedulers(clock.now()),
    )


@bp.post("/jobs/<name>/run")
@requires(Permission.RUN_JOBS)
def run(name: str) -> Response:
    """Run a job now."""
    job_run = timetable.run_by_hand(name)
    title = timetable.TIMETABLE[name].title
    audit.record(by=current_actor(), verb="job:run by hand", thing=job_run, now=clock.now(), label=title)
    db.session.commit()
    flash(
        f"{title}: {job_run.tally.words}",
        "error" if job_run.failed else "message",
    )
    return redirect(url_for("jobs.overview"))  # type: ignore[return-value]


@bp.get("/healthz")
@unattended
def healthz() -> tuple[Response, int]:
    """For a monitor: 200 when the database, its migrations and the scheduler are well, else 503."""
    checks = {"database": queries.database_answers()}
    checks["migrations"] = checks["database"] and queries.migrations_are_applied()
    checks["scheduler"] = checks["migrations"] and queries.scheduler_lives(clock.now())
    words = {name: "ok" if well else "failed" for name, well in checks.items()}
    return jsonify({"status": "ok" if all(checks.values()) else "failed", **words}), 200 if all(
        checks.values()
    ) else 503


def register(app: Flask) -> None:
    """Give the application this room's pages."""
    app.register_blueprint(bp)
