"""The sessions of a deliverable: which count, which are delivered, which are to come."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import Page, current_actor, one_or_404, paginate, requires, rule_errors_on
from app.figures import queries, rules
from app.figures.forms import DatesForm, SessionsForm
from app.figures.models import Target, TargetKind
from app.figures.views.targets import bp


@bp.get("/targets/<code>/sessions")
@requires(Permission.SEE_FIGURES)
def target_sessions(code: str) -> str:
    """The programme's sessions by date: which count, and what has become of each (T09). No names."""
    found = _deliverable(code)
    dates = DatesForm.read(request.args)
    on = dates.happened_by if dates.is_right else clock.today()
    statement = queries.programme_sessions(found, known_at=dates.known)
    until = dates.forecast_day if dates.is_right else None
    page = paginate(statement, scalars=False)
    return render_template(
        "figures/target_sessions.html",
        target=found,
        form=dates,
        page=page,
        sessions=[queries.session_on_day(row, on) for row in page.rows],
        deliveries=queries.deliveries_of([found], as_at=on, known_at=dates.known, until=until)[found.id],
    )


@bp.route("/targets/<code>/sessions/tick", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def tick_sessions(code: str) -> str | Response:
    """Say which sessions count under the contract."""
    found = _deliverable(code)
    page: Page[queries.SessionOnDay] = paginate(queries.programme_sessions(found), scalars=False)
    sessions = [queries.session_on_day(row, clock.today()) for row in page.rows]
    form = SessionsForm.of(sessions)
    if form.validate_on_submit():
        with rule_errors_on(form):
            added, dropped = rules.tick_sessions(
                target=found,
                offered=form.session_ids(),
                ticked=[int(one) for one in form.sessions.data or []],
                reason=form.reason.data,
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash(f"Saved: {added:,} more count, {dropped:,} no longer.")
            return redirect(url_for("figures.target_sessions", code=found.code))
    return render_template(
        "figures/tick_sessions.html", target=found, form=form, page=page, sessions=sessions
    )


def _deliverable(code: str) -> Target:
    found = one_or_404(queries.target_coded(code))
    if found.kind is not TargetKind.DELIVERABLE:
        abort(404)
    return found
