"""The lists that people belong to: services, their teams, role groups, sectors, organisations."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db, lock_row
from app.core.editions import Values
from app.core.errors import RuleBroken
from app.people import queries
from app.people.models import Organisation, RoleGroup, Sector, Service, Team
from app.people.rules.naming import check_names_nobody
from app.people.rules.promises import promises_kept

Listed = TypeVar("Listed", Service, RoleGroup, Sector)

_WORDS = {
    Service: ("service", "a service"),
    RoleGroup: ("role group", "a role group"),
    Sector: ("sector", "a sector"),
    Organisation: ("organisation", "an organisation"),
}


def add_service(*, name: str, by: Actor, now: datetime) -> Service:
    return _add(Service, name, by=by, now=now)


def rename_service(*, service: Service, name: str, by: Actor, now: datetime) -> Service:
    return _rename(service, name, by=by, now=now)


def add_role_group(*, name: str, by: Actor, now: datetime) -> RoleGroup:
    return _add(RoleGroup, name, by=by, now=now)


def rename_role_group(*, role_group: RoleGroup, name: str, by: Actor, now: datetime) -> RoleGroup:
    return _rename(role_group, name, by=by, now=now)


def add_sector(*, name: str, by: Actor, now: datetime) -> Sector:
    return _add(Sector, name, by=by, now=now)


def rename_sector(*, sector: Sector, name: str, by: Actor, now: datetime) -> Sector:
    return _rename(sector, name, by=by, now=now)


def add_team(*, name: str, service: Service, by: Actor, now: datetime) -> Team:
    """A team belongs to one service; two services may each have a team of the same name."""
    name = _read_by_the_board(name)
    _check_team_name(None, name, service)
    team = Team(name=name, service=service)
    with promises_kept():
        db.session.add(team)
    changes = {"Name": (None, name), "Service": (None, service.name)}
    audit.record(by=by, verb="team:added", thing=team, now=now, changes=changes)
    return team


def edit_team(
    *, team: Team, name: str, service: Service, by: Actor, now: datetime, seen: str | None = None
) -> Team:
    """Rename a team, or move it to another service; its people and their past stay with it.

    `seen` is the edition that a page was made from.
    """
    lock_row(Team, team.id)
    audit.check_unchanged(thing=team, values=values_of_team(team), seen=seen, verb="team:edited")
    name = _read_by_the_board(name)
    _check_team_name(team, name, service)
    changes = {"Name": (team.name, name), "Service": (team.service.name, service.name)}
    with promises_kept():
        team.name, team.service = name, service
    _keep(team, "team:edited", changes, by=by, now=now)
    return team


def values_of_team(team: Team) -> Values:
    """What is saved of what a team's form changes, in words."""
    return [("Name of the team", team.name), ("Service", team.service.name)]


def add_organisation(*, name: str, sector: Sector, by: Actor, now: datetime) -> Organisation:
    """A partner organisation, such as a school, in the sector that it is counted under."""
    name = _clean(name)
    _check_name(Organisation, name, None)
    organisation = Organisation(name=name, sector=sector)
    with promises_kept():
        db.session.add(organisation)
    changes = {"Name": (None, name), "Sector": (None, sector.name)}
    audit.record(by=by, verb="organisation:added", thing=organisation, now=now, changes=changes)
    return organisation


def edit_organisation(
    *,
    organisation: Organisation,
    name: str,
    sector: Sector,
    by: Actor,
    now: datetime,
    seen: str | None = None,
) -> Organisation:
    """Rename an organisation, or count it in another sector; `seen` is the edition that a page was made
    from."""
    lock_row(Organisation, organisation.id)
    values = values_of_organisation(organisation)
    audit.check_unchanged(thing=organisation, values=values, seen=seen, verb="organisation:edited")
    name = _clean(name)
    _check_name(Organisation, name, organisation.id)
    changes = {"Name": (organisation.name, name), "Sector": (organisation.sector.name, sector.name)}
    with promises_kept():
        organisation.name, organisation.sector = name, sector
    _keep(organisation, "organisation:edited", changes, by=by, now=now)
    return organisation


def values_of_organisation(organisation: Organisation) -> Values:
    """What is saved of what an organisation's form changes, in words."""
    return [("Name of the organisation", organisation.name), ("Sector", organisation.sector.name)]


# --- What they share -----------------------------------------------------------------------------------


def _add(model: type[Listed], name: str, *, by: Actor, now: datetime) -> Listed:
    name = _read_by_the_board(name)
    _check_name(model, name, None)
    row = model(name=name)
    with promises_kept():
        db.session.add(row)
    verb = f"{_WORDS[model][0]}:added"
    audit.record(by=by, verb=verb, thing=row, now=now, changes={"Name": (None, name)})
    return row


def _rename(row: Listed, name: str, *, by: Actor, now: datetime) -> Listed:
    name = _read_by_the_board(name)
    _check_name(type(row), name, row.id)
    changes = {"Name": (row.name, name)}
    with promises_kept():
        row.name = name
    _keep(row, f"{_WORDS[type(row)][0]}:renamed", changes, by=by, now=now)
    return row


def _keep(
    row: Service | RoleGroup | Sector | Team | Organisation,
    verb: str,
    changes: dict[str, tuple[str, str]],
    *,
    by: Actor,
    now: datetime,
) -> None:
    changed = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if changed:
        audit.record(by=by, verb=verb, thing=row, now=now, changes=changed)


def _clean(name: str) -> str:
    clean = " ".join(name.split())
    if not clean:
        raise RuleBroken("Enter a name.", "name")
    return clean


def _read_by_the_board(name: str) -> str:
    """The rows of a breakdown are called so; an organisation's name stands in none."""
    name = _clean(name)
    with db.session.no_autoflush:
        check_names_nobody(name, field="name")
    return name


def _check_name(
    model: type[Service] | type[RoleGroup] | type[Sector] | type[Organisation], name: str, own_id: int | None
) -> None:
    """Names of a list differ in more than their case."""
    with db.session.no_autoflush:
        other = db.session.scalar(queries.with_name(model, name))
    if other is not None and other.id != own_id:
        raise RuleBroken(f"There is already {_WORDS[model][1]} called {other.name}.", "name")


def _check_team_name(team: Team | None, name: str, service: Service) -> None:
    with db.session.no_autoflush:
        other = db.session.scalar(queries.team_with_name(service.id, name))
    if other is not None and (team is None or other.id != team.id):
        raise RuleBroken(f"{service.name} already has a team called {other.name}.", "name")
