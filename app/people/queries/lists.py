"""The lists that people belong to, and where a team or an organisation itself belongs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload

from app.core.closing import offered
from app.core.db import live
from app.core.names import Folded, folded
from app.people.models import (
    Dated,
    Organisation,
    OrganisationSector,
    RoleGroup,
    Sector,
    Service,
    Spell,
    Team,
    TeamService,
)


def covers(fact: type[Dated], day: date | InstrumentedAttribute[date]) -> ColumnElement[bool]:
    """The facts whose days include `day`, a date or the column of one: the first and the last day count, the
    day after does not (U-06). `Dated.covers` says the same of one fact that has been read."""
    return and_(fact.first_day <= day, or_(fact.last_day.is_(None), fact.last_day >= day))


# --- Where a team, or an organisation, belongs ---------------------------------------------------------


def services_of(team_id: int) -> Select[tuple[TeamService]]:
    """Since when a team has belonged to which service, as known now, in order."""
    return (
        select(TeamService)
        .where(TeamService.team_id == team_id, live(TeamService))
        .options(joinedload(TeamService.service))
        .order_by(TeamService.first_day)
    )


def next_service(team_id: int, after: date) -> Select[tuple[TeamService]]:
    """The first move of a team after a day, as known now."""
    return services_of(team_id).where(TeamService.first_day > after).limit(1)


def teams_of(service_ids: Collection[int], on: date, known_at: datetime | None = None) -> Select[tuple[int]]:
    """The teams that belong to these services on a date, as known at an instant or now. (4.4)"""
    belongs = (live(TeamService, known_at), covers(TeamService, on))
    return select(TeamService.team_id).where(TeamService.service_id.in_(service_ids), *belongs)


def sector_of(organisation_id: int) -> Select[tuple[OrganisationSector]]:
    """The sector that an organisation is counted under, as known now."""
    return select(OrganisationSector).where(
        OrganisationSector.organisation_id == organisation_id, live(OrganisationSector)
    )


def sectors_of(organisation_ids: Collection[int]) -> Select[tuple[int]]:
    """The sectors of these organisations, as known now."""
    of = OrganisationSector
    return select(of.sector_id).where(of.organisation_id.in_(organisation_ids), live(of)).distinct()


def organisations_of(sector_ids: Collection[int], known_at: datetime | None = None) -> Select[tuple[int]]:
    """The organisations that are counted under these sectors, as known at an instant or now. (4.4)"""
    of = OrganisationSector
    return select(of.organisation_id).where(of.sector_id.in_(sector_ids), live(of, known_at))


# --- The lists -----------------------------------------------------------------------------------------


def services() -> Select[tuple[Service]]:
    return select(Service).order_by(Service.name)


def teams(open_on: date | None = None, also: Collection[int] = ()) -> Select[tuple[Team]]:
    """Every team, or those that can be chosen on a day, by service and name; what has a last day is last."""
    return (
        select(Team)
        .join(Team.service)
        .options(contains_eager(Team.service))
        .where(offered(Team, open_on, also))
        .order_by(Team.last_day.is_not(None), Service.name, Team.name)
    )


@lru_cache(maxsize=8)  # the statement of a day is made once
def team_names(open_on: date | None = None) -> Select[tuple[int, str, int, str, date | None]]:
    """Each team's id and name, its service's, and its last day, for a list to choose from."""
    return (
        select(Team.id, Team.name, Service.id, Service.name, Team.last_day)
        .join(Team.service)
        .where(offered(Team, open_on))
        .order_by(Team.last_day.is_not(None), Service.name, Team.name)
    )


def headcounts(column: InstrumentedAttribute[int | None], on: date) -> Select[tuple[int | None, int]]:
    """How many people are in each team (or role group, ...) on a date: headcounts(Spell.team_id, on)."""
    return (
        select(column, func.count())
        .where(live(Spell), covers(Spell, on), column.is_not(None))
        .group_by(column)
    )


def with_name(
    model: type[Service] | type[RoleGroup] | type[Sector] | type[Organisation], name: str
) -> Select[tuple[Any]]:
    """The row of a list that has this name, however it is written."""
    return select(model).where(model.folded_name == folded(name))


def team_with_name(service_id: int, name: str) -> Select[tuple[Team]]:
    return select(Team).where(Team.service.has(id=service_id), Folded(Team.name) == Folded(name))


def role_groups() -> Select[tuple[RoleGroup]]:
    return select(RoleGroup).order_by(RoleGroup.name)


def sectors() -> Select[tuple[Sector]]:
    """The sectors by name, "Other" last."""
    return select(Sector).order_by(Sector.name == "Other", Sector.name)


def teams_by_service(on: date) -> Select[tuple[int, int]]:
    """How many teams each service has that are not closed on a date."""
    is_open = offered(Team, on)
    return (
        select(Service.id, func.count())
        .select_from(Team)
        .join(Team.service)
        .where(is_open)
        .group_by(Service.id)
    )


def people_by_role_group(on: date) -> Select[tuple[int | None, int]]:
    return headcounts(Spell.role_group_id, on)


def organisations_by_sector(on: date) -> Select[tuple[int, int]]:
    """How many organisations each sector has that are not closed on a date."""
    of = Organisation
    is_open = offered(of, on)
    return select(Sector.id, func.count()).select_from(of).join(of.sector).where(is_open).group_by(Sector.id)
