"""Who of the directory can be invited, and whoever was and has not come."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import undefer

from app.accounts.models import LinkPurpose, PasswordLink, User
from app.accounts.queries.links import KEY_OF_INVITATION
from app.accounts.queries.lists import accounts, lets_in
from app.core.db import another, db, row_count
from app.outbox.models import Message, MessageState
from app.people.models import Person, Spell
from app.people.queries import manages_somebody, organisations_of


def without_account(
    people: Select[tuple[Person, Spell]],
    *,
    on: date,
    role_group_id: int | None = None,
    sector_id: int | None = None,
    ids: Collection[int] | None = None,
) -> Select[tuple[Person, Spell, bool, int | None]]:
    """Those of some people, as the directory lists them, who have no account, narrowed by what is given: each
    with whether somebody answers to them on a date, and which account signs in with their address already."""
    holder, manages = another(User, "holder"), manages_somebody(Person.id, on)
    found = (
        people.add_columns(manages.label("manages"), holder.id.label("holder_id"))
        .outerjoin(holder, holder.email == Person.email)
        .where(~exists().where(User.person_id == Person.id))
    )
    if role_group_id is not None:
        found = found.where(Spell.role_group_id == role_group_id)
    if sector_id is not None:
        found = found.where(Spell.organisation_id.in_(organisations_of([sector_id])))
    return found if ids is None else found.where(Person.id.in_(ids))


def can_be_invited() -> ColumnElement[bool]:
    """Of those without an account, who has an address with which no account signs in."""
    return and_(Person.email.is_not(None), another(User, "holder").id.is_(None))


def can_be_invited_count(found: Select[Any]) -> int:
    """Of some people without an account (see `without_account`), how many can be invited now."""
    return db.session.scalar(select(row_count(found.where(can_be_invited())))) or 0


def not_come(*, on: date, search: str = "") -> Select[tuple[User, PasswordLink, MessageState | None]]:
    """Whoever was invited and has no password yet, who waits longest first: each with the newest link, and
    what became of its e-mail. Whom no link would let in, having left, is not waited for."""
    newest = (
        select(func.max(PasswordLink.id))
        .where(PasswordLink.user_id == User.id, PasswordLink.purpose == LinkPurpose.INVITATION)
        .correlate(User)
        .scalar_subquery()
    )
    return (
        accounts(search=search)
        .add_columns(PasswordLink, Message.state)
        .join(PasswordLink, PasswordLink.id == newest)
        .outerjoin(Message, Message.key == KEY_OF_INVITATION)
        .where(User.password.is_(None), lets_in(on))
        .order_by(None)
        .order_by(PasswordLink.created_at, User.name, User.id)
        .options(undefer(User.last_day_at_work))
    )
