"""Which accounts hold a role: who is told, and who remains."""

from __future__ import annotations

from sqlalchemy import Select, and_, select

from app.accounts.models import RoleGrant, User
from app.core.permissions import Role


def administrators_besides(user: User) -> Select[tuple[User]]:
    """The other administrators who have a password."""
    return (
        select(User)
        .join(RoleGrant, and_(RoleGrant.user_id == User.id, RoleGrant.role == Role.ADMINISTRATOR))
        .where(User.id != user.id, User.password.is_not(None))
        .order_by(User.id)
    )


def academy_managers() -> Select[tuple[User]]:
    """The active accounts that are told when something waits too long, or that nobody else can answer."""
    return (
        select(User)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.role == Role.ACADEMY_MANAGER, User.active)
        .order_by(User.id)
    )


def in_roles(*roles: Role) -> Select[tuple[User]]:
    """The active accounts that hold any of these roles."""
    held = select(RoleGrant.user_id).where(RoleGrant.role.in_(roles))
    return select(User).where(User.id.in_(held), User.active).order_by(User.id)


def administrator_grants() -> Select[tuple[RoleGrant]]:
    """Every administrator's grant, always in one order, so that two who lock them cannot block each other."""
    return select(RoleGrant).where(RoleGrant.role == Role.ADMINISTRATOR).order_by(RoleGrant.user_id)
