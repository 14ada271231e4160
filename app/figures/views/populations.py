"""Populations by rule: who is in the denominator of a coverage figure."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.permissions import Permission
from app.core.web import current_actor, one_or_404, requires, rule_errors_on
from app.figures import queries, rules
from app.figures.forms import PopulationForm
from app.figures.views.targets import bp
from app.people import queries as people
from app.people.models import EmploymentType, RoleGroup, Sector, Service, Team


@bp.get("/populations")
@requires(Permission.SEE_FIGURES)
def populations() -> str:
    """Every population with its rule in words."""
    found = list(db.session.scalars(queries.populations()))
    return render_template(
        "figures/populations.html",
        populations=found,
        rules=queries.population_rules([one.id for one in found]),
        in_words=queries.population_in_words,
    )


@bp.get("/populations/<code>")
@requires(Permission.SEE_FIGURES)
def population(code: str) -> str:
    """One population: its rule, the rules before, and the targets that count it."""
    found = one_or_404(queries.population_coded(code))
    targets = list(db.session.scalars(queries.targets_of_population(found)))
    return render_template(
        "figures/population.html",
        population=found,
        rules=list(db.session.scalars(queries.rules_of_population(found))),
        targets=targets,
        ends=queries.ends_of([one.id for one in targets]),
        in_words=queries.population_in_words,
    )


@bp.route("/populations/new", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def new_population() -> str | Response:
    """Set up a population by what its people have in common."""
    form = PopulationForm.of(None)
    _offer(form)
    if form.validate_on_submit():
        with rule_errors_on(form):
            made = rules.add_population(code=form.code.data or "", **_described(form))
            db.session.commit()
            flash("The population is set up.")
            return redirect(url_for("figures.population", code=made.code))
    return render_template("figures/new_population.html", form=form)


@bp.route("/populations/<code>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def edit_population(code: str) -> str | Response:
    """Change who is counted; the rule until now is kept for figures as known before."""
    found = one_or_404(queries.population_coded(code))
    rule = queries.population_rules([found.id])[found.id]
    form = PopulationForm.of(rule, found.name, seen=edition(rules.values_of_population(found, rule)))
    _offer(form)
    if form.validate_on_submit():
        with rule_errors_on(form), form.noticing_changes():
            rules.change_population(
                population=found, reason=form.reason.data, seen=form.seen.data or "", **_described(form)
            )
            db.session.commit()
            flash("The population is changed.")
            return redirect(url_for("figures.population", code=found.code))
    return render_template("figures/edit_population.html", form=form, population=found)


def _offer(form: PopulationForm) -> None:
    """What can be ticked; a closed team, where it was ticked already."""
    ticked = [int(one) for one in form.teams.object_data or []]
    form.offer(
        db.session.scalars(people.role_groups()),
        db.session.scalars(people.services()),
        db.session.scalars(people.teams(open_on=clock.today(), also=ticked)),
        db.session.scalars(people.sectors()),
        db.session.scalars(queries.career_stages()),
    )


def _described(form: PopulationForm) -> dict[str, Any]:
    """What the form says of a population, for the rules that set up and change one."""
    entries = rules.Entries(
        role_groups=_ticked(form, "role_groups", RoleGroup),
        services=_ticked(form, "services", Service),
        teams=_ticked(form, "teams", Team),
        sectors=_ticked(form, "sectors", Sector),
        employment_types=[EmploymentType(one) for one in form.employment_types.data or []],
        career_stages=(form.career_stages.data or []) if form.career_stages else [],
        started_from=form.started_from.data,
        started_to=form.started_to.data,
    )
    return {"name": form.name.data or "", "entries": entries, "by": current_actor(), "now": clock.now()}


def _ticked(form: PopulationForm, name: str, model: type[Any]) -> list[Any]:
    field = form._fields.get(name)
    ids = [int(one) for one in field.data or []] if field is not None else []
    return [row for one in ids if (row := db.session.get(model, one)) is not None]
