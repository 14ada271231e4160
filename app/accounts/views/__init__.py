"""Signing in and out, the account page, and the administrator's pages of accounts."""

from __future__ import annotations

from typing import Any

from flask import Flask, session
from flask_security import Security, SQLAlchemyUserDatastore

from app.accounts import queries
from app.accounts.models import RoleGrant, User
from app.accounts.views import (
    administration,
    claims,
    coordinators,
    inviting_many,
    line_managers,
    links,
    registering,
    registrations,
    sessions,
)
from app.core.db import db
from app.core.web import is_asset_request, limiter

PAGES = (registering, registrations, claims, coordinators, inviting_many, line_managers)


class Accounts(SQLAlchemyUserDatastore):
    """Where Flask-Security finds accounts: whoever is signed in, in one statement instead of two.

    A file of the page's frame, or a page that no person fetches, asks for nobody: /healthz answers while the
    database is away.
    """

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> User | None:
        if set(kwargs) != {"fs_uniquifier"}:
            return super().find_user(case_insensitive, **kwargs)  # type: ignore[return-value]
        key = None if is_asset_request() else session.get(sessions.KEY)
        return queries.signed_in_as(kwargs["fs_uniquifier"], key) if key else None


def register(app: Flask) -> None:
    """Install Flask-Security for accounts, sessions and password hashes; the pages are ours.

    Its own pages and commands stay out: they would go round the limit on guesses, the rules and the audit.
    """
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of the method, not a password
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],  # salted by itself: a new SECRET_KEY forgets nobody
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_USE_REGISTER_V2=True,
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
        RATELIMIT_STORAGE_URI="memory://",
        RATELIMIT_HEADERS_ENABLED=False,
    )
    datastore = Accounts(db, User, RoleGrant)  # type: ignore[arg-type]
    frame = list(app.template_context_processors[None])
    Security(app, datastore, register_blueprint=False)
    # Our pages know who acts as `current_actor`. Its `current_user` would ask the database for whoever is
    # signed in once more, also for the page that says that the database is away.
    app.template_context_processors[None] = frame
    sessions.install(app)
    limiter.init_app(app)
    app.register_blueprint(links.bp)
    app.register_blueprint(administration.bp)
    app.register_blueprint(registering.bp)
