"""Reach as a table, each step by sector, and the people behind each of its numbers (4.2, T08)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Integer,
    ScalarSelect,
    Select,
    String,
    Subquery,
    and_,
    case,
    func,
    literal,
    select,
    union_all,
)

from app.core.db import db, live
from app.figures.models import ReachStep, Target, TargetKind
from app.figures.queries import measures, scopes
from app.figures.queries.arithmetic import FEW, FEWEST_SHOWN
from app.figures.queries.parts import Hiding, Part, suppress
from app.figures.queries.plans import Plan, plans_for
from app.figures.queries.reaching import not_marked, to_attend
from app.figures.queries.sources import sources_for
from app.people.models import (
    BY_NAME,
    Organisation,
    OrganisationSector,
    Person,
    PersonKind,
    Sector,
    Spell,
)

COUNCIL, PANEL, NO_SECTOR, ALL = "The council", "Foster panel members", "No sector", "All"
REACH_STEPS = {
    ReachStep.OFFERED: "Offered",
    ReachStep.INVITED: "Invited",
    ReachStep.BOOKED: "Had a place",
    ReachStep.ATTENDED: "Attended",
}


SECTORS_NOT_SHOWN = (
    f"Sectors of which a step reached {FEW} people are not shown, nor others from which their numbers "
    "could be worked out."
)


@dataclass(frozen=True)
class ReachRow:
    """How many people of one sector each of REACH_STEPS has reached; of a hidden one the numbers are gone."""

    sector: str
    numbers: tuple[int | None, ...]
    hiding: Hiding = Hiding.NO

    @property
    def is_hidden(self) -> bool:
        return self.hiding is not Hiding.NO

    @property
    def among(self) -> str | None:
        """The sector whose people it counts; None for everybody."""
        return None if self.sector == ALL else self.sector

    @property
    def steps(self) -> list[tuple[ReachStep, str, int | None]]:
        """Each step, as it is called, with its number."""
        return [
            (step, REACH_STEPS[step], number) for step, number in zip(REACH_STEPS, self.numbers, strict=True)
        ]


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


def counting_alike(of: Sequence[Plan]) -> list[list[Plan]]:
    """The targets for reach among several, those together whose steps count the same people: of the same
    course, or of every course of the same programme, and in the same population."""
    found: dict[tuple[int | None, ...], list[Plan]] = defaultdict(list)
    for plan in of:
        target, course_id = plan.target, plan.rule.course_id
        if target.kind is TargetKind.REACH:
            programme_id = None if course_id else target.programme_id
            found[course_id, programme_id, target.population_id].append(plan)
    return list(found.values())


def _people_by_sector(plan: Plan, step: ReachStep, as_at: date, known_at: datetime | None) -> Select[Any]:
    """A row for everybody whom one step of a target has reached."""
    return select(
        literal(plan.target.id, Integer).label("target_id"),
        literal(step.value, String).label("step"),
        _people(plan, step, as_at, known_at).c.sector,
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
    for step in range(len(REACH_STEPS)):
        parts = [Part(one.sector, 0, number) for one in sectors if (number := one.numbers[step])]
        shown = suppress(parts)
        if parts and not shown:
            return whole
        hidden |= {part.name for part in shown if part.is_hidden}
    return [_hidden(one) if one.sector in hidden else one for one in sectors] + whole


def _hidden(row: ReachRow) -> ReachRow:
    is_small = all((number or 0) < FEWEST_SHOWN for number in row.numbers)
    return ReachRow(row.sector, (None,) * len(REACH_STEPS), Hiding.SMALL if is_small else Hiding.WITH_OTHERS)


# --- Person by person ----------------------------------------------------------------------------------


def reached_people(
    target: Target,
    step: ReachStep,
    *,
    sector: str | None = None,
    as_at: date,
    known_at: datetime | None = None,
) -> Select[tuple[Person, str, str, Any]]:
    """Whom a step has reached by a date, by name: each with their team or organisation (or None), their
    sector, and when it first did, a day for attendance and an instant for the others.

    Of everybody, or of one sector as `reach_by_sector` names it: the rows are those that it counts.
    """
    people = _people(plans_for([target], known_at)[0], step, as_at, known_at)
    statement = _named(people, as_at, known_at)
    return statement if sector is None else statement.where(people.c.sector == sector)


def booked_to_attend(
    target: Target, *, as_at: date, known_at: datetime | None = None, until: date | None = None
) -> Select[tuple[Person, str, str, Any]]:
    """People who are booked to attend by a target's deadline, and by `until` where that comes first, and
    never did, as `reached_people` says.

    The last column is the first day of their place. Two who are booked for March, one of whom came to
    another run in January: one.
    """
    plan = plans_for([target], known_at)[0]
    people = _with_sector(to_attend(plan, sources_for([plan], as_at, known_at, until=until)), as_at, known_at)
    return _named(people, as_at, known_at)


def marks_of_reach_outstanding(
    target: Target, *, as_at: date, known_at: datetime | None = None
) -> Select[tuple[Person, str, str, Any]]:
    """The places behind the marks that a target on attendance waits for, a row each, in the columns of
    `reached_people`; the last is the day of the session."""
    plan = plans_for([target], known_at)[0]
    places = _with_sector(not_marked(plan, sources_for([plan], as_at, known_at)), as_at, known_at)
    return _named(places, as_at, known_at).order_by(places.c.at)


def _named(people: Subquery, as_at: date, known_at: datetime | None) -> Select[tuple[Person, str, str, Any]]:
    """These people by name, each with where they belong."""
    belongs = case(
        (people.c.sector == COUNCIL, scopes.team_of(people.c.person_id, as_at, known_at)),
        else_=_last(Organisation.name, people.c.person_id, as_at, known_at),
    )
    return (
        select(Person, belongs.label("belongs"), people.c.sector, people.c.at)
        .join(people, people.c.person_id == Person.id)
        .order_by(*BY_NAME)
    )


def _people(plan: Plan, step: ReachStep, as_at: date, known_at: datetime | None) -> Subquery:
    """Whom a step has reached, each once: person_id, `at` and the sector."""
    people = measures.reached(plan.target, plan.rule, plan.population, step, as_at=as_at, known_at=known_at)
    return _with_sector(people, as_at, known_at)


def _with_sector(whom: Select[Any], as_at: date, known_at: datetime | None) -> Subquery:
    """The same people, each with their sector."""
    people = whom.subquery()
    sector = case(
        (Person.kind == PersonKind.STAFF, COUNCIL),
        (Person.kind == PersonKind.PANEL_MEMBER, PANEL),
        else_=func.coalesce(_last(Sector.name, Person.id, as_at, known_at), NO_SECTOR),
    )
    return (
        select(people.c.person_id, people.c.at, sector.label("sector"))
        .join_from(people, Person, Person.id == people.c.person_id)
        .subquery()
    )


def _last(name: Any, person_id: Any, as_at: date, known_at: datetime | None) -> ScalarSelect[str]:
    """What the organisation to which somebody last belonged by a date is called, or its sector."""
    return (
        select(name)
        .select_from(Spell)
        .join(Organisation, Organisation.id == Spell.organisation_id)
        .join(
            OrganisationSector,
            and_(OrganisationSector.organisation_id == Organisation.id, live(OrganisationSector, known_at)),
        )
        .join(Sector, Sector.id == OrganisationSector.sector_id)
        .where(Spell.person_id == person_id, live(Spell, known_at), Spell.first_day <= as_at)
        .order_by(Spell.first_day.desc(), Spell.id.desc())
        .limit(1)
        .scalar_subquery()
    )
