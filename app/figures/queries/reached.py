"""Reach as a table: each step by sector, the council beside its partners (4.2, T08)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    case,
    func,
    literal,
    select,
    union_all,
)

from app.core.db import db, live
from app.figures.models import ReachStep, Target, TargetKind
from app.figures.queries import measures
from app.figures.queries.breakdown import FEWEST_SHOWN, Hiding, Part, suppress
from app.figures.queries.plans import Plan, plans_for
from app.people.models import Organisation, Person, PersonKind, Sector, Spell

COUNCIL, PANEL, NO_SECTOR, ALL = "The council", "Foster panel members", "No sector", "All"
STEPS = ("Offered", "Invited", "Had a place", "Attended")


@dataclass(frozen=True)
class ReachRow:
    """How many people of one sector each step of STEPS has reached; of a hidden one the numbers are gone."""

    sector: str
    numbers: tuple[int | None, ...]
    hiding: Hiding = Hiding.NO

    @property
    def is_hidden(self) -> bool:
        return self.hiding is not Hiding.NO

    @property
    def steps(self) -> list[tuple[str, int | None]]:
        """Each step as it is called, with its number."""
        return list(zip(STEPS, self.numbers, strict=True))


def reach_by_sector(target: Target, *, as_at: date, known_at: datetime | None = None) -> list[ReachRow]:
    """The four steps by sector, the council first, then "All", from one statement.

    A person's sector is that of the organisation to which they last belonged by the date.
    """
    of = plans_for([target], known_at)
    return reach_by_sector_of(of, as_at=as_at, known_at=known_at)[target.id]


def reach_by_sector_of(
    of: Sequence[Plan], *, as_at: date, known_at: datetime | None = None
) -> dict[int, list[ReachRow]]:
    """The same of each target for reach among several, by its id, from one statement for all of them."""
    of = [plan for plan in of if plan.target.kind is TargetKind.REACH]
    if not of:
        return {}
    parts = [_people_by_sector(plan, step, as_at, known_at) for plan in of for step in ReachStep]
    every = union_all(*parts).subquery()
    columns = every.c.target_id, every.c.sector, every.c.step
    found: dict[int, dict[str, dict[str, int]]] = {
        plan.target.id: defaultdict(lambda: defaultdict(int)) for plan in of
    }
    statement = select(*columns, func.count()).group_by(*columns)
    for target_id, sector_name, step_name, count in db.session.execute(statement).tuples():
        for name in (sector_name, ALL):
            found[target_id][name][step_name] += count
    return {target_id: _rows(sectors) for target_id, sectors in found.items()}


def _people_by_sector(plan: Plan, step: ReachStep, as_at: date, known_at: datetime | None) -> Select[Any]:
    """A row for everybody whom one step of a target has reached."""
    people = measures.reached(
        plan.target, plan.rule, plan.population, step, as_at=as_at, known_at=known_at
    ).subquery()
    return (
        select(
            literal(plan.target.id, Integer).label("target_id"),
            literal(step.value, String).label("step"),
            _sector(as_at, known_at).label("sector"),
        )
        .select_from(people)
        .join(Person, Person.id == people.c.person_id)
    )


def _rows(sectors: Mapping[str, Mapping[str, int]]) -> list[ReachRow]:
    last = {PANEL: 1, NO_SECTOR: 2, ALL: 3}
    names = sorted(sectors, key=lambda name: (name != COUNCIL, last.get(name, 0), name))
    return [ReachRow(name, tuple(sectors[name].get(step.value, 0) for step in ReachStep)) for name in names]


def suppressed(rows: Sequence[ReachRow]) -> list[ReachRow]:
    """The rows as those see them who may not see names: sectors whose numbers are small are hidden.

    The steps are part of one another: who has a place was offered one. So a sector that is hidden in one
    step, because it is small there or would tell of one that is, is hidden in all of them; otherwise a number
    that is shown beside would narrow down the hidden one. Where nothing helps, "All" stands alone. A step
    that reached nobody of a sector tells of nobody.
    """
    sectors, whole = [one for one in rows if one.sector != ALL], [one for one in rows if one.sector == ALL]
    hidden: set[str] = set()
    for step in range(len(STEPS)):
        parts = [Part(one.sector, 0, number) for one in sectors if (number := one.numbers[step])]
        shown = suppress(parts)
        if parts and not shown:
            return whole
        hidden |= {part.name for part in shown if part.is_hidden}
    return [_hidden(one) if one.sector in hidden else one for one in sectors] + whole


def _hidden(row: ReachRow) -> ReachRow:
    is_small = all((number or 0) < FEWEST_SHOWN for number in row.numbers)
    return ReachRow(row.sector, (None,) * len(STEPS), Hiding.SMALL if is_small else Hiding.WITH_OTHERS)


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
