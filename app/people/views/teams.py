"""Teams, and who is in each on a date."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.audit import queries as audit
from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.filters import day as in_words
from app.core.permissions import Permission
from app.core.web import Page, current_actor, get_or_404, paginate, requires, rule_errors_on
from app.people import queries, rules
from app.people.forms import MovedTeamForm, OnFilter, TeamForm
from app.people.models import Absence, Service, Spell, Team
from app.people.views.blueprint import bp, offer_lists


@bp.get("/teams")
@requires(Permission.SEE_ALL_PEOPLE)
def teams() -> str:
    """Every team, by service, with how many are in it today."""
    return render_template(
        "people/teams.html",
        page=paginate(queries.teams(), size=50),
        headcounts=dict(db.session.execute(queries.headcounts(Spell.team_id, clock.today())).tuples().all()),
    )


@bp.route("/teams/new", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def new_team() -> str | Response:
    form = TeamForm()
    offer_lists(form)
    if form.validate_on_submit():
        with rule_errors_on(form):
            service = get_or_404(Service, form.service.number or 0)
            team = rules.add_team(
                name=form.name.data or "", service=service, by=current_actor(), now=clock.now()
            )
            db.session.commit()
            flash(f"The team {team.name} is added.")
            return redirect(url_for("people.team", team_id=team.id))
    return render_template("people/team_form.html", form=form, team=None)


@bp.get("/teams/<int:team_id>")
@requires(Permission.SEE_ALL_PEOPLE, Permission.SEE_OWN_TEAM)
def team(team_id: int) -> str:
    """Who is, or was, in a team on a date, the service that it belonged to then, and all that it did."""
    found = get_or_404(Team, team_id)
    rules.check_can_see_team(found, current_actor())
    form = OnFilter(request.args)
    form.validate()
    on = form.on.day or clock.today()
    page = paginate(queries.people_in_teams({found.id}, on), scalars=False)
    services = db.session.scalars(queries.services_of(found.id)).all()
    return render_template(
        "people/team.html",
        team=found,
        service=next(one.service for one in services if one.covers(on)),
        services=services,
        form=form,
        on=on,
        page=page,
        absent=_absent(page, on),
    )


@bp.route("/teams/<int:team_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def edit_team(team_id: int) -> str | Response:
    """Rename a team, or move it to another service."""
    found = get_or_404(Team, team_id)
    seen = edition(rules.values_of_team(found))
    form = MovedTeamForm(data={"name": found.name, "service": str(found.service.id), "seen": seen})
    offer_lists(form)
    if form.validate_on_submit():
        with rule_errors_on(form), form.noticing_changes():
            service = get_or_404(Service, form.service.number or 0)
            rules.edit_team(
                team=found,
                name=form.name.data or "",
                service=service,
                first_day=form.first_day.data,
                was_wrong=form.was_wrong.data,
                seen=form.seen.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash(f"The team is saved.{_later_move(found, form.first_day.data)}")
            return redirect(url_for("people.team", team_id=team_id))
    return render_template("people/team_form.html", form=form, team=found)


@bp.get("/teams/<int:team_id>/history")
@requires(Permission.SEE_ALL_PEOPLE)
def team_history(team_id: int) -> str:
    """What was done to a team."""
    found = get_or_404(Team, team_id)
    page = paginate(audit.history_of("team", found.id))
    return render_template("people/team_history.html", team=found, page=page)


def _later_move(team: Team, first_day: date | None) -> str:
    """What ends a move of an earlier day."""
    later = db.session.scalar(queries.next_service(team.id, first_day)) if first_day else None
    if later is None:
        return ""
    return (
        f" It moved to {later.service.name} on {in_words(later.first_day)}, as was recorded before. If that "
        "is wrong, save it once more with that day and the right service."
    )


def _absent(page: Page[Any], on: Any) -> dict[int, Absence]:
    """The long-term absences on the date of those on this page of a list."""
    ids = [person.id for person, _ in page.rows]
    return {absence.person_id: absence for absence in db.session.scalars(queries.absent_among(ids, on))}
