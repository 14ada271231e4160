"""Whose names somebody may see (3.0): everybody, the own team, oneself, or nobody."""

from __future__ import annotations

from datetime import date
from functools import partial

from app.core.actors import Actor
from app.core.errors import NotAllowed, allows
from app.core.permissions import Permission
from app.people import queries
from app.people.models import Person, Team


def check_can_see(person: Person, by: Actor, on: date) -> None:
    """The academy sees everybody; a line manager the own team and all who answer to them; others themselves.

    Trainers, board members, DfE advisers, contract managers and administrators see nobody here.
    """
    if by.can(Permission.SEE_ALL_PEOPLE):
        return
    if by.person_id == person.id and by.can(Permission.SEE_OWN_LEARNING):
        return
    if by.can(Permission.SEE_OWN_TEAM) and _is_in_team_of(person, by, on):
        return
    raise NotAllowed("You can see only your own record and the people in your own team.")


def can_see(person: Person, by: Actor, on: date) -> bool:
    return allows(partial(check_can_see, person, by, on))


def _is_in_team_of(person: Person, by: Actor, on: date) -> bool:
    spell = person.spell_on(on)
    if spell is None or by.person_id is None:
        return False
    if spell.manager_id == by.person_id or spell.team_id in by.team_ids:
        return True
    return queries.is_managed_by(person.id, by.person_id, on)


def check_can_see_team(team: Team, by: Actor) -> None:
    """The academy sees every team, a line manager the teams managed."""
    if by.can(Permission.SEE_ALL_PEOPLE):
        return
    if by.can(Permission.SEE_OWN_TEAM) and team.id in by.team_ids:
        return
    raise NotAllowed("You can see only the teams that you manage.")


def is_colleague(person: Person, by: Actor, on: date) -> bool:
    """Whether a coordinator acts for the organisation that somebody belongs to on a date. (MA-05)"""
    if not (by.can(Permission.SEE_OWN_ORGANISATION) and by.organisation_ids):
        return False
    spell = person.spell_on(on)
    return spell is not None and spell.organisation_id in by.organisation_ids


def check_can_act_for(organisation_id: int, by: Actor) -> None:
    """A coordinator acts for the own organisation, and for no other."""
    if not (by.can(Permission.SEE_OWN_ORGANISATION) and organisation_id in by.organisation_ids):
        raise NotAllowed("You can act for your own organisation only.")
