"""Registering without an account: one page, a look at what was entered, a link by e-mail. (MA-01, MA-07)"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from app.accounts import queries, rules
from app.accounts.forms import RegisterForm, WhichOrganisationForm
from app.accounts.rules.registering import PURPOSE
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.forms import Form, SelectChoice
from app.core.web import limiter, public, rule_errors_on
from app.people import queries as people
from app.people.models import Organisation, PersonKind

bp = Blueprint("registration", __name__)

ANSWERS = "registration"
NAMES_OFFERED = 500
MOST_ALIKE = 10
ASKS_AN_HOUR = "60 per hour"


@bp.route("/register", methods=["GET", "POST"])
@public
def register() -> str | Response:
    """Who one is: what was entered before is still there when one comes back to change it."""
    form = RegisterForm(data=_answers())
    if form.validate_on_submit():
        with rule_errors_on(form):
            kind = PersonKind(form.kind.data)
            rules.check_address(form.email.data or "", is_own=form.is_own_address.data)
            rules.check_organisation(kind, form.organisation.data)
            session[ANSWERS] = _typed(form)
            found = _named(form.organisation.data or "") if kind is PersonKind.PARTNER else None
            asks = kind is PersonKind.PARTNER and found is None and _alike(form.organisation.data or "")
            return redirect(url_for("registration.which" if asks else "registration.check"))
    names = list(db.session.scalars(queries.organisation_names(NAMES_OFFERED, clock.today())))
    return render_template("registration/register.html", form=form, names=names)


@bp.route("/register/organisation", methods=["GET", "POST"])
@public
def which() -> str | Response:
    """Which of the academy’s organisations was meant, when what was typed is none of their names."""
    answers = _answers()
    alike = _alike(str(answers.get("organisation") or ""))
    if not alike:
        return redirect(url_for("registration.register"))
    form = WhichOrganisationForm()
    form.organisation.choices = [
        *(SelectChoice(value=one.name, label=one.name) for one in alike),
        SelectChoice(value=form.NOT_LISTED, label=f"It is not in the list: “{answers['organisation']}”"),
    ]
    if form.validate_on_submit():
        if form.organisation.data != form.NOT_LISTED:
            session[ANSWERS] = answers | {"organisation": form.organisation.data}
        return redirect(url_for("registration.check"))
    return render_template("registration/which.html", form=form)


@bp.route("/register/check", methods=["GET", "POST"])
@public
@limiter.limit(ASKS_AN_HOUR, methods=["POST"])
def check() -> str | Response:
    """Check one’s answers, then have the link sent."""
    answers, form = _answers(), Form()
    if not answers:
        return redirect(url_for("registration.register"))
    who = _newcomer(answers)
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.register(who=who, now=clock.now())
            db.session.commit()
            session.pop(ANSWERS)
            return redirect(url_for("registration.sent"))
    return render_template("registration/check.html", form=form, who=who)


@bp.get("/register/sent")
@public
def sent() -> str:
    return render_template("registration/sent.html")


@bp.route("/register/confirm/<token>", methods=["GET", "POST"])
@public
def confirm(token: str) -> str | Response | tuple[str, int]:
    """The page that the e-mailed link opens: its button confirms the address; opening it does nothing."""
    form = Form()
    try:
        registration = rules.registration_of(token, purpose=PURPOSE)
    except RuleBroken as broken:
        return render_template("registration/link_over.html", why=broken.message), 404
    if form.validate_on_submit():
        with rule_errors_on(form):
            invited = rules.confirm(registration=registration, now=clock.now())
            db.session.commit()
            if invited is None:
                return redirect(url_for("registration.waiting"))
            flash("Your address is confirmed. Choose a password, and your account is ready.")
            return redirect(url_for("security.accept", token=invited.token))
        registration = rules.registration_of(token, purpose=PURPOSE)
    return render_template("registration/confirm.html", form=form, email=registration.email)


@bp.get("/register/waiting")
@public
def waiting() -> str:
    return render_template("registration/waiting.html")


# --- What was entered ----------------------------------------------------------------------------------


def _answers() -> dict[str, Any]:
    answers: dict[str, Any] = session.get(ANSWERS, {})
    return answers


def _typed(form: RegisterForm) -> dict[str, Any]:
    names = ("kind", "first_name", "last_name", "email", "is_own_address", "organisation", "job_title")
    return {name: form[name].data for name in names}


def _newcomer(answers: dict[str, Any]) -> rules.Newcomer:
    """What was entered, with the organisation of the list when the name is one of them."""
    kind = PersonKind(answers["kind"])
    is_partner = kind is PersonKind.PARTNER
    return rules.Newcomer(
        kind=kind,
        first_name=answers["first_name"],
        last_name=answers["last_name"],
        email=answers["email"],
        organisation=_named(answers["organisation"]) if is_partner else None,
        organisation_name=answers["organisation"] if is_partner else None,
        job_title=(answers["job_title"] or None) if is_partner else None,
    )


def _named(name: str) -> Organisation | None:
    return db.session.scalar(people.with_name(Organisation, name))


def _alike(name: str) -> Sequence[Organisation]:
    """The organisations, not closed by today, whose names hold every word that was typed."""
    if not name or _named(name) is not None:
        return []
    return db.session.scalars(people.organisations(name, open_on=clock.today()).limit(MOST_ALIKE)).all()
