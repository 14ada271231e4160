"""The academy makes somebody the coordinator of their partner organisation. (MA-05)"""

from __future__ import annotations

from datetime import datetime

from app.accounts import queries
from app.accounts.models import User
from app.accounts.rules.inviting import invite
from app.accounts.rules.management import change_roles
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Permission, Role
from app.people import queries as people
from app.people.models import Organisation, Person, PersonKind
from app.people.rules import add_person, open_spell

# Whose account the academy may make a coordinator's: every other role is for an administrator to give.
ROLES_OF_PARTNERS = frozenset({Role.PARTNER, Role.COORDINATOR})


def check_can_invite_coordinators(by: Actor) -> None:
    """Coordinators are invited by the academy, which keeps partner organisations, and by administrators."""
    if not (by.can(Permission.EDIT_PEOPLE) or by.can(Permission.MANAGE_USERS)):
        raise NotAllowed("Only the academy can invite coordinators.")


def invite_coordinator(
    *,
    organisation: Organisation,
    first_name: str,
    last_name: str,
    email: str,
    job_title: str | None,
    by: Actor,
    now: datetime,
) -> User:
    """Somebody of a partner organisation may book, and decide, for its people; whose account that is.

    Cora of Riverside School has no account: she is invited, and recorded there from today if she was not. A
    partner with an account gets the role besides, and needs no invitation.
    """
    check_can_invite_coordinators(by)
    person = _recorded(organisation, email, now) or _record(
        organisation, first_name, last_name, email, job_title, by=by, now=now
    )
    user = db.session.scalar(queries.account_of(person.id))
    if user is None:
        roles = frozenset({Role.COORDINATOR})
        return invite(email=email, name=person.name, roles=roles, person=person, by=by, now=now).user
    _check_account(user)
    change_roles(user=user, roles={*user.roles, Role.COORDINATOR}, by=by, now=now)
    return user


def _recorded(organisation: Organisation, email: str, now: datetime) -> Person | None:
    """Whoever has the address, who must be a partner of the organisation today."""
    known = people.known_as(email)
    if known is None:
        return None
    spell = known.spell_on(clock.day_of(now))
    if known.kind is not PersonKind.PARTNER or spell is None or spell.organisation_id != organisation.id:
        raise RuleBroken(
            f"{known.name} has this address, and is not recorded at {organisation.name} today. Change where "
            "they belong first",
            "email",
        )
    return known


def _record(
    organisation: Organisation,
    first_name: str,
    last_name: str,
    email: str,
    job_title: str | None,
    *,
    by: Actor,
    now: datetime,
) -> Person:
    person = add_person(
        kind=PersonKind.PARTNER, first_name=first_name, last_name=last_name, email=email, by=by, now=now
    )
    open_spell(
        person=person,
        first_day=clock.day_of(now),
        organisation_id=organisation.id,
        job_title=job_title,
        by=by,
        now=now,
    )
    return person


def _check_account(user: User) -> None:
    if not user.active:
        raise RuleBroken(f"{user.name}’s account is closed. Ask an administrator to open it again", "email")
    if Role.COORDINATOR in user.roles:
        raise RuleBroken(f"{user.name} is a coordinator already", "email")
    if not set(user.roles) <= ROLES_OF_PARTNERS:
        raise RuleBroken(f"{user.name} has other roles too. Ask an administrator to add this one", "email")
