"""Giving accounts: what one begins with, and the link by which its holder comes in. (SA-03)"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from app.accounts import emails, queries
from app.accounts.models import LinkPurpose, PasswordLink, RoleGrant, User
from app.accounts.rules.holders import check_holder
from app.accounts.rules.links import label_of, make_links, use_up_links
from app.accounts.rules.signing_in import why_shut
from app.audit import rules as audit
from app.core import clock
from app.core.actors import COMMAND_LINE, Actor
from app.core.db import db, save_unique
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.outbox import rules as outbox
from app.outbox.rules import Letter
from app.people import queries as people
from app.people.models import Person

ROLES_THAT_EXPIRE = frozenset({Role.BOARD_MEMBER, Role.DFE_ADVISER})


@dataclass(frozen=True)
class Invited:
    """An account that somebody was just invited to, and the token of its one-time link."""

    user: User
    link: PasswordLink
    token: str


def invite(
    *,
    email: str,
    name: str,
    roles: Collection[Role],
    person: Person | None = None,
    expires_on: date | None = None,
    by: Actor,
    now: datetime,
    by_email: bool = True,
) -> Invited:
    """Make an account without a password, and a link by which its holder sets one within 7 days.

    Accounts of board members and DfE advisers end after 12 months unless another last day is given. An
    account whose address is somebody's in the directory belongs to that person. `by_email` sends the link;
    without, whoever called hands it over.
    """
    email = email.strip().lower()
    check_roles(roles)
    _check_is_free(email)
    if person is None:
        person = _unclaimed(email)
    elif has_any_account(person):
        raise RuleBroken("That person has an account already", "person")
    check_holder(roles, person, may_wait=by == COMMAND_LINE)  # which can't say whose it is
    last_day = last_day_for(expires_on, roles, clock.day_of(now))
    user = new_account(
        email=email, name=name, roles=roles, person=person, expires_on=last_day, by=by, now=now
    )
    save_account(user)
    record_invited(user, by=by, now=now)
    return _link_for(user, now=now, by_email=by_email)


def new_account(
    *,
    email: str,
    name: str,
    roles: Collection[Role],
    person: Person | None,
    expires_on: date | None,
    by: Actor,
    now: datetime,
) -> User:
    """An account with these roles and no password, to be saved."""
    return User(
        email=email,
        name=name,
        active=True,
        fs_uniquifier=uuid4().hex,
        person_id=person.id if person else None,
        created_at=now,
        expires_on=expires_on,
        grants=[RoleGrant(role=role, granted_at=now, granted_by=by.name) for role in sorted(set(roles))],
    )


def record_invited(user: User, *, by: Actor, now: datetime) -> None:
    """Keep that somebody was invited, as what and until when."""
    changes: dict[str, tuple[object, object]] = {"roles": (None, roles_in_words(user.roles))}
    if user.expires_on:
        changes["expires_on"] = (None, user.expires_on)
    audit.record(by=by, verb="account:invited", thing=user, now=now, label=label_of(user), changes=changes)


def send_invitation_again(*, user: User, by: Actor, now: datetime) -> None:
    """The invitation goes out anew, by a new link; the one before no longer works."""
    is_of_another = people.is_address_of_another(user.email, user.person_id)
    check_can_invite_again(user, is_of_another=is_of_another, now=now)
    invite_again([user], by=by, now=now)


def check_can_invite_again(user: User, *, is_of_another: bool, now: datetime) -> None:
    """Whoever has not chosen a password yet, and whose link would work, can be sent another."""
    _check_link_would_work(user, is_of_another=is_of_another, now=now)
    if user.has_accepted:
        raise RuleBroken(
            "This person has set a password. If they forgot it, they can ask for a new one when they sign in."
        )


def invite_again(users: Sequence[User], *, by: Actor, now: datetime) -> None:
    """Write another invitation to each of these accounts; the links before it end."""
    use_up_links(*users, now=now)
    send_links(users, now=now)
    for user in users:
        audit.record(by=by, verb="account:invited again", thing=user, now=now, label=label_of(user))


def make_password_link(*, user: User, by: Actor, now: datetime) -> Invited:
    """A new one-time link of an account, for whoever runs the service to hand over; older ones end."""
    is_of_another = people.is_address_of_another(user.email, user.person_id)
    _check_link_would_work(user, is_of_another=is_of_another, now=now)
    use_up_links(user, now=now)
    audit.record(by=by, verb="account:link made", thing=user, now=now, label=label_of(user))
    return _link_for(user, now=now, by_email=False)


def _check_link_would_work(user: User, *, is_of_another: bool, now: datetime) -> None:
    if why := why_shut(user, clock.day_of(now)):
        raise RuleBroken(f"{why} A link to it would not work: let the account in again first.")
    if is_of_another:
        raise RuleBroken(f"{user.email} is somebody else’s by now: change the address of this account first.")


def _link_for(user: User, *, now: datetime, by_email: bool) -> Invited:
    if by_email:
        return send_links([user], now=now)[0]
    return _made([user], now=now)[0]


def send_links(users: Sequence[User], *, now: datetime) -> list[Invited]:
    """A new link for each of these accounts, and the e-mail that brings it."""
    invited = _made(users, now=now)
    outbox.enqueue_all([_letter(one) for one in invited], now=now)
    return invited


def _made(users: Sequence[User], *, now: datetime) -> list[Invited]:
    made = make_links(users, purpose=LinkPurpose.INVITATION, now=now)
    return [Invited(user, link, token) for user, (link, token) in zip(users, made, strict=True)]


def _letter(invited: Invited) -> Letter:
    user, until = invited.user, invited.link.expires_at
    return Letter(
        key=queries.key_of_invitation(user.id, invited.link.id),
        kind="invitation",
        to_address=user.email,
        to_name=user.name,
        email=emails.invitation(name=user.name, roles=user.roles, token=invited.token, until=until),
        useful_until=until,
        secret=invited.token,
    )


# --- What every account keeps to -----------------------------------------------------------------------


def check_roles(roles: Collection[Role]) -> None:
    """An account holds a role, or there would be nothing that it may do."""
    if not roles:
        raise RuleBroken("Choose at least one role", "roles")


def _check_is_free(email: str) -> None:
    if db.session.scalar(queries.by_email(email)) is not None:
        raise RuleBroken(f"There is an account for {email} already", "email")


def _unclaimed(email: str) -> Person | None:
    """The person with this address, unless they have an account under another."""
    person = people.known_as(email)
    if person is None or has_any_account(person):
        return None
    return person


def has_any_account(person: Person) -> bool:
    """Whether there is an account of this person, closed ones too: nobody has two."""
    return db.session.scalar(queries.account_of(person.id)) is not None


def last_day_for(chosen: date | None, roles: Collection[Role], today: date) -> date | None:
    """Board and DfE accounts end after 12 months unless told otherwise: 29 February becomes the 28th."""
    if chosen is not None and chosen < today:
        raise RuleBroken("Last day must be today or later", "expires_on")
    if chosen is None and ROLES_THAT_EXPIRE & set(roles):
        leap = today.month == 2 and today.day == 29
        return today.replace(year=today.year + 1, day=28 if leap else today.day)
    return chosen


def save_account(user: User) -> None:
    """Save a new or changed account. Somebody else may have done the same at this very moment."""
    taken = RuleBroken("Somebody has just made an account for this address or person", "email")
    save_unique(user, taken=taken)


def roles_in_words(roles: Collection[Role]) -> str:
    """Roles as the audit keeps them: "Line manager, Trainer"."""
    return ", ".join(role.label for role in sorted(roles))
