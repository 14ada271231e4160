"""A target’s people by service, team, role group and sector, from the counts behind its figure (BM-05)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, Subquery, func, select

from app.figures.queries import scopes
from app.figures.queries.figure import Figure
from app.figures.queries.hiding import Name, hidden_rows
from app.figures.queries.notes import Group
from app.figures.queries.parts import GROUPS_NOT_SHOWN, Part, can_be_worked_out

NO_SERVICE = "Not in a service"
NO_TEAM = "Not in a team"
NO_ROLE = "No role group"
NO_SECTOR = "Council"

# The ways in which people are grouped, each with what those are called who are in none.
GROUPS = {"service": NO_SERVICE, "team": NO_TEAM, "role": NO_ROLE, "sector": NO_SECTOR}


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
    hidden_note: str = ""

    @property
    def ways(self) -> list[tuple[str, str, Sequence[Part]]]:
        """Each way with its rows, as pages call it and by its name in GROUPS; teams stand under services."""
        return [
            ("Service", "service", self.services),
            ("Role group", "role", self.roles),
            ("Sector", "sector", self.sectors),
        ]

    @property
    def to_book(self) -> list[Part]:
        """The services of which somebody is neither complete nor booked; and those that are hidden, as to
        leave one of them out would tell that nobody is."""
        return [one for one in self.services if one.is_hidden or one.to_book]


def breakdown(figure: Figure, *, sees_names: bool) -> Breakdown:
    """Everybody in a figure's scope by where their spell on the day puts them; of a figure with its groups.

    Somebody without a spell on the day, such as a cohort's member whose first day is to come, is in no
    service. The rows add up to the figure. Small groups are hidden from those who may not see names, the same
    ones wherever a board is told of them.
    """
    tables = {way: _rows(figure, way) for way in GROUPS}
    hidden: Mapping[str, set[Name]] = defaultdict(set) if sees_names else _hidden(figure, tables)
    services, roles, sectors = (_shown(tables[way], hidden[way]) for way in ("service", "role", "sector"))
    teams = []
    for service in services:
        if service.name != NO_SERVICE and not service.is_hidden:
            rows = {name: one for name, one in tables["team"].items() if name[0] == service.name}
            teams.append(ServiceTeams(service.name, _shown(rows, hidden["team"])))
    return Breakdown(services, teams, roles, sectors, hidden_note="" if sees_names else GROUPS_NOT_SHOWN)


def hidden_roles(figure: Figure) -> set[str]:
    """The role groups whose rows are hidden in a figure's breakdown from those who may not see names."""
    hidden = _hidden(figure, {way: _rows(figure, way) for way in GROUPS})
    return {name[-1] for name in hidden["role"]}


def _hidden(figure: Figure, tables: Mapping[str, Mapping[Name, Part]]) -> Mapping[str, set[Name]]:
    return hidden_rows(tables, [{way: _name(one, way) for way in GROUPS} for one in figure.groups])


def _name(group: Group, way: str) -> Name:
    """The row to which a group belongs in one of the tables: a team's is within its service."""
    ways = ("service", "team") if way == "team" else (way,)
    return tuple(getattr(group, one) or GROUPS[one] for one in ways)


def _rows(figure: Figure, way: str) -> dict[Name, Part]:
    """The rows of one of the tables, in the order of their names; those by service say whom to book, too."""
    found: dict[Name, list[Group]] = defaultdict(list)
    for group in figure.groups:
        found[_name(group, way)].append(group)
    return {
        name: Part(
            name[-1],
            sum(one.complete for one in found[name]),
            sum(one.in_scope for one in found[name]),
            minimum_percent=figure.minimum_percent,
            to_book=sum(one.to_book for one in found[name]) if way == "service" else None,
        )
        for name in sorted(found, key=lambda name: ([one.casefold() for one in name], name))
    }


def _shown(rows: Mapping[Name, Part], hidden: Collection[Name]) -> list[Part]:
    """The rows with those hidden that must be; none where even with all of them hidden one is known."""
    if rows and rows.keys() <= set(hidden) and can_be_worked_out(list(rows.values()), []):
        return []
    return [one.without_numbers() if name in hidden else one for name, one in rows.items()]


def with_groups(people: Subquery, as_at: date, known_at: datetime | None) -> Select[Any]:
    """Each of these people, in their own columns, with where their spell on the day puts them: the name of
    each of GROUPS, in words where they belong to none."""
    work = scopes.places_of_work(as_at=as_at, known_at=known_at).subquery()
    groups = [func.coalesce(work.c[group], none).label(group) for group, none in GROUPS.items()]
    return select(*people.c, *groups).outerjoin_from(people, work, work.c.person_id == people.c.person_id)
