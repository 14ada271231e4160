"""A target’s people by service, team, role group and sector, and what is hidden of small groups (BM-05)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Integer, Row, Select, Subquery, func, literal, select

from app.core.db import db, live
from app.figures.models import Target, TargetKind
from app.figures.queries import counts, plans, sources
from app.figures.queries.arithmetic import FEWEST_SHOWN, shown_percent
from app.people.models import Organisation, RoleGroup, Sector, Service, Spell, Team
from app.people.queries import covers

NO_SERVICE = "Not in a service"
NO_TEAM = "Not in a team"
NO_ROLE = "No role group"
NO_SECTOR = "Council"

# The ways in which people are grouped, each with what those are called who are in none.
GROUPS = {"service": NO_SERVICE, "team": NO_TEAM, "role": NO_ROLE, "sector": NO_SECTOR}


class Hiding(StrEnum):
    """Whether a row's numbers are shown: small ones are not, nor others by which they could be worked out."""

    NO = "no"
    SMALL = "small"
    WITH_OTHERS = "with_others"

    @property
    def label(self) -> str:
        return {"no": "", "small": f"fewer than {FEWEST_SHOWN}", "with_others": "not shown"}[self]


@dataclass(frozen=True)
class Part:
    """One group of a target's people: how many, and how many of them are complete.

    Of a hidden one the numbers are gone, so that no page or file can give them away.
    """

    name: str
    complete: int | None
    of: int | None
    hiding: Hiding = Hiding.NO
    minimum_percent: Decimal | None = None

    @property
    def is_hidden(self) -> bool:
        return self.hiding is not Hiding.NO

    @property
    def outstanding(self) -> int | None:
        """How many are still to be trained."""
        return None if self.of is None or self.complete is None else self.of - self.complete

    @property
    def percent(self) -> str:
        """The share that is complete, as it is shown: "91%"; nothing of a hidden one."""
        if self.of is None or self.complete is None:
            return ""
        return shown_percent(self.complete, self.of, self.minimum_percent)

    @property
    def words(self) -> str:
        """ "239 of 263 (91%)", or why there is no number."""
        if self.is_hidden:
            return self.hiding.label
        return f"{self.complete:,} of {self.of:,} ({self.percent})"


@dataclass(frozen=True)
class ServiceTeams:
    """The teams of one service; none when they can't be shown without telling of a small one."""

    service: str
    teams: Sequence[Part]


@dataclass(frozen=True)
class Breakdown:
    """A target's people by each of the ways in which they are grouped."""

    services: Sequence[Part]
    teams: Sequence[ServiceTeams]
    roles: Sequence[Part]
    sectors: Sequence[Part]
    is_suppressed: bool = False

    @property
    def ways(self) -> list[tuple[str, str, Sequence[Part]]]:
        """Each way with its rows, as pages call it and by its name in GROUPS; teams stand under services."""
        return [
            ("Service", "service", self.services),
            ("Role group", "role", self.roles),
            ("Sector", "sector", self.sectors),
        ]

    def suppressed(self) -> Breakdown:
        """The same for those who may not see names: small groups are hidden, in every table.

        Each table's total is known, and so is that of a service whose row is shown: its teams are hidden by
        themselves. Of a service that is hidden no team is listed.
        """
        services = suppress(self.services)
        shown = {one.name for one in services if not one.is_hidden}
        teams = [ServiceTeams(one.service, suppress(one.teams)) for one in self.teams if one.service in shown]
        return Breakdown(services, teams, suppress(self.roles), suppress(self.sectors), is_suppressed=True)


def has_breakdown(target: Target) -> bool:
    """Whether a target has people in scope who can be grouped: a flow and a number of sessions have not."""
    return target.kind in {TargetKind.COVERAGE, TargetKind.COHORT}


# --- In one statement ----------------------------------------------------------------------------------


def breakdown(target: Target, *, as_at: date, known_at: datetime | None = None) -> Breakdown:
    """Everybody in a target's scope by where their spell on the day puts them, in one statement.

    Somebody without a spell on the day, such as a cohort's member whose first day is to come, is in no
    service. The rows add up to the figure.
    """
    plan = plans.plans_for([target], known_at)[0]
    read = sources.sources_for([plan], as_at, known_at)
    rows = list(db.session.execute(_statement(counts.people_done(plan, read), as_at, known_at)))
    minimum = plan.rule.minimum_percent

    services = _parts("service", rows, minimum)
    return Breakdown(
        services=services,
        teams=[
            ServiceTeams(one.name, _parts("team", [row for row in rows if row.service == one.name], minimum))
            for one in services
            if one.name != NO_SERVICE
        ],
        roles=_parts("role", rows, minimum),
        sectors=_parts("sector", rows, minimum),
    )


def _statement(people: Select[Any], as_at: date, known_at: datetime | None) -> Select[Any]:
    placed = with_groups(people.subquery(), as_at, known_at).subquery()
    groups = [placed.c[name] for name in GROUPS]
    done = func.coalesce(func.sum(placed.c.done), literal(0, Integer))
    return select(*groups, func.count().label("of"), done.label("complete")).group_by(*groups)


def with_groups(people: Subquery, as_at: date, known_at: datetime | None) -> Select[Any]:
    """Each of these people, in their own columns, with where their spell on the day puts them: the name of
    each of GROUPS, in words where they belong to none."""
    spells = (
        select(Spell.person_id, func.max(Spell.id).label("spell_id"))
        .where(live(Spell, known_at), covers(Spell, as_at))
        .group_by(Spell.person_id)
        .subquery()
    )
    names = (Service.name, Team.name, RoleGroup.name, Sector.name)
    groups = [
        func.coalesce(name, none).label(group)
        for (group, none), name in zip(GROUPS.items(), names, strict=True)
    ]
    return (
        select(*people.c, *groups)
        .select_from(people)
        .outerjoin(spells, spells.c.person_id == people.c.person_id)
        .outerjoin(Spell, Spell.id == spells.c.spell_id)
        .outerjoin(Team, Team.id == Spell.team_id)
        .outerjoin(Service, Service.id == Team.service_id)
        .outerjoin(RoleGroup, RoleGroup.id == Spell.role_group_id)
        .outerjoin(Organisation, Organisation.id == Spell.organisation_id)
        .outerjoin(Sector, Sector.id == Organisation.sector_id)
    )


def _parts(group: str, rows: Iterable[Row[Any]], minimum: Decimal | None) -> list[Part]:
    """The rows together by the name of one of GROUPS, in the order of the names."""
    of: Counter[str] = Counter()
    complete: Counter[str] = Counter()
    for row in rows:
        name = getattr(row, group)
        of[name] += row.of
        complete[name] += row.complete
    return [
        Part(name, complete[name], of[name], minimum_percent=minimum)
        for name in sorted(of, key=lambda name: (name.casefold(), name))
    ]


# --- What is hidden ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Group:
    """A part whose numbers are known, as suppression looks at it."""

    position: int
    complete: int
    of: int

    @property
    def is_small(self) -> bool:
        return self.of < FEWEST_SHOWN


def suppress(parts: Sequence[Part]) -> list[Part]:
    """The rows as those see them who may not see names, when the total of the table is known to them.

    A row of fewer than 5 people is hidden. As the total less all that is shown is what is hidden, further
    rows are hidden with it, the smallest first, until there are two, five people or more are in them, and
    no hidden number can be worked out. A team of 3 beside others of 12, 20 and 30: the 3 and the 12 are
    hidden. When nothing helps, such as for a single row of 4, there is no table at all: an empty list.
    """
    groups = [_Group(number, one.complete or 0, one.of or 0) for number, one in enumerate(parts)]
    small = [one for one in groups if one.is_small]
    if not small:
        return list(parts)
    by_size = sorted(groups, key=lambda one: (one.of, one.position))
    for count in range(max(2, len(small)), len(groups) + 1):
        hidden, shown = by_size[:count], by_size[count:]
        if _keeps_sizes(hidden, shown) and _keeps_completions(hidden, groups):
            return _without(parts, hidden)
    return []


def _without(parts: Sequence[Part], hidden: Iterable[_Group]) -> list[Part]:
    hiding = {one.position: Hiding.SMALL if one.is_small else Hiding.WITH_OTHERS for one in hidden}
    return [
        replace(one, complete=None, of=None, hiding=hiding[number]) if number in hiding else one
        for number, one in enumerate(parts)
    ]


def _keeps_sizes(hidden: Sequence[_Group], shown: Sequence[_Group]) -> bool:
    """Whether every hidden row may be of more than one size, for whoever knows what is hidden in sum.

    They know, too, that a small row has 1 to 4 people, and that any other hidden row has 5 or more and no
    more than the smallest that is shown: beside rows of 12, a hidden 4 and 12 could be no other 16.
    """
    total = sum(one.of for one in hidden)
    small = sum(one.is_small for one in hidden)
    other = len(hidden) - small
    most = min((one.of for one in shown), default=total)
    ranges = [(1, FEWEST_SHOWN - 1)] * small + [(FEWEST_SHOWN, max(FEWEST_SHOWN, most))] * other
    lowest, highest = sum(low for low, _ in ranges), sum(high for _, high in ranges)
    return total >= FEWEST_SHOWN and all(
        max(low, total - (highest - high)) < min(high, total - (lowest - low)) for low, high in ranges
    )


def _keeps_completions(hidden: Sequence[_Group], groups: Sequence[_Group]) -> bool:
    """Whether some in the hidden rows are complete and some are not: otherwise all of them would be known,
    unless that is so of everybody, which the figure itself says."""
    return _is_mixed(hidden) or not _is_mixed(groups)


def _is_mixed(groups: Sequence[_Group]) -> bool:
    complete, of = sum(one.complete for one in groups), sum(one.of for one in groups)
    return 0 < complete < of
