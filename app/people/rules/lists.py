"""The lists that people belong to: services, role groups and sectors; and what a name on a list may be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.closing import Closes
from app.core.db import db
from app.core.errors import RuleBroken
from app.people import queries
from app.people.models import Organisation, RoleGroup, Sector, Service, Team
from app.people.rules.closing import as_listed, to_use_again
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


# --- What they share -----------------------------------------------------------------------------------


def _add(model: type[Listed], name: str, *, by: Actor, now: datetime) -> Listed:
    name = read_by_the_board(name)
    check_name_is_free(model, name, None)
    row = model(name=name)
    with promises_kept():
        db.session.add(row)
    verb = f"{_WORDS[model][0]}:added"
    audit.record(by=by, verb=verb, thing=row, now=now, changes={"Name": (None, name)})
    return row


def _rename(row: Listed, name: str, *, by: Actor, now: datetime) -> Listed:
    name = read_by_the_board(name)
    check_name_is_free(type(row), name, row.id)
    changes = {"Name": (row.name, name)}
    with promises_kept():
        row.name = name
    keep_changes(row, f"{_WORDS[type(row)][0]}:renamed", changes, by=by, now=now)
    return row


def keep_changes(
    row: Service | RoleGroup | Sector | Team | Organisation,
    verb: str,
    changes: Mapping[str, tuple[str | None, str]],
    *,
    by: Actor,
    now: datetime,
) -> None:
    changed = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if changed:
        audit.record(by=by, verb=verb, thing=row, now=now, changes=changed)


def cleaned(name: str) -> str:
    clean = " ".join(name.split())
    if not clean:
        raise RuleBroken("Enter a name.", "name")
    return clean


def read_by_the_board(name: str) -> str:
    """The rows of a breakdown are called so; an organisation's name stands in none."""
    name = cleaned(name)
    with db.session.no_autoflush:
        check_names_nobody(name, field="name")
    return name


def check_name_is_free(
    model: type[Service] | type[RoleGroup] | type[Sector] | type[Organisation], name: str, own_id: int | None
) -> None:
    """Names of a list differ in more than their case."""
    with db.session.no_autoflush:
        other = db.session.scalar(queries.with_name(model, name))
    if other is not None and other.id != own_id:
        closes = isinstance(other, Closes)
        called, more = (as_listed(other), to_use_again(other)) if closes else (other.name, "")
        raise RuleBroken(f"There is already {_WORDS[model][1]} called {called}.{more}", "name")
