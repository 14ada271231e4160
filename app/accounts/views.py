"""Signing in and out, the account page, and the administrator's pages of accounts."""

from __future__ import annotations

import hashlib

from flask import Flask, g
from flask_security import Security, SQLAlchemyUserDatastore, current_user

from app.accounts import queries
from app.accounts.models import RoleGrant, User
from app.core import clock
from app.core.db import db

security = Security()


def register(app: Flask) -> None:
    """Install Flask-Security, and load who acts before each request."""
    salt = hashlib.sha256(f"password salt {app.config['SECRET_KEY']}".encode()).hexdigest()
    app.config.update(
        SECURITY_PASSWORD_SALT=salt,
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_LENGTH_MIN=12,
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/sign-in",
        SECURITY_REGISTERABLE=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_USE_REGISTER_V2=True,
    )
    security.init_app(app, SQLAlchemyUserDatastore(db, User, RoleGrant), register_blueprint=True)
    app.before_request(_load_actor)


def _load_actor() -> None:
    if current_user.is_authenticated:
        g.actor = queries.actor_of(current_user, on=clock.today())
