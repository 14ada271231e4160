"""Partner organisations, their sectors, and who belongs to each."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.audit import queries as audit
from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, paginate, requires, rule_errors_on
from app.people import queries, rules
from app.people.forms import ColleagueForm, OnFilter, OrganisationFilters, OrganisationForm
from app.people.models import Organisation, Person, Sector, Spell
from app.people.views.blueprint import bp, offer_lists


@bp.get("/organisations")
@requires(Permission.SEE_ALL_PEOPLE)
def organisations() -> str:
    """Every partner organisation by name, with how many belong to it today."""
    filters = OrganisationFilters(request.args)
    offer_lists(filters, blank="All sectors")
    is_understood = filters.validate()
    sector_id = filters.sector.number if is_understood else None
    return render_template(
        "people/organisations.html",
        form=filters,
        page=paginate(queries.organisations(filters.q.data, sector_id)),
        headcounts=dict(
            db.session.execute(queries.headcounts(Spell.organisation_id, clock.today())).tuples().all()
        ),
    )


@bp.route("/organisations/new", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def new_organisation() -> str | Response:
    form = OrganisationForm()
    offer_lists(form)
    if form.validate_on_submit():
        with rule_errors_on(form):
            sector = get_or_404(Sector, form.sector.number or 0)
            added = rules.add_organisation(
                name=form.name.data or "", sector=sector, by=current_actor(), now=clock.now()
            )
            db.session.commit()
            flash(f"{added.name} is added.")
            return redirect(url_for("people.organisation", organisation_id=added.id))
    return render_template("people/organisation_form.html", form=form, organisation=None)


@bp.get("/organisations/<int:organisation_id>")
@requires(Permission.SEE_ALL_PEOPLE)
def organisation(organisation_id: int) -> str:
    """Who belongs, or belonged, to an organisation on a date."""
    found = get_or_404(Organisation, organisation_id)
    form = OnFilter(request.args)
    form.validate()
    on = form.on.day or clock.today()
    statement = queries.directory(None, None, organisation_id=found.id, on=on)
    return render_template(
        "people/organisation.html",
        organisation=found,
        is_closed=found.is_closed_on(clock.today()),
        form=form,
        on=on,
        page=paginate(statement, scalars=False),
    )


@bp.route("/organisations/<int:organisation_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def edit_organisation(organisation_id: int) -> str | Response:
    """Rename an organisation, or count it under another sector."""
    found = get_or_404(Organisation, organisation_id)
    seen = edition(rules.values_of_organisation(found))
    form = OrganisationForm(data={"name": found.name, "sector": str(found.sector.id), "seen": seen})
    offer_lists(form)
    if form.validate_on_submit():
        with rule_errors_on(form), form.noticing_changes():
            sector = get_or_404(Sector, form.sector.number or 0)
            rules.edit_organisation(
                organisation=found,
                name=form.name.data or "",
                sector=sector,
                seen=form.seen.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("The organisation is saved.")
            return redirect(url_for("people.organisation", organisation_id=organisation_id))
    return render_template("people/organisation_form.html", form=form, organisation=found)


@bp.get("/organisations/<int:organisation_id>/history")
@requires(Permission.SEE_ALL_PEOPLE)
def organisation_history(organisation_id: int) -> str:
    """What was done to an organisation."""
    found = get_or_404(Organisation, organisation_id)
    page = paginate(audit.history_of("organisation", found.id))
    return render_template("people/organisation_history.html", organisation=found, page=page)


@bp.route("/my-organisation/new", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_ORGANISATION)
def add_colleague() -> str | Response:
    """Add somebody of the own organisation, then choose a run for them."""
    own = min(current_actor().organisation_ids, default=None) or abort(404)
    organisation, form = get_or_404(Organisation, own), ColleagueForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            person = rules.add_colleague(
                organisation=organisation,
                first_name=form.first_name.data or "",
                last_name=form.last_name.data or "",
                email=form.email.data,
                job_title=form.job_title.data or None,
                is_somebody_else=form.is_somebody_else.data,
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash(f"{person.name} is added. Choose a run for them now, or come back later.")
            return redirect(url_for("bookings.open_runs", person=person.id))
    return render_template(
        "people/add_colleague.html", form=form, organisation=organisation, namesakes=_namesakes(form, own)
    )


def _namesakes(form: ColleagueForm, organisation_id: int) -> list[tuple[Person, Spell]]:
    """Of whom it is asked, or was said, that they are somebody else than the one being added."""
    if not form.is_somebody_else.errors and not form.is_somebody_else.data:
        return []
    return queries.namesakes_at(
        organisation_id, form.first_name.data or "", form.last_name.data or "", on=clock.today()
    )
