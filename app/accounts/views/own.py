"""The page of one's own account."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts import rules
from app.accounts.forms import ChangePasswordForm
from app.accounts.models import User
from app.accounts.views import guesses, sessions
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_on

bp = Blueprint("accounts", __name__)


@bp.get("/account")
@requires(Permission.USE_ACCOUNT)
def own() -> str:
    """Whom the account belongs to, what it may do, and what is kept."""
    return render_template("accounts/own.html", user=_own())


@bp.route("/account/password", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT)
def change_password() -> str | Response:
    """Choose another password; wherever else one is signed in, that ends."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        now = clock.now()
        with rule_errors_on(form):
            wrong = RuleBroken("This is not the password that you use now", "current")
            guesses.check(email=_own().email, password=form.current.data or "", wrong=wrong, now=now)
            user = _own()
            rules.change_password(user=user, password=form.password.data or "", now=now)
            db.session.commit()
            sessions.begin(user, now=now)
            flash("Your password is changed. Wherever else you were signed in, you are signed out.")
            return redirect(url_for("accounts.own"))
    return render_template("accounts/change_password.html", form=form)


def _own() -> User:
    return get_or_404(User, current_actor().user_id or 0)
