"""A session's life: who acts is loaded before each request, unless 30 idle minutes or 12 hours are over."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from flask import Flask, flash, g, redirect, render_template, session, url_for
from flask_security import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from app.accounts import queries, rules
from app.accounts.forms import SignInForm
from app.accounts.models import User
from app.accounts.views import kept
from app.core import clock

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
KEY = "session_key"
_TOKEN = "csrf_token"  # noqa: S105 - where a page's token is kept until the page is made


def install(app: Flask) -> None:
    app.before_request(_load_actor)


def begin(user: User, *, now: datetime) -> None:
    """A session begins: nothing of the one before is kept, so that nobody can have prepared it."""
    session.clear()
    g.pop(_TOKEN, None)  # of the session before
    login_user(user, remember=False)
    session[SIGNED_IN_AT] = session[SEEN_AT] = now.timestamp()
    session[KEY] = uuid4().hex
    _act_as(user, now=now)


def end() -> None:
    """The browser keeps nothing of the session."""
    logout_user()
    session.clear()
    g.pop(_TOKEN, None)
    g.pop("actor", None)
    g.pop("session_ends_at", None)


def _load_actor() -> Response | str | None:
    """Put who acts into `g.actor`, and note that they did something.

    Whoever sends a form after their session is over signs in, and can save then what they had typed.
    """
    if not current_user.is_authenticated:
        return None
    user: User = current_user._get_current_object()
    now = clock.now()
    over = rules.why_session_is_over(
        signed_in_at=session.get(SIGNED_IN_AT), seen_at=session.get(SEEN_AT), now=now
    )
    today = clock.day_of(now)
    if not rules.may_sign_in(user, today):
        over = "You were signed out because your account has ended."
    elif over is not None and kept.is_sent_by_somebody():
        return _sign_in_first(over, user.id)
    if over is not None:
        _sign_out(over)
        return None
    session[SEEN_AT] = now.timestamp()
    _act_as(user, now=now)
    return None


def _act_as(user: User, *, now: datetime) -> None:
    g.actor = queries.actor_of(user, on=clock.day_of(now))
    g.session_ends_at = datetime.fromtimestamp(session[SIGNED_IN_AT], UTC) + rules.ABSOLUTE_LIFE


def _sign_out(why: str) -> None:
    end()
    flash(why, "warning")


def _sign_in_first(why: str, user_id: int) -> Response | str:
    """Nothing is saved of what was sent: it waits in the page in which its sender signs in; what can't wait
    there is typed again, on the page from which it was sent."""
    sent = kept.kept_of_request(user_id)
    if sent is None:
        _sign_out(f"{why} What you had just sent was not saved.")
        return redirect(url_for("security.login", next=kept.page_before()))
    _sign_out(f"{why} What you had just sent is not lost: you can save it then.")
    return render_template("security/login.html", form=SignInForm(formdata=None, kept=sent.packed))
