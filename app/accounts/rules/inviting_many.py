"""Inviting many people of the directory at once, and once more those who have not come. (SA-03)"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Select, select

from app.accounts import queries
from app.accounts.models import PasswordLink, User
from app.accounts.rules.inviting import (
    check_can_invite_again,
    invite_again,
    new_account,
    record_invited,
    send_links,
)
from app.accounts.rules.links import lock_links_of
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, row_count, save_all_unique
from app.core.editions import check_looked_at
from app.core.errors import NotAllowed, RuleBroken, refusal_of
from app.core.permissions import Permission, Role
from app.people import queries as people
from app.people.models import Person, PersonKind

MOST_AT_ONCE = 500
MOST_NAMED = 100
_OTHERWISE_BY_NOW = (
    "This list changed after you opened the page. Below is who would be invited now: look at it, and press "
    "the button again"
)
_SENT_MEANWHILE = (
    "This list changed after you opened the page: perhaps the invitations were just sent again. Below is how "
    "it is now: choose again"
)


@dataclass(frozen=True)
class Candidate:
    """Somebody without an account: where they belong, the role that they would get, and whose account signs
    in with their address already, if one does."""

    person: Person
    place: str | None
    role: Role
    holder_id: int | None

    @property
    def why_not(self) -> str | None:
        """Why they can't be invited; None where they can."""
        if self.person.email is None:
            return "No e-mail address is recorded"
        if self.holder_id is not None:
            return f"Another account signs in with {self.person.email}"
        return None


@dataclass(frozen=True)
class Plan:
    """Whom a press of the button invites, 500 at most, with how many are left for the next, and who is left
    out, of whom 100 are named, with how many they are in all."""

    invited: Sequence[Candidate]
    left_out: Sequence[Candidate]
    invited_next: int
    left_out_count: int

    @property
    def roles(self) -> list[tuple[Role, int]]:
        """How many would get each role."""
        return sorted(Counter(one.role for one in self.invited).items())

    @property
    def told(self) -> Sequence[tuple[int, str | None, Role]]:
        """All that the button does, for an edition of it."""
        return [(one.person.id, one.person.email, one.role) for one in self.invited]


def candidate(person: Person, place: str | None, manages: bool, holder_id: int | None) -> Candidate:
    """What somebody would be invited as: staff as practitioners, or as line managers if anybody answers to
    them today; people of partner organisations and of the foster panel as partners.

    Who has another task besides, such as a trainer or a coordinator, is given that role on the account.
    """
    role = Role.PARTNER
    if person.kind is PersonKind.STAFF:
        role = Role.LINE_MANAGER if manages else Role.PRACTITIONER
    return Candidate(person, place, role, holder_id)


def plan_of(found: Select[Any]) -> Plan:
    """Who of some people without an account, as `queries.without_account` finds them, can be invited now."""
    can, cannot = found.where(queries.can_be_invited()), found.where(~queries.can_be_invited())
    invited, left_out = _first(can, MOST_AT_ONCE), _first(cannot, MOST_NAMED)
    return Plan(
        invited=invited,
        left_out=left_out,
        invited_next=queries.can_be_invited_count(found) - len(invited),
        left_out_count=db.session.scalar(select(row_count(cannot))) or 0,
    )


def _first(found: Select[Any], most: int) -> list[Candidate]:
    rows = db.session.execute(found.limit(most)).unique()
    return [candidate(person, spell.place, manages, holder) for person, spell, manages, holder in rows]


def _check_may_invite(by: Actor) -> None:
    if not by.can(Permission.MANAGE_USERS):
        raise NotAllowed("Only an administrator can invite many people at once.")


def invite_many(*, found: Select[Any], seen: str | None = None, by: Actor, now: datetime) -> list[User]:
    """Give an account to everybody of a list who can have one, each invited as if they were alone.

    `seen` is the edition of what a page told. Whoever presses twice invites nobody twice: those who were
    invited have an account by then, and so are not on the list any more.
    """
    _check_may_invite(by)
    plan = plan_of(found)
    check_looked_at(plan.told, seen, _OTHERWISE_BY_NOW)
    if not plan.invited:
        raise RuleBroken("Nobody on this list can be invited. Below is why")
    users = [_account_of(one, by=by, now=now) for one in plan.invited]
    save_all_unique(users, taken=RuleBroken(_OTHERWISE_BY_NOW))
    for user in users:
        record_invited(user, by=by, now=now)
    send_links(users, now=now)
    return users


def _account_of(one: Candidate, *, by: Actor, now: datetime) -> User:
    assert one.person.email is not None
    return new_account(
        email=one.person.email,
        name=one.person.name,
        roles=[one.role],
        person=one.person,
        expires_on=None,
        by=by,
        now=now,
    )


# --- Those who have not come ---------------------------------------------------------------------------


@dataclass(frozen=True)
class SentAgain:
    """Whose invitation goes out once more, and whose does not, and why."""

    sent: Sequence[User]
    refused: Sequence[tuple[User, str]]


def send_again(
    *,
    shown: Sequence[tuple[User, PasswordLink]],
    chosen: Collection[int],
    seen: str | None = None,
    by: Actor,
    now: datetime,
) -> SentAgain:
    """Invite those once more who are chosen of a list of accounts, each with its newest link, by new links:
    those before end. Somebody who can't be written to stops nobody else.

    `seen` is the edition of the list's links: whoever presses twice writes to nobody twice, even at one
    moment.
    """
    _check_may_invite(by)
    waiting = _still_waiting(shown, now)
    check_looked_at([link.id for _user, link in waiting], seen, _SENT_MEANWHILE)
    users = [user for user, _link in waiting if user.id in chosen]
    if not users:
        raise RuleBroken("Tick at least one person", field="people")
    owners = people.owners_of([user.email for user in users])
    why = {user.id: _why_not_again(user, owners, now) for user in users}
    sent = [user for user in users if why[user.id] is None]
    if sent:
        invite_again(sent, by=by, now=now)
    return SentAgain(sent, [(user, told.message) for user in users if (told := why[user.id])])


def _still_waiting(
    shown: Sequence[tuple[User, PasswordLink]], now: datetime
) -> list[tuple[User, PasswordLink]]:
    """Who of a list waits still, with the newest links, once nobody else invites them or is let in by a link:
    the links are locked before the accounts, as whoever chooses a password locks them."""
    ids = [user.id for user, _link in shown]
    lock_links_of(ids)
    again = queries.not_come(on=clock.day_of(now)).where(User.id.in_(ids))
    rows = db.session.execute(again, execution_options={"populate_existing": True}).tuples()
    return [(user, link) for user, link, _state in rows]


def _why_not_again(user: User, owners: Mapping[str, int], now: datetime) -> RuleBroken | None:
    """`owners` are whose the addresses are in the directory; an account may be nobody's there."""
    is_of_another = user.person_id is not None and owners.get(user.email, user.person_id) != user.person_id
    return refusal_of(partial(check_can_invite_again, user, is_of_another=is_of_another, now=now))
