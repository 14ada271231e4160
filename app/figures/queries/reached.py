"""Reach as a table: each step by sector, the council beside its partners (4.2, T08)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, String, case, func, literal, select, union_all

from app.core.db import db, live
from app.figures.models import ReachStep, Target
from app.figures.queries import measures
from app.figures.queries.plans import plans_for
from app.people.models import Organisation, Person, PersonKind, Sector, Spell

COUNCIL, PANEL, NO_SECTOR = "The council", "Foster panel members", "No sector"


@dataclass(frozen=True)
class ReachRow:
    """How many people of one sector each step has reached."""

    sector: str
    offered: int
    invited: int
    booked: int
    attended: int

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        return self.offered, self.invited, self.booked, self.attended


def reach_by_sector(target: Target, *, as_at: date, known_at: datetime | None = None) -> list[ReachRow]:
    """The four steps by sector, the council first, then "All", from one statement.

    A person's sector is that of the organisation to which they last belonged by the date.
    """
    plan = plans_for([target], known_at)[0]
    parts = []
    for step in ReachStep:
        people = measures.reached(
            target, plan.rule, plan.population, step, as_at=as_at, known_at=known_at
        ).subquery()
        sector = _sector(as_at, known_at).label("sector")
        each = select(literal(step.value, String).label("step"), sector).select_from(people)
        parts.append(each.join(Person, Person.id == people.c.person_id))
    every = union_all(*parts).subquery()
    statement = select(every.c.sector, every.c.step, func.count()).group_by(every.c.sector, every.c.step)
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for sector_name, step_name, count in db.session.execute(statement).tuples():
        found[sector_name][step_name] = count
        found["All"][step_name] = found["All"].get(step_name, 0) + count
    last = {PANEL: 1, NO_SECTOR: 2, "All": 3}
    names = sorted(found, key=lambda name: (name != COUNCIL, last.get(name, 0), name))
    return [ReachRow(name, *(found[name].get(step.value, 0) for step in ReachStep)) for name in names]


def _sector(as_at: date, known_at: datetime | None) -> ColumnElement[str]:
    of_partner = (
        select(Sector.name)
        .join(Organisation, Organisation.sector_id == Sector.id)
        .join(Spell, Spell.organisation_id == Organisation.id)
        .where(Spell.person_id == Person.id, live(Spell, known_at), Spell.first_day <= as_at)
        .order_by(Spell.first_day.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )
    return case(
        (Person.kind == PersonKind.STAFF, COUNCIL),
        (Person.kind == PersonKind.PANEL_MEMBER, PANEL),
        else_=func.coalesce(of_partner, NO_SECTOR),
    )
