"""Signing in and out, and staying signed in."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, session, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as WerkzeugResponse

from app.accounts import queries, rules
from app.accounts.forms import SignInForm
from app.accounts.models import User
from app.accounts.views import guesses, kept, sessions
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Permission
from app.core.web import current_actor, is_safe_path, limiter, public, requires, rule_errors_on

bp = Blueprint("security", __name__)

# Beside the limit for each account, which holds across processes: one that counts a network's failures,
# generous because a whole council may come from one address.
failed_sign_ins = limiter.limit(
    "150 per 5 minutes", methods=["POST"], deduct_when=lambda _response: sessions.KEY not in session
)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@failed_sign_ins
def login() -> str | WerkzeugResponse:
    """Sign in with an e-mail address and a password."""
    if current_actor().is_signed_in:
        return redirect(_where_to(request.args.get("next")))
    form = SignInForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        with rule_errors_on(form):
            user = _sign_in(form.email.data or "", form.password.data or "", now=clock.now())
            sent = kept.unpacked(form.kept.data)
            if sent is not None and sent.user_id == user.id:
                return render_template("security/kept.html", sent=sent)
            return redirect(_where_to(form.next.data))
    return render_template("security/login.html", form=form)


def _sign_in(email: str, password: str, *, now: datetime) -> User:
    wrong = RuleBroken("The e-mail address or the password is not right", "email")
    guesses.check(email=email, password=password, wrong=wrong, now=now)
    user = db.session.scalar(queries.by_email(email))
    if user is None:
        raise wrong
    rules.sign_in(user=user, now=now)
    db.session.commit()
    sessions.begin(user, now=now)
    return user


def _where_to(path: str | None) -> str:
    return path if path and is_safe_path(path) else "/"


@bp.post("/sign-out")
@public
def logout() -> WerkzeugResponse:
    """Sign out, of this session alone; a second press is harmless."""
    if current_actor().is_signed_in:
        rules.end_session(session[sessions.KEY], now=clock.now())
        db.session.commit()
    sessions.end()
    flash("You have signed out.")
    return redirect(url_for("security.login"))


@bp.post("/session/extend")
@requires(Permission.USE_ACCOUNT)
def extend_session() -> Response:
    """Somebody who was about to be signed out stays: asking is already doing something."""
    return jsonify(csrf_token=generate_csrf())
