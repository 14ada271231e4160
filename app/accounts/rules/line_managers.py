"""Giving the role of a line manager to whoever manages somebody by the directory. (SA-03)"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from app.accounts import queries
from app.accounts.models import User
from app.accounts.rules.management import lock_administrators, make_role_change, role_change
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.editions import check_looked_at
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Permission, Role

_OTHERWISE_BY_NOW = (
    "This list changed after you opened the page: perhaps the role was just given. Below is how it is now: "
    "choose again"
)


def roles_told_of(users: Sequence[User]) -> Sequence[tuple[int, Sequence[Role]]]:
    """What must still be so of a list when its button is pressed: whose accounts they are, and as what."""
    return [(user.id, sorted(user.roles)) for user in users]


def make_line_managers(
    *,
    shown: Collection[int],
    chosen: Collection[int],
    seen: str | None = None,
    by: Actor,
    now: datetime,
) -> list[User]:
    """Those who are chosen of a list of accounts get the role besides their own, as if it were given by hand.

    `seen` is the edition of the list: if an account of it was closed or has other roles by now, or its holder
    manages nobody any more, nobody gets the role before the list was looked at again. So it is for whoever
    presses twice.
    """
    if not by.can(Permission.MANAGE_USERS):
        raise NotAllowed("Only an administrator can change what an account may do.")
    today = clock.day_of(now)
    lock_administrators()
    found = queries.to_be_line_managers(on=today).where(User.id.in_(shown))
    listed = db.session.scalars(found, execution_options={"populate_existing": True}).all()
    check_looked_at(roles_told_of(listed), seen, _OTHERWISE_BY_NOW)
    users = [user for user in listed if user.id in chosen]
    if not users:
        raise RuleBroken("Tick at least one person", field="people")
    for user in users:
        change = role_change(user=user, roles={*user.roles, Role.LINE_MANAGER}, on=today)
        make_role_change(user=user, change=change, by=by, now=now)
    db.session.flush()
    return users
