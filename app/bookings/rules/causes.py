"""The list of causes for which people give a place up or do not come: it grows, and none is ever deleted."""

from __future__ import annotations

from datetime import datetime

from app.audit import rules as audit
from app.bookings import queries
from app.bookings.models import LeavingCause
from app.core.actors import Actor
from app.core.db import db, save_unique
from app.core.errors import RuleBroken
from app.people.rules import check_names_nobody


def add_cause(*, name: str, is_charged: bool, by: Actor, now: datetime) -> LeavingCause:
    """One more cause to choose from; `is_charged` is what is proposed for the list of charges."""
    name = _checked(name)
    if db.session.scalar(queries.cause_named(name)):
        raise _taken(name)
    cause = save_unique(LeavingCause(name=name, is_charged=is_charged), taken=_taken(name))
    audit.record(by=by, verb="cause:added", thing=cause, now=now, changes={"Charged": (None, is_charged)})
    return cause


def change_cause(
    *, cause: LeavingCause, name: str, is_charged: bool, is_offered: bool, by: Actor, now: datetime
) -> None:
    """Rename a cause, charge it or not, or offer it no longer: what was chosen before keeps it."""
    name = _checked(name)
    if db.session.scalar(queries.cause_named(name)) not in (None, cause):
        raise _taken(name)
    changes = audit.differing(
        ("Name", cause.name, name),
        ("Charged", cause.is_charged, is_charged),
        ("Can be chosen", cause.is_offered, is_offered),
    )
    cause.name, cause.is_charged, cause.is_offered = name, is_charged, is_offered
    save_unique(cause, taken=_taken(name))
    if changes:
        audit.record(by=by, verb="cause:changed", thing=cause, now=now, changes=changes)


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise RuleBroken("Enter the reason as people will read it", field="name")
    check_names_nobody(name, field="name")  # a board reads why places were not used
    return name


def _taken(name: str) -> RuleBroken:
    return RuleBroken(f"“{name}” is on the list already", field="name")
