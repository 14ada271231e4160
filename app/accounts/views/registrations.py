"""The academy's answers to those who registered, and the domains that need none. (MA-01)"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts import queries, rules
from app.accounts.forms import ApproveForm, DomainForm
from app.accounts.models import ApprovedDomain, Claim, Registration
from app.accounts.views.refusing import refusal_page
from app.accounts.views.registering import bp
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.forms import SelectChoice, choices_from
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, paginate, requires, rule_errors_on
from app.people import queries as people
from app.people import rules as people_rules
from app.people.models import Organisation, PersonKind, Sector


@bp.get("/registrations")
@requires(Permission.EDIT_PEOPLE)
def registrations() -> str:
    """Who asks for an account, those that wait first."""
    waiting = list(db.session.scalars(queries.registrations(waiting=True)))
    page = paginate(queries.registrations(waiting=False))
    claims = queries.waiting_count(Claim)
    return render_template("registration/registrations.html", waiting=waiting, page=page, claims=claims)


@bp.route("/registrations/<int:registration_id>", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def registration(registration_id: int) -> str | Response:
    """What somebody entered, whom the records know by that address, and the button that lets them in."""
    found = get_or_404(Registration, registration_id)
    form = ApproveForm(
        data={"organisation": str(found.organisation_id or ""), "new_name": found.organisation_name}
    )
    form.organisation.choices = _organisations("Not in the list", also=found.organisation_id)
    form.sector.choices = choices_from(db.session.scalars(people.sectors()), blank="Choose one")
    if form.validate_on_submit():
        with rule_errors_on(form):
            organisation = _organisation(found, form)
            rules.approve(registration=found, organisation=organisation, by=current_actor(), now=clock.now())
            db.session.commit()
            flash(f"{found.name} has an account. The invitation goes to {found.email}.")
            return redirect(url_for("registration.registrations"))
        found = get_or_404(Registration, registration_id)
    known = people.known_as(found.email)
    return render_template("registration/registration.html", registration=found, form=form, known=known)


def _organisations(blank: str, also: int | None = None) -> list[SelectChoice]:
    """Those that are not closed by today, and the one that somebody named when they registered."""
    offered = people.organisations(open_on=clock.today(), also=[also] if also else [])
    return choices_from(db.session.scalars(offered), blank=blank, label=people_rules.as_listed)


def _organisation(found: Registration, form: ApproveForm) -> Organisation | None:
    """The organisation chosen, or the new one that was named with its sector."""
    if found.kind is not PersonKind.PARTNER:
        return None
    if form.organisation.number is not None:
        return get_or_404(Organisation, form.organisation.number)
    if not form.sector.number:
        raise RuleBroken("Choose an organisation from the list, or the sector of the new one", "sector")
    sector = get_or_404(Sector, form.sector.number)
    try:
        return people_rules.add_organisation(
            name=form.new_name.data or "", sector=sector, by=current_actor(), now=clock.now()
        )
    except RuleBroken as broken:
        raise RuleBroken(broken.message, "new_name") from None


@bp.route("/registrations/<int:registration_id>/refuse", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def refuse(registration_id: int) -> str | Response:
    """Ask why, then refuse somebody an account."""
    found = get_or_404(Registration, registration_id)
    return refusal_page(
        found,
        lambda how: rules.refuse(registration=found, **how),
        what="account",
        back=url_for("registration.registration", registration_id=registration_id),
        then=url_for("registration.registrations"),
    )


@bp.route("/registrations/domains", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def domains() -> str | Response:
    """The domains whose addresses are let in at once, and adding one."""
    form = DomainForm()
    form.organisation.choices = _organisations("Choose one")
    if form.validate_on_submit():
        with rule_errors_on(form):
            organisation = get_or_404(Organisation, form.organisation.number or 0)
            added = rules.add_domain(
                domain=form.domain.data or "", organisation=organisation, by=current_actor(), now=clock.now()
            )
            db.session.commit()
            flash(f"Whoever has an address at {added.domain} is let in at once.")
            return redirect(url_for("registration.domains"))
    page = paginate(queries.approved_domains())
    return render_template("registration/domains.html", form=form, page=page)


@bp.post("/registrations/domains/<int:domain_id>/remove")
@requires(Permission.EDIT_PEOPLE)
def remove_domain(domain_id: int) -> Response:
    """Take a domain off the list."""
    domain = get_or_404(ApprovedDomain, domain_id)
    name = domain.domain
    rules.remove_domain(domain=domain, by=current_actor(), now=clock.now())
    db.session.commit()
    flash(f"Addresses at {name} wait for the academy from now on.")
    return redirect(url_for("registration.domains"))
