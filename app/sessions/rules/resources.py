"""Venues and trainers: what a session needs beside its date."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.accounts import rules as accounts
from app.accounts.models import User
from app.audit import rules as audit
from app.commissioning.models import Provider
from app.core.actors import Actor
from app.core.db import lock_row, save_unique
from app.core.editions import Values
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.people.rules import to_use_again, until
from app.sessions import queries
from app.sessions.models import Trainer, Venue


def add_venue(*, name: str, by: Actor, now: datetime, address: str = "", access: str = "") -> Venue:
    """A room: its name tells it from the others at the same address."""
    name = _checked_name(name, "venue")
    if known := queries.venue_named(name):
        raise _venue_taken(name, known)
    venue = save_unique(Venue(name=name, address=address, access=access), taken=_venue_taken(name))
    audit.record(by=by, verb="venue:added", thing=venue, now=now)
    return venue


def edit_venue(
    *,
    venue: Venue,
    name: str,
    address: str,
    access: str,
    by: Actor,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Change what a room is called, where it is, and how people get in; `seen` is the edition that a page was
    made from."""
    lock_row(Venue, venue.id)
    audit.check_unchanged(thing=venue, values=values_of_venue(venue), seen=seen, verb="venue:changed")
    name = _checked_name(name, "venue")
    if (known := queries.venue_named(name)) not in (None, venue):
        raise _venue_taken(name, known)
    changes = audit.differing(
        ("Name", venue.name, name), ("Address", venue.address, address), ("Access", venue.access, access)
    )
    venue.name, venue.address, venue.access = name, address, access
    save_unique(venue, taken=_venue_taken(name))
    if changes:
        audit.record(by=by, verb="venue:changed", thing=venue, now=now, changes=changes)


def values_of_venue(venue: Venue) -> Values:
    """What is saved of what a venue's form changes, in words."""
    return [("Name", venue.name), ("Address", venue.address), ("Getting in", venue.access)]


def add_trainer(
    *,
    name: str,
    email: str,
    by: Actor,
    now: datetime,
    provider: Provider | None = None,
    user: User | None = None,
) -> Trainer:
    """Somebody who delivers sessions, of a provider or in-house; signed in as `user`, they see their runs.

    Where no account is chosen, it is the one with their address that a trainer was invited to.
    """
    name, email = _checked_name(name, "trainer"), _checked_email(email)
    if known := queries.trainer_with_email(email):
        raise _email_taken(email, known)
    user = user or _account_with(email)
    _check_account(user, None)
    trainer = Trainer(name=name, email=email, provider=provider, user=user)
    save_unique(trainer, taken=_email_taken(email))
    changes = audit.differing(("Account", None, user and user.email))
    audit.record(by=by, verb="trainer:added", thing=trainer, now=now, changes=changes)
    return trainer


def edit_trainer(
    *,
    trainer: Trainer,
    name: str,
    email: str,
    provider: Provider | None,
    user: User | None,
    by: Actor,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Change a trainer's name, address, provider, or the account that they sign in with.

    Where no account is chosen, it is the one with their new address that a trainer was invited to.
    `seen` is the edition that a page was made from.
    """
    lock_row(Trainer, trainer.id)
    audit.check_unchanged(thing=trainer, values=values_of_trainer(trainer), seen=seen, verb="trainer:changed")
    name, email = _checked_name(name, "trainer"), _checked_email(email)
    if (known := queries.trainer_with_email(email)) not in (None, trainer):
        raise _email_taken(email, known)
    if email != trainer.email:
        user = user or _account_with(email)
    _check_account(user, trainer)
    changes = audit.differing(
        ("Name", trainer.name, name),
        ("E-mail", trainer.email, email),
        ("Provider", trainer.provider and trainer.provider.name, provider and provider.name),
        ("Account", trainer.user and trainer.user.email, user and user.email),
    )
    trainer.name, trainer.email, trainer.provider, trainer.user = name, email, provider, user
    save_unique(trainer, taken=_email_taken(email))
    if changes:
        audit.record(by=by, verb="trainer:changed", thing=trainer, now=now, changes=changes)


def link_trainer(*, user: User, by: Actor, now: datetime) -> Trainer | None:
    """A trainer's account under the address of a trainer who has none is theirs, and is linked.

    Tom, whom the academy added with tom@newtown.example, is invited under it, as a trainer: he may open the
    registers that he is written to about.
    """
    trainer = queries.trainer_with_email(user.email)
    if trainer is None or trainer.user_id is not None or _account_with(user.email) is None:
        return None
    trainer.user = user
    changes = {"Account": (None, user.email)}
    audit.record(by=by, verb="trainer:changed", thing=trainer, now=now, changes=changes)
    return trainer


def change_roles(
    *, user: User, roles: Collection[Role], by: Actor, now: datetime, seen: str | None = None
) -> Trainer | None:
    """Give an account these roles; when it becomes a trainer's, link it to the trainer with its address."""
    was_trainer = Role.TRAINER in user.roles
    accounts.change_roles(user=user, roles=roles, by=by, now=now, seen=seen)
    return None if was_trainer else link_trainer(user=user, by=by, now=now)


def values_of_trainer(trainer: Trainer) -> Values:
    """What is saved of what a trainer's form changes, in words."""
    return [
        ("Name", trainer.name),
        ("E-mail address", trainer.email),
        ("Provider", trainer.provider.name if trainer.provider else ""),
        ("Account", trainer.user.email if trainer.user else ""),
    ]


def _checked_name(name: str, what: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise RuleBroken(f"Enter the {what}’s name", field="name")
    return name


def _checked_email(email: str) -> str:
    email = email.strip().lower()
    if not email:
        raise RuleBroken("Enter the trainer’s e-mail address", field="email")
    return email


def _account_with(email: str) -> User | None:
    """The account under this address, if it is for a trainer and is no other trainer's."""
    return next((user for user in queries.accounts_for_trainer() if user.email == email), None)


def _check_account(user: User | None, trainer: Trainer | None) -> None:
    if user is None or (trainer and trainer.user_id == user.id):
        return
    if Role.TRAINER not in user.roles:
        raise RuleBroken(f"{user.email} does not have the role of trainer", field="user_id")
    if user not in queries.accounts_for_trainer(trainer.id if trainer else None):
        raise RuleBroken(f"Another trainer signs in as {user.email} already", field="user_id")


def _venue_taken(name: str, known: Venue | None = None) -> RuleBroken:
    what_to_do = _if_closed(known) or ". Give this one another name"
    return RuleBroken(f"There is a venue called {name} already{what_to_do}", field="name")


def _email_taken(email: str, known: Trainer | None = None) -> RuleBroken:
    what_to_do = _if_closed(known)
    return RuleBroken(f"There is a trainer with the address {email} already{what_to_do}", field="email")


def _if_closed(known: Venue | Trainer | None) -> str:
    """Until when what is there already is used, and what to do then."""
    return f"{until(known.last_day)}.{to_use_again(known)}" if known and known.last_day else ""
