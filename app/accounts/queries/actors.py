"""Who somebody is, as the rest of the house sees them, and who acts for an organisation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import Select, and_, or_, select

from app.accounts.models import RoleGrant, User
from app.core.actors import Actor
from app.core.db import db, live
from app.core.permissions import Permission, Role
from app.people.models import Person, Spell
from app.people.queries import covers


def actor_of(user: User, *, on: date) -> Actor:
    """The actor that an account is on a date: its roles, its person and the teams it manages.

    Somebody manages a team on D when a live spell that covers D is in that team and names them as manager.
    The teams are looked up only for whoever may see a team of their own. A coordinator acts for the
    organisation that they belong to on D.
    """
    person_id = user.person_id
    actor = Actor(name=user.name, user_id=user.id, person_id=person_id, roles=frozenset(user.roles))
    if person_id is None:
        return actor
    if actor.can(Permission.SEE_OWN_TEAM):
        actor = replace(actor, team_ids=_teams_managed_by(person_id, on))
    if actor.has_role(Role.COORDINATOR):
        actor = replace(actor, organisation_ids=_organisations_of(person_id, on))
    return actor


def _teams_managed_by(person_id: int, on: date) -> frozenset[int]:
    statement = (
        select(Spell.team_id)
        .distinct()
        .where(
            live(Spell),
            Spell.manager_id == person_id,
            covers(Spell, on),
            Spell.team_id.is_not(None),
        )
    )
    return frozenset(team for team in db.session.scalars(statement) if team is not None)


def _organisations_of(person_id: int, on: date) -> frozenset[int]:
    statement = select(Spell.organisation_id).where(
        live(Spell), covers(Spell, on), Spell.person_id == person_id, Spell.organisation_id.is_not(None)
    )
    return frozenset(one for one in db.session.scalars(statement) if one is not None)


def coordinator_of(person: Person, on: date) -> Person | None:
    """Who decides for somebody of a partner organisation: its coordinator on that day, the first named.

    Nobody is their own coordinator. Where there is no other, it is nobody, and the academy decides. (3.0)
    """
    spell = person.spell_on(on)
    if spell is None or spell.organisation_id is None:
        return None
    return db.session.scalars(_coordinators(spell.organisation_id, on).where(Person.id != person.id)).first()


def _coordinators(organisation_id: int, on: date) -> Select[tuple[Person]]:
    """The people who act for an organisation on a day: those with an account in that role, oldest first."""
    return (
        select(Person)
        .join(Spell, and_(Spell.person_id == Person.id, live(Spell), covers(Spell, on)))
        .join(User, and_(User.person_id == Person.id, User.active))
        .join(RoleGrant, and_(RoleGrant.user_id == User.id, RoleGrant.role == Role.COORDINATOR))
        .where(
            Spell.organisation_id == organisation_id, or_(User.expires_on.is_(None), User.expires_on >= on)
        )
        .order_by(RoleGrant.granted_at, Person.id)
    )
