"""Which accounts there are, and whose."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from app.accounts.models import RoleGrant, User
from app.core.db import db, row_count
from app.core.names import is_found
from app.core.permissions import Role
from app.people.models import Person


def by_email(email: str) -> Select[tuple[User]]:
    return select(User).where(User.email == email.strip().lower())


def account_of(person_id: int) -> Select[tuple[User]]:
    """The account of somebody in the directory, if they have one."""
    return select(User).where(User.person_id == person_id)


def has_account(person_id: int) -> bool:
    """Whether somebody can sign in to see their own places: an account that is closed, or without a
    password yet, is none."""
    has_password = User.password.is_not(None)
    statement = select(exists().where(User.person_id == person_id, User.active, has_password))
    return db.session.scalar(statement) or False


def accounts(*, search: str = "", role: Role | None = None, has_moved: bool = False) -> Select[tuple[User]]:
    """The accounts whose name or address contains the words, by name; with `has_moved` those alone whose
    holder has another address by now."""
    statement = select(User).where(is_found(search, User.name, User.email)).order_by(User.name, User.id)
    if role is not None:
        statement = statement.where(
            exists().where(RoleGrant.user_id == User.id, RoleGrant.role == role).correlate(User)
        )
    return statement.where(User.id.in_(_moved())) if has_moved else statement


def _moved() -> Select[tuple[int]]:
    """Open accounts of somebody whose record has another address than the one they sign in with."""
    return (
        select(User.id)
        .join(Person, Person.id == User.person_id)
        .where(User.active, Person.email != User.email)
    )


def moved_count() -> int:
    """How many open accounts have a holder with another address."""
    return db.session.scalar(select(row_count(_moved()))) or 0


def lets_in(on: date) -> ColumnElement[bool]:
    """Of accounts, those that let their holder in on a date, as `rules.may_sign_in` says of one."""
    left_on = User.last_day_at_work
    return and_(
        User.active,
        or_(User.expires_on.is_(None), User.expires_on >= on),
        or_(left_on.is_(None), left_on >= on),
    )
