"""Claiming an earlier history: asked by anybody, answered by the academy. (MA-06)"""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts import queries, rules
from app.accounts.forms import ClaimForm, ConfirmClaimForm
from app.accounts.models import Claim
from app.accounts.rules.claims import PURPOSE
from app.accounts.views.refusing import refusal_page
from app.accounts.views.registering import ASKS_AN_HOUR, bp
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.forms import Form, SelectChoice
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, limiter, paginate, public, requires, rule_errors_on
from app.people.models import Person

TO_MERGE = "A second record has the new address: merge the two, then confirm the claim."


@bp.route("/claim", methods=["GET", "POST"])
@public
@limiter.limit(ASKS_AN_HOUR, methods=["POST"])
def claim() -> str | Response:
    """Say who one was; the answer is the same whether or not anybody is found."""
    form = ClaimForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            who = rules.Claimant(
                first_name=form.first_name.data or "",
                last_name=form.last_name.data or "",
                email=form.email.data or "",
                old_email=form.old_email.data or None,
                organisation_name=form.organisation.data or None,
            )
            rules.claim(who=who, now=clock.now())
            db.session.commit()
            return redirect(url_for("registration.sent"))
    return render_template("registration/claim.html", form=form)


@bp.route("/claim/confirm/<token>", methods=["GET", "POST"])
@public
def confirm_claim(token: str) -> str | Response | tuple[str, int]:
    """The page that the e-mailed link opens: its button confirms the new address."""
    form = Form()
    try:
        claimed = rules.claim_of(token, purpose=PURPOSE)
    except RuleBroken as broken:
        return render_template("registration/link_over.html", why=broken.message), 404
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.confirm_claim(claim=claimed, now=clock.now())
            db.session.commit()
            return redirect(url_for("registration.waiting"))
    return render_template("registration/confirm.html", form=form, email=claimed.email)


# --- The academy ---------------------------------------------------------------------------------------


@bp.get("/claims")
@requires(Permission.EDIT_PEOPLE)
def claims() -> str:
    """Who claims an earlier history, those that wait first."""
    waiting = list(db.session.scalars(queries.claims(waiting=True)))
    page = paginate(queries.claims(waiting=False))
    return render_template("registration/claims.html", waiting=waiting, page=page)


@bp.route("/claims/<int:claim_id>", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def one_claim(claim_id: int) -> str | Response:
    """What is claimed, the records that may be meant, and the choice between them."""
    claimed, form = get_or_404(Claim, claim_id), ConfirmClaimForm()
    records = rules.records_of(claimed)
    form.record.choices = [SelectChoice(value=str(one.id), label=one.name) for one in records]
    if form.validate_on_submit():
        with rule_errors_on(form):
            person = get_or_404(Person, int(form.record.data))
            is_done = rules.accept_claim(claim=claimed, person=person, by=current_actor(), now=clock.now())
            db.session.commit()
            flash(*((_news(claimed), "message") if is_done else (TO_MERGE, "warning")))
            return redirect(url_for("registration.one_claim", claim_id=claim_id))
        claimed, records = get_or_404(Claim, claim_id), rules.records_of(claimed)
    return render_template(
        "registration/one_claim.html", claim=claimed, form=form, records=records, details=_details(records)
    )


def _news(claimed: Claim) -> str:
    return f"The record has the address {claimed.email} now. {claimed.name} is told by e-mail."


def _details(records: Sequence[Person]) -> list[str]:
    """Where each record belongs, and its address, for telling them apart."""
    today = clock.today()
    told = []
    for one in records:
        spell = one.spell_on(today) or next(reversed(one.spells), None)
        where = spell.organisation.name if spell and spell.organisation else one.kind.label
        told.append(f"{where}, {one.email or 'no e-mail address'}")
    return told


@bp.route("/claims/<int:claim_id>/refuse", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def refuse_claim(claim_id: int) -> str | Response:
    """Ask why, then refuse a claim."""
    claimed = get_or_404(Claim, claim_id)
    return refusal_page(
        claimed,
        lambda how: rules.refuse_claim(claim=claimed, **how),
        what="claim",
        back=url_for("registration.one_claim", claim_id=claim_id),
        then=url_for("registration.claims"),
    )
