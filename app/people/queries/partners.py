"""What organisations say of themselves, and the people who belong to them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, select

from app.core.db import db, live
from app.core.names import folded
from app.people.models import Person, Spell, StatedHeadcount
from app.people.queries.directory import directory


def stated_headcount(organisation_id: int, year: int) -> Select[tuple[StatedHeadcount]]:
    """How many people an organisation says that it has in a year, as known now."""
    return select(StatedHeadcount).where(
        live(StatedHeadcount),
        StatedHeadcount.organisation_id == organisation_id,
        StatedHeadcount.year == year,
    )


def people_of(organisation_id: int, on: date, *, search: str | None = None) -> Select[tuple[Person, Spell]]:
    """Who belongs to an organisation on a date, by name; those whom a search finds, where there is one."""
    return directory(search, None, organisation_id=organisation_id, on=on)


def namesakes_at(
    organisation_id: int, first_name: str, last_name: str, *, on: date
) -> list[tuple[Person, Spell]]:
    """Who belongs to an organisation under this name already: perhaps the same person."""
    name = folded(f"{first_name} {last_name}")
    return [
        (person, spell)
        for person, spell in db.session.execute(people_of(organisation_id, on)).tuples()
        if name in {folded(f"{person.first_name} {person.last_name}"), folded(person.name)}
    ]
