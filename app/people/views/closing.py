"""Until when a team or an organisation is used, and taking that back."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.filters import day
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_flashed, rule_errors_on
from app.people import queries, rules
from app.people.forms import LastDayForm
from app.people.models import Organisation, Team
from app.people.views.blueprint import bp

MOST_SHOWN = 50
_PATHS = "<any(teams, organisations):path>"


@bp.route(f"/{_PATHS}/<int:thing_id>/last-day", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def last_day(path: str, thing_id: int) -> str | Response:
    """Ask for the last day; below it stands who belongs to the team or the organisation after that."""
    thing = _found(path, thing_id)
    form = LastDayForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.record_last_day(
                thing=thing, last_day=form.last_day.data, by=current_actor(), now=clock.now()
            )
            db.session.commit()
            flash(f"The last day of {thing.name} is {day(form.last_day.data)}.")
            return redirect(_page_of(thing))
    after = form.last_day.data or clock.today()
    people = db.session.scalars(queries.people_after(thing, after).limit(MOST_SHOWN)).all()
    return render_template(
        "people/last_day.html", form=form, thing=thing, after=after, people=people, back=_page_of(thing)
    )


@bp.post(f"/{_PATHS}/<int:thing_id>/last-day/take-back")
@requires(Permission.EDIT_PEOPLE)
def take_back_last_day(path: str, thing_id: int) -> Response:
    """The team or the organisation is used again."""
    thing = _found(path, thing_id)
    with rule_errors_flashed():
        rules.take_back_last_day(thing=thing, by=current_actor(), now=clock.now())
        db.session.commit()
        flash(f"{thing.name} is in use again.")
    return redirect(_page_of(thing))


def _found(path: str, thing_id: int) -> Team | Organisation:
    return get_or_404(Team, thing_id) if path == "teams" else get_or_404(Organisation, thing_id)


def _page_of(thing: Team | Organisation) -> str:
    if isinstance(thing, Team):
        return url_for("people.team", team_id=thing.id)
    return url_for("people.organisation", organisation_id=thing.id)
