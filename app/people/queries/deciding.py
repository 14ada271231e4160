"""Who decides for whom: line managers, their deputies, and the next manager up."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.people.models import Deputy, Person
from app.people.queries.directory import absent_among


def approver_of(person: Person, *, on: date) -> Person | None:
    """Who decides for somebody on a date: their line manager, or the manager's deputy while there is one.

    Where the manager has left, or is away for long and has named nobody, it is the next manager up; where
    there is none at all, nobody, and the academy decides. (U-14, LM-07)
    """
    seen = {person.id}
    spell = person.spell_on(on)
    manager = spell.manager if spell else None
    while manager is not None and manager.id not in seen:
        seen.add(manager.id)
        deputy = db.session.scalars(deputies_of(manager.id, on)).first()
        if deputy is not None and deputy.id not in seen and deputy.spell_on(on) is not None:
            return deputy
        spell = manager.spell_on(on)
        if spell is not None and not db.session.scalars(absent_among([manager.id], on)).first():
            return manager
        latest = spell or max(manager.spells, key=lambda one: (one.is_live, one.first_day), default=None)
        manager = latest.manager if latest else None
    return None


def line_manager_of(person: Person, *, on: date) -> Person | None:
    """Who is recorded as somebody's line manager on a date, whether or not they can decide."""
    spell = person.spell_on(on)
    return spell.manager if spell else None


def deputies_of(manager_id: int, on: date) -> Select[tuple[Person]]:
    """Who stands in for a manager on a date, the newest entry first."""
    return (
        select(Person)
        .join(Deputy, Deputy.deputy_id == Person.id)
        .where(Deputy.manager_id == manager_id, Deputy.first_day <= on, Deputy.last_day >= on)
        .order_by(Deputy.id.desc())
    )


def deputy_entries_of(manager_id: int) -> Select[tuple[Deputy]]:
    """Who stands, stood and will stand in for a manager, the latest days first."""
    return (
        select(Deputy)
        .where(Deputy.manager_id == manager_id)
        .options(joinedload(Deputy.deputy))
        .order_by(Deputy.first_day.desc(), Deputy.id.desc())
    )


def deputies_between(manager_id: int, first_day: date, last_day: date) -> Select[tuple[Deputy]]:
    """A manager's entries that share a day with a span, earliest first."""
    return (
        select(Deputy)
        .where(Deputy.manager_id == manager_id, Deputy.first_day <= last_day, Deputy.last_day >= first_day)
        .order_by(Deputy.first_day)
    )
