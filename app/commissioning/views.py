"""The pages of providers."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.audit import queries as audit
from app.commissioning import queries, rules
from app.commissioning.forms import ANOTHER, NewProviderForm, ProviderForm, SpellingForm
from app.commissioning.models import Provider, ProviderAlias
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, paginate, requires, rule_errors_on

bp = Blueprint("commissioning", __name__)


def register(app: Flask) -> None:
    """Give the application the pages of providers."""
    app.register_blueprint(bp)


@bp.get("/providers")
@requires(Permission.SEE_COMMISSIONING)
def providers() -> str:
    """Who delivers training under contract."""
    search = request.args.get("q", "").strip()[:200]
    return render_template(
        "commissioning/providers.html", page=paginate(queries.providers(search)), search=search
    )


@bp.route("/providers/new", methods=["GET", "POST"])
@requires(Permission.EDIT_PROVIDERS)
def new_provider() -> str | Response:
    """Add a provider, once it is said whether it is one that is there already under another spelling."""
    form = NewProviderForm()
    near: list[Provider] = []
    if form.validate_on_submit():
        known = queries.provider_named(form.name.data or "")
        near = [] if known else rules.near_duplicates(form.name.data or "")
        form.propose(near)
        if not near or form.answer:
            with rule_errors_on(form):
                provider = _enter(form, near)
                db.session.commit()
                return redirect(url_for("commissioning.provider", provider_id=provider.id))
        elif form.was_asked:
            form.add_error("Say whether this is a provider that is on the list already", "same_as")
    return render_template("commissioning/new_provider.html", form=form, near=near)


def _enter(form: NewProviderForm, near: list[Provider]) -> Provider:
    by, now = current_actor(), clock.now()
    chosen = next((one for one in near if str(one.id) == form.answer), None)
    if chosen is None or form.answer == ANOTHER:
        provider = rules.add_provider(name=form.name.data or "", by=by, now=now)
        flash(f"{provider.name} is on the list.")
        return provider
    rules.add_alias(provider=chosen, name=form.name.data or "", by=by, now=now)
    flash(f"{form.name.data} is kept as another spelling of {chosen.name}.")
    return chosen


@bp.get("/providers/<int:provider_id>")
@requires(Permission.SEE_COMMISSIONING)
def provider(provider_id: int) -> str:
    """One provider: its names, and what was done to it."""
    found = get_or_404(Provider, provider_id)
    return render_template(
        "commissioning/provider.html",
        provider=found,
        history=paginate(audit.history_of("provider", found.id)),
    )


@bp.route("/providers/<int:provider_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_PROVIDERS)
def edit_provider(provider_id: int) -> str | Response:
    """Correct a provider's legal name."""
    found = get_or_404(Provider, provider_id)
    form = ProviderForm(obj=found)
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.rename_provider(
                provider=found, name=form.name.data or "", by=current_actor(), now=clock.now()
            )
            db.session.commit()
            flash("The name is changed.")
            return redirect(url_for("commissioning.provider", provider_id=provider_id))
    return render_template("commissioning/edit_provider.html", form=form, provider=found)


@bp.route("/providers/<int:provider_id>/spellings", methods=["GET", "POST"])
@requires(Permission.EDIT_PROVIDERS)
def spellings(provider_id: int) -> str | Response:
    """How else a provider's name is written: added here, and taken away."""
    found = get_or_404(Provider, provider_id)
    form = SpellingForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.add_alias(provider=found, name=form.name.data or "", by=current_actor(), now=clock.now())
            db.session.commit()
            flash("The spelling is kept.")
            return redirect(url_for("commissioning.spellings", provider_id=provider_id))
    return render_template("commissioning/spellings.html", form=form, provider=found)


@bp.post("/providers/<int:provider_id>/spellings/<int:alias_id>/remove")
@requires(Permission.EDIT_PROVIDERS)
def remove_spelling(provider_id: int, alias_id: int) -> Response:
    """Take away a spelling that was entered by mistake."""
    alias = get_or_404(ProviderAlias, alias_id)
    if alias.provider_id != provider_id:
        abort(404)
    name = alias.name
    rules.remove_alias(alias=alias, by=current_actor(), now=clock.now())
    db.session.commit()
    flash(f"{name} is taken away.")
    return redirect(url_for("commissioning.spellings", provider_id=provider_id))
