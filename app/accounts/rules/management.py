"""What administrators do with accounts once there are any: change, close. Every change is audited. (SA-03)"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from app.accounts import queries
from app.accounts.models import Demonstration, RoleGrant, User
from app.accounts.rules.holders import check_holder
from app.accounts.rules.inviting import (
    ROLES_THAT_EXPIRE,
    check_roles,
    has_any_account,
    last_day_for,
    roles_in_words,
    save_account,
)
from app.accounts.rules.links import end_sessions, label_of, use_up_links
from app.accounts.rules.passwords import hash_of, is_right
from app.accounts.rules.signing_in import may_sign_in
from app.audit import rules as audit
from app.core import clock
from app.core.actors import SERVICE, Actor
from app.core.db import db
from app.core.editions import Values, check_looked_at
from app.core.errors import RuleBroken
from app.core.filters import day
from app.core.permissions import Role
from app.people.models import Person

_OTHERWISE_BY_NOW = (
    "This account was changed after you opened this page. Below is what your choice of roles would give and "
    "take away now: confirm it, or choose again"
)


@dataclass(frozen=True)
class RoleChange:
    """What a new choice of roles adds and takes away, and the last day that the account gets by it, loses
    with the roles that brought it, or keeps for another reason when no role asks for one any more.
    `opens_again`: the account has ended, and can be used again once that last day is gone."""

    added: tuple[Role, ...]
    removed: tuple[Role, ...]
    last_day: date | None
    lost_last_day: date | None
    kept_last_day: date | None
    opens_again: bool

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


# --- Changing ------------------------------------------------------------------------------------------


def change_account(
    *,
    user: User,
    name: str,
    person: Person | None,
    expires_on: date | None,
    by: Actor,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Change whose account it is, or until when. Board and DfE accounts always have a last day.

    `seen` is the edition that a page was made from.
    """
    today = clock.day_of(now)
    lock_administrators()
    db.session.expire(user)
    values, also = values_of_account(user), ["account:roles changed"]  # which may bring a last day
    audit.check_unchanged(thing=user, values=values, seen=seen, verb="account:changed", also=also)
    _check_change(user, person, expires_on, today)
    person_id = person.id if person else None
    changes = audit.differing(
        ("name", user.name, name),
        ("person_id", user.person_id, person_id),
        ("expires_on", user.expires_on, expires_on),
    )
    user.name, user.person_id, user.expires_on = name, person_id, expires_on
    if changes:
        save_account(user)
        audit.record(
            by=by, verb="account:changed", thing=user, now=now, label=label_of(user), changes=changes
        )


def _check_change(user: User, person: Person | None, expires_on: date | None, today: date) -> None:
    if expires_on is None and ROLES_THAT_EXPIRE & set(user.roles):
        raise RuleBroken(
            "Enter a last day: accounts of board members and DfE advisers always have one", "expires_on"
        )
    if expires_on is not None and expires_on != user.expires_on:
        last_day_for(expires_on, user.roles, today)
        if Role.ADMINISTRATOR in user.roles and _is_sooner(expires_on, user.expires_on):
            _check_an_administrator_remains(user, today)
    if person is not None and person.id != user.person_id and has_any_account(person):
        raise RuleBroken("That person has an account already", "person")
    if (person.id if person else None) != user.person_id:
        check_holder(user.roles, person)


def values_of_account(user: User) -> Values:
    """What is saved of what an account's form changes, in words."""
    person = user.person
    whose = f"{person.name} ({person.employee_number or person.email})" if person else ""
    return [
        ("Name", user.name),
        ("In the directory as", whose),
        ("Last day", day(user.expires_on)),
    ]


def role_change(*, user: User, roles: Collection[Role], on: date) -> RoleChange:
    """What choosing these roles would change, if it may: what is added suits whose account it is, and the
    last administrator can't be removed. A role of the board or the DfE brings a last day, which goes with
    it. (SA-03)"""
    check_roles(roles)
    held, last_day = set(user.roles), _last_day_with(user, roles, on)
    is_other, is_over = last_day != user.expires_on, not ROLES_THAT_EXPIRE & set(roles)
    change = RoleChange(
        added=tuple(sorted(set(roles) - held)),
        removed=tuple(sorted(held - set(roles))),
        last_day=last_day if is_other else None,
        lost_last_day=user.expires_on if is_other else None,
        kept_last_day=last_day if is_over and ROLES_THAT_EXPIRE & held else None,
        opens_again=user.active and _has_ended(user.expires_on, on) and not _has_ended(last_day, on),
    )
    check_holder(change.added, user.person)
    ends_sooner = Role.ADMINISTRATOR in change.removed or _is_sooner(change.last_day, user.expires_on)
    if Role.ADMINISTRATOR in held and ends_sooner:
        _check_an_administrator_remains(user, on)
    return change


def _has_ended(last_day: date | None, on: date) -> bool:
    return last_day is not None and last_day < on


def _last_day_with(user: User, roles: Collection[Role], on: date) -> date | None:
    """The last day of an account once it has these roles.

    One that an administrator typed, or changed, stays. One that a role of the board or the DfE brought, 12
    months after it was given, goes with that role: then the account has that of such a role which stays or
    is new, or none. Example: a board member since 1 March 2022 who is a DfE adviser instead from 1 May has
    until 1 May 2023, and none once that role goes, too.
    """
    if user.expires_on is None:
        return last_day_for(None, roles, on)
    given = {grant.role: clock.day_of(grant.granted_at) for grant in user.grants}
    if user.expires_on not in {last_day_for(None, {role}, since) for role, since in given.items()}:
        return user.expires_on
    asked = [last_day_for(None, {role}, given.get(role, on)) for role in ROLES_THAT_EXPIRE & set(roles)]
    days = [one for one in asked if one is not None]
    return user.expires_on if user.expires_on in days else max(days, default=None)


def change_roles(
    *, user: User, roles: Collection[Role], by: Actor, now: datetime, seen: str | None = None
) -> None:
    """Give the account these roles and no others, from its very next page on.

    `seen` is the edition of the change that a page told: nothing is given or taken that it did not say.
    """
    today = clock.day_of(now)
    lock_administrators()
    db.session.expire(user)
    change = role_change(user=user, roles=roles, on=today)
    if not change:
        return
    check_looked_at(change, seen, _OTHERWISE_BY_NOW)
    make_role_change(user=user, change=change, by=by, now=now)
    db.session.flush()


def make_role_change(*, user: User, change: RoleChange, by: Actor, now: datetime) -> None:
    """Give an account's roles and take them away, as somebody looked at it, and keep that it was done."""
    before = roles_in_words(user.roles)
    for grant in [grant for grant in user.grants if grant.role in change.removed]:
        user.grants.remove(grant)
    for role in change.added:
        user.grants.append(RoleGrant(role=role, granted_at=now, granted_by=by.name))
    changes: dict[str, tuple[object, object]] = {"roles": (before, roles_in_words(user.roles))}
    if change.last_day or change.lost_last_day:
        changes["expires_on"] = (change.lost_last_day, change.last_day)
        user.expires_on = change.last_day
    audit.record(
        by=by, verb="account:roles changed", thing=user, now=now, label=label_of(user), changes=changes
    )


def check_can_close(user: User, by: Actor, on: date) -> None:
    """An open account is closed by another administrator, while one who can sign in is left. (SA-03)"""
    if not user.active:
        raise RuleBroken("This account is closed already.")
    if user.id == by.user_id:
        raise RuleBroken("You can’t close your own account. Ask another administrator to.")
    if Role.ADMINISTRATOR in user.roles:
        _check_an_administrator_remains(user, on)


def close(*, user: User, by: Actor, now: datetime, reason: str | None = None) -> None:
    """The account can't sign in any more, from this moment on; what its holder did stays on record."""
    lock_administrators()
    db.session.expire(user)
    check_can_close(user, by, clock.day_of(now))
    user.active = False
    end_sessions(user)
    use_up_links(user, now=now)
    audit.record(by=by, verb="account:closed", thing=user, now=now, label=label_of(user), reason=reason)


def reopen(*, user: User, by: Actor, now: datetime) -> None:
    """A closed account may sign in again, with the password that it had."""
    if user.active:
        raise RuleBroken("This account is open already.")
    user.active = True
    audit.record(by=by, verb="account:opened again", thing=user, now=now, label=label_of(user))


def _check_an_administrator_remains(without: User, on: date) -> None:
    """Before an administrator goes, or is given a nearer last day: another can sign in now, and for as long.

    Example: of two administrators, Ann's account ends on 30 November and Bea's has no last day. While that
    is so, Bea's can't be given one or be closed, and stays an administrator's. (SA-03)
    """
    found = db.session.scalars(
        queries.administrators_besides(without), execution_options={"populate_existing": True}
    )
    others = [other for other in found if may_sign_in(other, on)]
    if not others:
        raise RuleBroken(
            "This is the only administrator who can sign in. Make somebody else an administrator first, "
            "and wait until they have set their password."
        )
    if all(_is_sooner(other.expires_on, without.expires_on) for other in others):
        raise RuleBroken(
            "The accounts of all other administrators end sooner than this one. Give one of them a later "
            "last day first, or none."
        )


def _is_sooner(one: date | None, other: date | None) -> bool:
    """Whether an account with this last day ends before one with the other; without one it never does."""
    return one is not None and (other is None or one < other)


def lock_administrators() -> None:
    """Somebody who changes administrators waits for the other: of two who remove each other, the second is
    refused."""
    list(db.session.scalars(queries.administrator_grants().with_for_update()))


# --- Demonstration -------------------------------------------------------------------------------------


def make_demonstration_account(
    *, email: str, name: str, role: Role, password: str, person: Person | None = None, now: datetime
) -> User:
    """An account of the demonstration, with the password that is printed at each start; made once.

    Raises RuleBroken in a database that was not made as a demonstration; the foreign key to its one row says
    the same to whoever goes round this rule.
    """
    if db.session.get(Demonstration, 1) is None:
        raise RuleBroken(
            "This database was not made as a demonstration: it can’t have demonstration accounts."
        )
    user = db.session.scalar(queries.by_email(email))
    if user is None:
        user = User(
            email=email.lower(),
            name=name,
            active=True,
            fs_uniquifier=uuid4().hex,
            person_id=person.id if person else None,
            demonstration_id=1,
            created_at=now,
        )
        user.grants.append(RoleGrant(role=role, granted_at=now, granted_by=SERVICE.name))
        db.session.add(user)
        db.session.flush()
    elif user.demonstration_id is None:
        raise RuleBroken(f"The account {user.email} is not the demonstration’s.")
    if user.password is None or not is_right(password, user.password):
        user.password = hash_of(password)
    return user
