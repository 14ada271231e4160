"""Until when a venue or a trainer is used, and taking that back."""

from __future__ import annotations

from flask import flash, redirect, render_template
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.filters import day
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_flashed, rule_errors_on
from app.people import rules as people
from app.people.forms import LastDayForm
from app.sessions import queries, rules
from app.sessions.models import Trainer, Venue
from app.sessions.views.runs import bp, page_of

MOST_SHOWN = 50
_PATHS = "<any(venues, trainers):path>"


@bp.route(f"/{_PATHS}/<int:thing_id>/last-day", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def last_day(path: str, thing_id: int) -> str | Response:
    """Ask for the last day; below it stand the sessions after that."""
    thing = _found(path, thing_id)
    form = LastDayForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.record_last_day(
                thing=thing, last_day=form.last_day.data, by=current_actor(), now=clock.now()
            )
            db.session.commit()
            flash(f"The last day of {thing.name} is {day(form.last_day.data)}.")
            return redirect(page_of(thing))
    after = form.last_day.data or clock.today()
    sessions = db.session.scalars(queries.sessions_after(thing, after).limit(MOST_SHOWN)).all()
    return render_template(
        "sessions/last_day.html", form=form, thing=thing, after=after, sessions=sessions, back=page_of(thing)
    )


@bp.post(f"/{_PATHS}/<int:thing_id>/last-day/take-back")
@requires(Permission.SCHEDULE_RUNS)
def take_back_last_day(path: str, thing_id: int) -> Response:
    """The venue or the trainer is used again."""
    thing = _found(path, thing_id)
    with rule_errors_flashed():
        people.take_back_last_day(thing=thing, by=current_actor(), now=clock.now())
        db.session.commit()
        flash(f"{thing.name} is in use again.")
    return redirect(page_of(thing))


def _found(path: str, thing_id: int) -> Venue | Trainer:
    return get_or_404(Venue, thing_id) if path == "venues" else get_or_404(Trainer, thing_id)
