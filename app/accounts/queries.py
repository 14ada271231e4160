"""Who somebody is, as the rest of the house sees them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.accounts.models import User
from app.core.actors import Actor
from app.core.db import db, live
from app.people.models import Spell


def actor_of(user: User, *, on: date) -> Actor:
    """The actor that an account is on a date: its roles, its person, the teams it manages, its organisation.

    Somebody manages a team on D when a live spell that covers D is in that team and names them as manager.
    """
    person_id = user.person_id
    return Actor(
        name=user.name,
        user_id=user.id,
        person_id=person_id,
        roles=frozenset(user.roles),
        team_ids=_teams_managed_by(person_id, on) if person_id else frozenset(),
        organisation_ids=_organisations_of(person_id, on) if person_id else frozenset(),
    )


def _teams_managed_by(person_id: int, on: date) -> frozenset[int]:
    statement = select(Spell.team_id).distinct().where(
        live(Spell),
        Spell.manager_id == person_id,
        Spell.first_day <= on,
        (Spell.last_day.is_(None)) | (Spell.last_day >= on),
        Spell.team_id.is_not(None),
    )
    return frozenset(team for team in db.session.scalars(statement) if team is not None)


def _organisations_of(person_id: int, on: date) -> frozenset[int]:
    statement = select(Spell.organisation_id).where(
        live(Spell),
        Spell.person_id == person_id,
        Spell.first_day <= on,
        (Spell.last_day.is_(None)) | (Spell.last_day >= on),
        Spell.organisation_id.is_not(None),
    )
    return frozenset(one for one in db.session.scalars(statement) if one is not None)
