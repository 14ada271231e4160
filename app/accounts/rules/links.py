"""Setting a password: by a one-time link that was e-mailed or printed, or by knowing the one before."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import delete, select, update

from app.accounts import emails, queries
from app.accounts.models import LinkPurpose, PasswordLink, ResetAsked, User, WrongPassword
from app.accounts.rules.passwords import check_password, hash_of
from app.accounts.rules.signing_in import may_sign_in
from app.audit import rules as audit
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, lock_row
from app.core.errors import RuleBroken
from app.outbox import rules as outbox
from app.people import queries as people

INVITATION_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(hours=24)
MOST_RESETS_AN_HOUR = 5

_LASTS = {LinkPurpose.INVITATION: INVITATION_LASTS, LinkPurpose.RESET: RESET_LASTS}


def make_link(*, user: User, purpose: LinkPurpose, now: datetime) -> tuple[PasswordLink, str]:
    """A new one-time link of an account, with the token that only its receiver will know."""
    return make_links([user], purpose=purpose, now=now)[0]


def make_links(
    users: Sequence[User], *, purpose: LinkPurpose, now: datetime
) -> list[tuple[PasswordLink, str]]:
    """The same for many accounts, saved together: a link and its token for each, in their order."""
    tokens = [secrets.token_urlsafe(32) for _user in users]
    links = [
        PasswordLink(
            user_id=user.id,
            purpose=purpose,
            token_digest=_digest(token),
            created_at=now,
            expires_at=now + _LASTS[purpose],
        )
        for user, token in zip(users, tokens, strict=True)
    ]
    db.session.add_all(links)
    db.session.flush()
    return list(zip(links, tokens, strict=True))


def usable_link(token: str, *, purpose: LinkPurpose, now: datetime) -> PasswordLink | None:
    """The link with this token while it can be used: looking at it, as mail scanners do, uses nothing up."""
    link = db.session.scalar(queries.link_with(_digest(token), purpose))
    if link is None or link.used_at is not None or link.expires_at <= now:
        return None
    return link if may_sign_in(link.user, clock.day_of(now)) else None


def ask_for_reset(*, email: str, now: datetime) -> None:
    """Somebody has forgotten their password: a job answers within seconds.

    So nobody can tell from the outside whether there is an account: the work is the same, and takes as long.
    """
    db.session.add(ResetAsked(email=email, asked_at=now))


def answer_reset(asked: ResetAsked, *, now: datetime) -> bool:
    """A link goes out, if an account that may sign in has the address; whether it does.

    At most 5 links go out to one in an hour. None goes to an address that has passed on to somebody else in
    the directory: who has it now could take over the account of whoever had it before. What was asked is
    forgotten.
    """
    db.session.delete(asked)
    user = db.session.scalar(queries.by_email(asked.email))
    if user is None or not _may_have_link(user, now):
        return False
    if people.is_address_of_another(user.email, user.person_id):
        return False
    link, token = make_link(user=user, purpose=LinkPurpose.RESET, now=now)
    outbox.enqueue(
        key=f"account:{user.id}:reset:{link.id}",
        kind="password_reset",
        to_address=user.email,
        to_name=user.name,
        email=emails.password_reset(name=user.name, token=token),
        now=now,
        useful_until=link.expires_at,
        secret=token,
    )
    return True


def _may_have_link(user: User, now: datetime) -> bool:
    an_hour_ago = now - timedelta(hours=1)
    made = db.session.scalar(queries.links_made_since(user, LinkPurpose.RESET, an_hour_ago)) or 0
    return made < MOST_RESETS_AN_HOUR and may_sign_in(user, clock.day_of(now))


def set_password(*, link: PasswordLink, password: str, now: datetime) -> User:
    """Whoever holds a link sets the password, once. The account's sessions and other links end."""
    lock_links_of([link.user_id])
    locked = lock_row(PasswordLink, link.id)
    user: User = link.user
    if locked.used_at is not None or locked.expires_at <= now:
        raise RuleBroken("This link was used already or has run out. Ask for a new one.")
    check_password(password, email=user.email, name=user.name)
    _keep(user, password, by=_self(user), now=now)
    return user


def change_password(*, user: User, password: str, now: datetime) -> None:
    """Somebody who has just given their password chooses another; their other sessions end."""
    check_password(password, email=user.email, name=user.name)
    _keep(user, password, by=_self(user), now=now)


def _keep(user: User, password: str, *, by: Actor, now: datetime) -> None:
    is_first = user.password is None
    user.password = hash_of(password)
    end_sessions(user)
    use_up_links(user, now=now)
    db.session.execute(delete(WrongPassword).where(WrongPassword.email == user.email))
    audit.record(
        by=by,
        verb="account:password set" if is_first else "account:password changed",
        thing=user,
        now=now,
        label=label_of(user),
    )
    if not is_first:
        outbox.enqueue(
            key=f"account:{user.id}:password:{now.isoformat()}",
            kind="password_changed",
            to_address=user.email,
            to_name=user.name,
            email=emails.password_changed(name=user.name, now=now),
            now=now,
        )


def end_sessions(user: User) -> None:
    """Every session of the account ends: the name by which sessions know it changes."""
    user.fs_uniquifier = uuid4().hex


def use_up_links(*users: User, now: datetime) -> None:
    """No link of these accounts that was made before can be used any more.

    Of two who make another at one moment the second waits, and ends the first one's.
    """
    ids = [user.id for user in users]
    lock_links_of(ids)
    db.session.execute(
        update(PasswordLink)
        .where(PasswordLink.user_id.in_(ids), PasswordLink.used_at.is_(None))
        .values(used_at=now)
    )


def lock_links_of(user_ids: Collection[int]) -> None:
    """Wait for whoever makes, uses or ends a link of these accounts. All their links, used ones too, in one
    order, and before the accounts themselves: two who lock some of these each in their own order could wait
    for each other. So what has changed of an account is written only afterwards."""
    of_theirs = select(PasswordLink.id).where(PasswordLink.user_id.in_(user_ids)).order_by(PasswordLink.id)
    with db.session.no_autoflush:
        db.session.execute(of_theirs.with_for_update())


def label_of(user: User) -> str:
    """An account as the audit names it."""
    return f"{user.name} ({user.email})"


def _self(user: User) -> Actor:
    return Actor(name=user.name, user_id=user.id, roles=frozenset(user.roles))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
