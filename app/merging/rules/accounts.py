"""One person has one account: the survivor's, or the other's when that is the one in use."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.accounts import queries as accounts
from app.accounts import rules
from app.accounts.models import User
from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Permission, Role
from app.merging import queries
from app.merging.models import Merge
from app.people.models import Person

Kept = dict[str, Any]


def account_of(person: Person) -> User | None:
    return db.session.scalar(accounts.account_of(person.id))


def which_stays(own: User | None, other: User | None) -> User | None:
    """Which of two accounts goes on: the survivor’s, unless the other alone can be signed in to."""
    if own is None or other is None:
        return own or other
    return other if _is_used(other) and not _is_used(own) else own


def closes(survivor: Person, merged: Person) -> User | None:
    """The account that a merge would close."""
    own, other = account_of(survivor), account_of(merged)
    goes = next((one for one in (own, other) if one is not which_stays(own, other)), None)
    return goes if goes is not None and goes.active else None


def _is_used(user: User) -> bool:
    return user.active and user.has_accepted


def pool_accounts(survivor: Person, merged: Person, *, by: Actor, now: datetime) -> Kept:
    """The account that stays belongs to the survivor; the other is closed. Returns what was so before."""
    own, other = account_of(survivor), account_of(merged)
    stays = which_stays(own, other)
    goes = next((one for one in (own, other) if one is not None and one is not stays), None)
    kept: Kept = {"owners": {str(one.id): one.person_id for one in (own, other) if one}, "closed": None}
    if goes is not None and goes.active:
        _check_may_shut_or_open(goes, "merge them", by)
        rules.close(user=goes, by=by, now=now, reason="Two records of one person were merged")
        kept["closed"] = goes.id
    if stays is other and other is not None:
        give({other.id: survivor.id} | ({own.id: merged.id} if own else {}), by=by, now=now)
    return kept


def give(owners: dict[int, int], *, by: Actor, now: datetime) -> None:
    """Say whose these accounts are; each is nobody's first, so that two may be exchanged."""
    users = [db.session.get_one(User, ident) for ident in owners]
    before = {user.id: user.person_id for user in users}
    for user in users:
        user.person_id = None
    db.session.flush()
    for user in users:
        user.person_id = owners[user.id]
    db.session.flush()
    for user in users:
        changes = audit.differing(("person_id", before[user.id], user.person_id))
        if changes:
            label = rules.label_of(user)
            audit.record(by=by, verb="account:changed", thing=user, now=now, label=label, changes=changes)


# --- Taking it back ------------------------------------------------------------------------------------


def check_can_give_back(merge: Merge, by: Actor) -> None:
    """An administrator’s account is opened again by an administrator alone, as it is closed. (U-07)"""
    if by.can(Permission.MANAGE_USERS):
        return
    opens = _still_closed_by(merge)
    if opens is not None:
        _check_may_shut_or_open(opens, "undo the merge", by)


def give_back(merge: Merge, *, by: Actor, now: datetime) -> None:
    """The accounts belong to whom they belonged to, and the one that the merge closed is open again.

    One that was opened since, and closed for misuse, stays closed.
    """
    opens = _still_closed_by(merge)
    owners = {int(ident): person_id for ident, person_id in merge.changes["accounts"]["owners"].items()}
    owners = {ident: owner for ident, owner in owners.items() if db.session.get(User, ident) is not None}
    give(owners, by=by, now=now)
    if opens is not None:
        rules.reopen(user=opens, by=by, now=now)


def _still_closed_by(merge: Merge) -> User | None:
    closed = merge.changes["accounts"]["closed"]
    return db.session.scalar(queries.still_closed_since(closed, merge.merged_at)) if closed else None


def _check_may_shut_or_open(user: User, what: str, by: Actor) -> None:
    if Role.ADMINISTRATOR in user.roles and not by.can(Permission.MANAGE_USERS):
        raise RuleBroken(f"{user.name}’s account is an administrator’s. Ask an administrator to {what}.")
