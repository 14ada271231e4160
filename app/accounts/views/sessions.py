"""A session's life: who acts is loaded before each request, unless 30 idle minutes or 12 hours are over."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from flask import Flask, flash, g, session
from flask_security import current_user, login_user, logout_user

from app.accounts import queries, rules
from app.accounts.models import User
from app.core import clock

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
KEY = "session_key"


def install(app: Flask) -> None:
    app.before_request(_load_actor)


def begin(user: User, *, now: datetime) -> None:
    """A session begins: nothing of the one before is kept, so that nobody can have prepared it."""
    session.clear()
    login_user(user, remember=False)
    session[SIGNED_IN_AT] = session[SEEN_AT] = now.timestamp()
    session[KEY] = uuid4().hex


def end() -> None:
    """The browser keeps nothing of the session."""
    logout_user()
    session.clear()
    g.pop("actor", None)
    g.pop("session_ends_at", None)


def _load_actor() -> None:
    """Put who acts into `g.actor`, and note that they did something."""
    if not current_user.is_authenticated:
        return
    user: User = current_user._get_current_object()
    now = clock.now()
    over = rules.why_session_is_over(
        signed_in_at=session.get(SIGNED_IN_AT), seen_at=session.get(SEEN_AT), now=now
    )
    today = clock.london(now).date()
    if over is None and not rules.may_sign_in(user, today):
        over = "You were signed out because your account has ended."
    if over is not None:
        end()
        flash(over, "warning")
        return
    session[SEEN_AT] = now.timestamp()
    g.actor = queries.actor_of(user, on=today)
    g.session_ends_at = datetime.fromtimestamp(session[SIGNED_IN_AT], UTC) + rules.ABSOLUTE_LIFE
