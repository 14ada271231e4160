"""Who decides for whom: line managers, their deputies, and the next manager up."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, and_, exists, literal, or_, select, union_all
from sqlalchemy.orm import joinedload

from app.core.db import db, live
from app.people.models import Deputy, Person, Spell
from app.people.queries.directory import absent_among
from app.people.queries.lists import covers


def approver_of(person: Person, *, on: date) -> Person | None:
    """Who decides for somebody on a date: their line manager, or the manager's deputy while there is one.

    Where the manager has left, or is away for long and has named nobody, it is the next manager up; and so it
    is for the deputy themself. Where there is none at all, nobody, and the academy decides. (U-14, LM-07)
    """
    seen = {person.id}
    spell = person.spell_on(on)
    manager = spell.manager if spell else None
    while manager is not None and manager.id not in seen:
        there = [one for one in db.session.scalars(_there_for(manager.id, on)) if one.id not in seen]
        if there:
            return there[0]
        seen.add(manager.id)
        spell = manager.spell_on(on)
        latest = spell or next(reversed(manager.spells), None)
        manager = latest.manager if latest else None
    return None


def _there_for(manager_id: int, on: date) -> Select[tuple[Person]]:
    """Who can decide on a date what is asked of a manager: whoever stands in, the last named first, or the
    manager, if nobody does and they are not away.

    One statement, as each approval asks it.
    """
    deputies = select(Deputy.deputy_id, Deputy.id.label("entry")).where(
        Deputy.manager_id == manager_id, Deputy.first_day <= on, Deputy.last_day >= on
    )
    is_away = or_(deputies.exists(), absent_among([manager_id], on).exists())
    themself = select(literal(manager_id), literal(0)).where(~is_away)
    there = union_all(deputies, themself).subquery()
    return (
        select(Person)
        .join(there, there.c.deputy_id == Person.id)
        .join(Spell, and_(Spell.person_id == Person.id, live(Spell), covers(Spell, on)))
        .order_by(there.c.entry.desc())
    )


def people_decided_for(decider_id: int, *, on: date) -> Select[tuple[int]]:
    """The ids of those whose line manager's decisions rest with somebody on a date.

    Their own reports, unless a deputy stands in for them or they are away; and the reports of those for whom
    they stand in.
    """
    stands_in_for = select(Deputy.manager_id).where(
        Deputy.deputy_id == decider_id, Deputy.first_day <= on, Deputy.last_day >= on
    )
    has_deputy = exists().where(
        Deputy.manager_id == decider_id, Deputy.first_day <= on, Deputy.last_day >= on
    )
    is_away = absent_among([decider_id], on).exists()
    return select(Spell.person_id).where(
        live(Spell),
        covers(Spell, on),
        or_(
            Spell.manager_id.in_(stands_in_for),
            and_(Spell.manager_id == decider_id, ~has_deputy, ~is_away),
        ),
    )


def line_manager_of(person: Person, *, on: date) -> Person | None:
    """Who is recorded as somebody's line manager on a date, whether or not they can decide."""
    spell = person.spell_on(on)
    return spell.manager if spell else None


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
