"""What stands behind signing in: a session’s account, a password, and the guesses at it."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, exists, func, select
from sqlalchemy.orm import joinedload, undefer

from app.accounts.models import EndedSession, User, WrongPassword
from app.core.db import db


def signed_in_as(uniquifier: str, session_key: str) -> User | None:
    """The account that a session names, with all that says what it may, in one statement; None once somebody
    signed out of the session."""
    names = {"uniquifier": uniquifier, "key": session_key}
    return db.session.scalars(_signed_in_as(), names).unique().one_or_none()


@cache
def _signed_in_as() -> Select[tuple[User]]:
    """Made once, as every page asks it."""
    is_ended = exists().where(EndedSession.key == bindparam("key"))
    found = select(User).where(User.fs_uniquifier == bindparam("uniquifier"), ~is_ended)
    return found.options(joinedload(User.grants), undefer(User.last_day_at_work))


def password_of(email: str) -> Select[tuple[str | None]]:
    """What is kept of the password of this address; no row when there is no such account."""
    return select(User.password).where(User.email == email.strip().lower())


def guesses_since(email: str, moment: datetime) -> Select[tuple[int]]:
    """How many guesses at this address's password were counted after a moment."""
    return select(func.count()).where(WrongPassword.email == email, WrongPassword.at > moment)
