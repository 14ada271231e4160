"""Who belongs to a team or an organisation after a day: they stand in the way of its being closed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Select, or_, select

from app.core.db import live
from app.people.models import BY_NAME, Organisation, Person, Spell, Team


def people_after(thing: Team | Organisation, day: date) -> Select[tuple[Person]]:
    """Who belongs to it on any day after `day`, as known now, by name."""
    column = Spell.team_id if isinstance(thing, Team) else Spell.organisation_id
    goes_on = or_(Spell.last_day.is_(None), Spell.last_day > day)
    there = select(Spell.person_id).where(column == thing.id, live(Spell), goes_on)
    return select(Person).where(Person.id.in_(there)).order_by(*BY_NAME)


def outlasting(spell_ids: Collection[int]) -> Select[tuple[Spell]]:
    """Of these posts, those that go on after the last day of their team or their organisation."""
    closes = (
        or_(Spell.last_day.is_(None), Spell.last_day > thing.last_day) & thing.last_day.is_not(None)
        for thing in (Team, Organisation)
    )
    return (
        select(Spell)
        .outerjoin(Team, Team.id == Spell.team_id)
        .outerjoin(Organisation, Organisation.id == Spell.organisation_id)
        .where(Spell.id.in_(spell_ids), or_(*closes))
        .order_by(Spell.id)
    )
