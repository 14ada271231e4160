"""Turnover: who left in twelve months, and how much of a coverage left with them (4.13)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, func, select

from app.core import clock
from app.core.db import another, db, live
from app.core.filters import day, plural
from app.figures.models import Target, TargetKind
from app.figures.queries import periods, plans
from app.figures.queries.arithmetic import FEW, FEWEST_SHOWN, is_few, shown_percent
from app.figures.queries.breakdown import NO_ROLE, hidden_roles
from app.figures.queries.figure import Figure
from app.figures.queries.parts import Hiding, Part, hidden_with
from app.people.models import BY_NAME, EmploymentType, Person, RoleGroup, Spell
from app.people.queries import covers

TURNOVER_MONTHS = 12
ENOUGH_PEOPLE = 20
OTHERS = "Other role groups"


@dataclass(frozen=True)
class Turnover:
    """How many of a role group left in the twelve months, beside how many are in post."""

    role: str
    leavers: int
    in_post: int
    hides_few: bool = False  # for those who may not see names
    months: ClassVar[int] = TURNOVER_MONTHS

    @property
    def is_hidden(self) -> bool:
        """Whether it is not told how many left, as they are few."""
        return self.hides_few and is_few(self.leavers)

    @property
    def left(self) -> int | str:
        """How many left; of a few perhaps only that they are."""
        return FEW if self.is_hidden else self.leavers

    @property
    def left_in_words(self) -> str:
        """ "30 employees"."""
        return f"{FEW} employees" if self.is_hidden else plural(self.leavers, "employee")

    @property
    def shown(self) -> str:
        """The percentage; of fewer than 20 people the numbers stand with it, as one more changes it much."""
        if self.is_hidden:
            return Hiding.WITH_OTHERS.label
        if not self.in_post:
            return f"nobody in post, {self.leavers:,} left"
        percent = shown_percent(self.leavers, self.in_post)
        return percent if self.in_post >= ENOUGH_PEOPLE else f"{percent} (n = {self.in_post:,})"

    @property
    def in_brief(self) -> str:
        """ "Social Worker 12%"; "Other role groups fewer than 5"."""
        return f"{self.role} {FEW if self.is_hidden else self.shown}"

    @property
    def words(self) -> str:
        """ "30 left in the 12 months, of 200 in post (15%)"."""
        left = f"{self.leavers:,} left in the {self.months} months, of {self.in_post:,} in post"
        return f"{left} ({self.shown})"


@dataclass(frozen=True)
class CoverageLost:
    """How many people who were complete left a coverage target's scope by leaving, of how many it counts."""

    trained_leavers: int
    in_scope: int
    hides_few: bool = False  # for those who may not see names

    @property
    def words(self) -> str:
        """ "Coverage lost to leavers in 12 months: 18 trained people, 8% of the 223 counted"."""
        is_hidden = self.hides_few and 0 < self.trained_leavers < FEWEST_SHOWN
        trained = f"{FEW} trained people"
        if not is_hidden:
            trained = plural(self.trained_leavers, "trained person", "trained people")
        if not self.in_scope:
            trained = f"{trained[:1].upper()}{trained[1:]}"
            return f"{trained} left in {TURNOVER_MONTHS} months; no one is in scope now"
        percent = "" if is_hidden else f"{shown_percent(self.trained_leavers, self.in_scope)} "
        return (
            f"Coverage lost to leavers in {TURNOVER_MONTHS} months: {trained}, {percent}of the "
            f"{self.in_scope:,} counted"
        )


def turnover_note(as_at: date) -> str:
    """What stands with a table of turnover."""
    return f"Employees who left in the {TURNOVER_MONTHS} months to {day(as_at)}, over those in post on it."


def turnover(
    *, as_at: date, known_at: datetime | None = None, left: Sequence[Leaver] | None = None
) -> list[Turnover]:
    """Leavers in the 12 months to a date over the headcount in post on it, by role group; employees alone.

    A leaver is somebody whose employment ended: a last day, and no spell right after it. Somebody who moved
    to another team or role did not leave. Last days from 1 April 2021 to 31 March 2022 are in the twelve
    months to the latter. `left` are the leavers, for whoever has asked for them already.
    """
    employees = _employees(as_at, known_at).subquery()
    statement = select(employees.c.role, func.count(employees.c.person_id.distinct())).group_by(
        employees.c.role
    )
    in_post = Counter(dict(db.session.execute(statement).tuples().all()))
    gone = Counter(one.role for one in (leavers(as_at=as_at, known_at=known_at) if left is None else left))
    return [Turnover(role, gone[role], in_post[role]) for role in sorted({*gone, *in_post})]


def employees_in_post(
    *, as_at: date, known_at: datetime | None = None, role: str | None = None
) -> Select[tuple[Person]]:
    """The employees in post on a date, by name: the headcount that turnover is taken of. All, or those of one
    role group."""
    employees = _employees(as_at, known_at).subquery()
    whom = select(employees.c.person_id)
    if role is not None:
        whom = whom.where(employees.c.role == role)
    return select(Person).where(Person.id.in_(whom)).order_by(*BY_NAME)


def _employees(as_at: date, known_at: datetime | None) -> Select[Any]:
    """Everybody employed on a date: person_id, and the role group in words."""
    return (
        select(Spell.person_id, func.coalesce(RoleGroup.name, NO_ROLE).label("role"))
        .outerjoin(RoleGroup, RoleGroup.id == Spell.role_group_id)
        .where(live(Spell, known_at), covers(Spell, as_at), Spell.employment_type == EmploymentType.EMPLOYEE)
    )


def turnover_in_all(rows: Sequence[Turnover], name: str = "All") -> Turnover:
    """The turnover of everybody in these role groups."""
    left, in_post = sum(one.leavers for one in rows), sum(one.in_post for one in rows)
    return Turnover(name, left, in_post, hides_few=any(one.hides_few for one in rows))


def with_small_together(rows: Sequence[Turnover], beside: Collection[Figure]) -> list[Turnover]:
    """The same for those who may not see names, of a day whose figures with their groups are `beside`: role
    groups of fewer than 5 people in post, or of whom 1 to 4 left, are one row, with those that any of their
    breakdowns hides, and with others until neither how many one of them has nor how many of it left can be
    worked out; all of them, when nothing else helps. Of fewer than 5 in post in all there is no row, and of
    fewer than 5 who left in all it is not told how many.

    A breakdown tells what its own hidden role groups are in sum, so that nothing may follow for those that it
    has not: where it hides Support Worker 3 and Manager 14, and counts no Cook 3 nor Officer 12, all are one.
    """
    if is_few(sum(one.in_post for one in rows)):
        return []
    rows = [replace(one, hides_few=True) for one in rows]
    parts = {one.role: Part(one.role, None, one.in_post) for one in rows}
    hidden = {role for role, part in parts.items() if part.is_small}
    hidden |= parts.keys() & {role for figure in beside for role in hidden_roles(figure)}
    for told in (*_told_alike(parts, beside), parts):
        found = hidden_with(hidden & told.keys(), told)
        hidden |= told.keys() if found is None else found
    hidden = _with_few_leavers(hidden, rows)
    few = [one for one in rows if one.role in hidden]
    if len(few) < 2:
        return rows
    return [*(one for one in rows if one not in few), turnover_in_all(few, OTHERS)]


def _with_few_leavers(hidden: Collection[str], rows: Sequence[Turnover]) -> set[str]:
    """These role groups with those that few left, and with the next until five left them all together:
    whoever takes what is shown from how many left in all finds no fewer."""
    found = {*hidden, *(one.role for one in rows if one.is_hidden)}
    left = sum(one.leavers for one in rows if one.role in found)
    for one in sorted(rows, key=lambda one: (one.leavers, one.in_post)):
        if is_few(left) and one.leavers and one.role not in found:
            found.add(one.role)
            left += one.leavers
    return found


def _told_alike(parts: Mapping[str, Part], beside: Collection[Figure]) -> list[dict[str, Part]]:
    """The role groups in as many lots as can be told apart: those of one are in the same breakdowns."""
    counted = [{one.role or NO_ROLE for one in figure.groups if one.sector is None} for figure in beside]
    found: dict[tuple[bool, ...], dict[str, Part]] = defaultdict(dict)
    for role, part in parts.items():
        found[tuple(role in roles for roles in counted)][role] = part
    return list(found.values())


@dataclass(frozen=True)
class Leaver:
    """An employee who left: which day was the last, and in which role group."""

    person_id: int
    last_day: date
    role: str


def leavers(*, as_at: date, known_at: datetime | None = None) -> list[Leaver]:
    """The employees who left in the 12 months to a date, each once, by their latest last day."""
    later = another(Spell, "later_spell")
    back_on = (
        select(func.min(later.first_day))
        .where(later.person_id == Spell.person_id, live(later, known_at), later.first_day > Spell.last_day)
        .scalar_subquery()
    )
    statement = (
        select(Spell.person_id, Spell.last_day, RoleGroup.name, back_on)
        .outerjoin(RoleGroup, RoleGroup.id == Spell.role_group_id)
        .where(*_has_ended(as_at, known_at))
        .order_by(Spell.last_day)
    )
    found: dict[int, Leaver] = {}
    for person_id, last_day, role, back in db.session.execute(statement):
        if back is None or back > last_day + timedelta(days=1):
            found[person_id] = Leaver(person_id, last_day, role or NO_ROLE)
    return list(found.values())


def _has_ended(as_at: date, known_at: datetime | None) -> list[ColumnElement[bool]]:
    """A spell of an employee with its last day in the 12 months."""
    return [
        live(Spell, known_at),
        Spell.employment_type == EmploymentType.EMPLOYEE,
        Spell.last_day > clock.months_before(as_at, TURNOVER_MONTHS),
        Spell.last_day <= as_at,
    ]


def coverage_lost(
    figures: Mapping[Target, Figure],
    *,
    of: Sequence[plans.Plan] | None = None,
    as_at: date,
    known_at: datetime | None = None,
    left: Sequence[Leaver] | None = None,
    people_periods: Mapping[int, Mapping[int, periods.PersonPeriods]] | None = None,
) -> dict[int, CoverageLost]:
    """For each coverage target, by its id, who left in the 12 months to a date and was counted as complete
    on the last day, over how many its figure of that date counts (4.13): 18 trained leavers of 223 are 8%.

    `left` are the leavers, `of` the targets' plans and `people_periods` those up to the date of everybody
    whom they count, for whoever has asked for them already. Otherwise the periods of leavers alone are read.
    """
    of = plans.plans_for(list(figures), known_at) if of is None else of
    of = [one for one in of if one.target.kind is TargetKind.COVERAGE and not figures[one.target].is_few]
    if not of:
        return {}
    left = left if left is not None else leavers(as_at=as_at, known_at=known_at)
    if people_periods is None:
        people_periods = _periods_of_leavers(of, as_at, known_at)
    return {
        one.target.id: CoverageLost(
            len(_complete_of(left, people_periods[one.target.id])),
            figures[one.target].denominator or 0,
            hides_few=figures[one.target].hides_few,
        )
        for one in of
    }


def trained_leavers(target: Target, *, as_at: date, known_at: datetime | None = None) -> list[Leaver]:
    """People who left in the 12 months, counted as complete on the last day: whom `coverage_lost` counts."""
    people_periods = _periods_of_leavers(plans.plans_for([target], known_at), as_at, known_at)
    return _complete_of(leavers(as_at=as_at, known_at=known_at), people_periods[target.id])


def _periods_of_leavers(
    of: Sequence[plans.Plan], as_at: date, known_at: datetime | None
) -> Mapping[int, Mapping[int, periods.PersonPeriods]]:
    gone = select(Spell.person_id).where(*_has_ended(as_at, known_at))
    return periods.people_periods_of(of, until=as_at, known_at=known_at, people=gone)


def _complete_of(left: Sequence[Leaver], people_periods: Mapping[int, periods.PersonPeriods]) -> list[Leaver]:
    return [one for one in left if _was_complete(people_periods.get(one.person_id), one.last_day)]


def _was_complete(person_periods: periods.PersonPeriods | None, on: date) -> bool:
    return person_periods is not None and any(
        first <= on <= last
        for first, last in periods.in_both(person_periods.in_scope, person_periods.complete)
    )
