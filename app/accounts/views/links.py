"""Setting a password by an e-mailed link. Opening a link only shows a page; the press of its button acts."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts import rules
from app.accounts.forms import ForgottenForm, NewPasswordForm
from app.accounts.models import LinkPurpose
from app.accounts.views.signing_in import bp
from app.core import clock
from app.core.db import db
from app.core.web import limiter, public, rule_errors_on


@bp.route("/reset-password", methods=["GET", "POST"])
@public
@limiter.limit("60 per hour", methods=["POST"])
def forgotten() -> str | Response:
    """Ask for a link to choose a new password. The answer is the same whether or not there is an account."""
    form = ForgottenForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.ask_for_reset(email=form.email.data or "", now=clock.now())
            db.session.commit()
            return redirect(url_for("security.link_sent"))
    return render_template("security/forgotten.html", form=form)


@bp.get("/reset-password/sent")
@public
def link_sent() -> str:
    return render_template("security/link_sent.html")


@bp.route("/reset-password/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> str | Response | tuple[str, int]:
    """Choose a new password."""
    return _set_password(token, LinkPurpose.RESET)


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@public
def accept(token: str) -> str | Response | tuple[str, int]:
    """Take up an invitation by choosing a password."""
    return _set_password(token, LinkPurpose.INVITATION)


def _set_password(token: str, purpose: LinkPurpose) -> str | Response | tuple[str, int]:
    link = rules.usable_link(token, purpose=purpose, now=clock.now())
    if link is None:
        return render_template("security/link_over.html", purpose=purpose), 404
    form = NewPasswordForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.set_password(link=link, password=form.password.data or "", now=clock.now())
            db.session.commit()
            flash("Your password is set. Sign in with it now.")
            return redirect(url_for("security.login"))
    return render_template("security/set_password.html", form=form, user=link.user, purpose=purpose)
