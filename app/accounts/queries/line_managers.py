"""Who manages somebody by the directory and is no line manager by their account, and the other way about."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import contains_eager

from app.accounts.models import RoleGrant, User
from app.accounts.queries.lists import lets_in
from app.core.db import db, live, row_count
from app.core.permissions import Role
from app.people.models import Person, PersonKind, Spell
from app.people.queries import covers, manages_somebody

# Line managers already, who sees everybody and books for all, and who sees figures and never a name: none of
# them is made one unawares.
_LEFT_AS_THEY_ARE = (Role.LINE_MANAGER, Role.ACADEMY_MANAGER, Role.BOARD_MEMBER, Role.DFE_ADVISER)


def to_be_line_managers(*, on: date) -> Select[tuple[User, int]]:
    """The accounts that are open on a date, of staff to whom somebody in post that day answers, without the
    role of a line manager, by name: each with how many people that is.

    Example: Sam Brown names Mo Adams as manager from 1 March, and Mo's account is a practitioner's: from
    1 March it is listed, to 28 February not. Accounts of academy managers, who see every team, and of board
    members and DfE advisers are not.
    """
    post = (
        select(Spell.manager_id, func.count(Spell.person_id.distinct()).label("people"))
        .where(live(Spell), covers(Spell, on), Spell.manager_id.is_not(None))
        .group_by(Spell.manager_id)
        .subquery("post_below")
    )
    return (
        select(User, post.c.people)
        .join(User.person)
        .join(post, post.c.manager_id == User.person_id)
        .where(Person.kind == PersonKind.STAFF, lets_in(on), ~_holds(*_LEFT_AS_THEY_ARE))
        .order_by(User.name, User.id)
        .options(contains_eager(User.person))
    )


def to_be_line_managers_count(*, on: date) -> int:
    """How many accounts lack the role of a line manager, as `to_be_line_managers` finds them."""
    return db.session.scalar(select(row_count(to_be_line_managers(on=on)))) or 0


def managing_nobody(*, on: date) -> Select[tuple[User]]:
    """The open accounts of line managers to whom nobody in post on a date answers, by name."""
    is_alone = ~manages_somebody(User.person_id, on)
    return select(User).where(lets_in(on), _holds(Role.LINE_MANAGER), is_alone).order_by(User.name, User.id)


def managing_nobody_count(*, on: date) -> int:
    """How many they are."""
    return db.session.scalar(select(row_count(managing_nobody(on=on)))) or 0


def _holds(*roles: Role) -> ColumnElement[bool]:
    return exists().where(RoleGrant.user_id == User.id, RoleGrant.role.in_(roles))
