"""Who decides while a line manager is away: naming a deputy, changing the days, ending it. (LM-07)"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from app.audit import rules as audit
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.filters import day
from app.core.permissions import Permission
from app.people import queries
from app.people.models import Deputy, Person, PersonKind
from app.people.rules.turns import take_turn_of


def check_can_name_deputies(manager: Person, by: Actor) -> None:
    """Line managers name their own deputies; the academy names anybody's."""
    if by.can(Permission.EDIT_PEOPLE):
        return
    if by.can(Permission.SEE_OWN_TEAM) and by.person_id == manager.id:
        return
    raise NotAllowed("You can name a deputy for yourself only.")


def name_deputy(
    *, manager: Person, deputy: Person, first_day: date, last_day: date, by: Actor, now: datetime
) -> Deputy:
    """From the first to the last day (both count) another member of staff decides for a line manager.

    On leave from 7 to 18 March: what is asked of the manager on these days, the deputy is asked. One
    deputy on any day.
    """
    check_can_name_deputies(manager, by)
    manager = take_turn_of(manager.id)
    _check(manager, deputy, first_day, last_day, now)
    entry = Deputy(
        manager=manager,
        deputy=deputy,
        first_day=first_day,
        last_day=last_day,
        created_at=now,
    )
    db.session.add(entry)
    db.session.flush()
    after = _in_words(deputy, first_day, last_day)
    _keep(manager, "deputy:named", by=by, now=now, before={}, after=after)
    return entry


def change_deputy(
    *, entry: Deputy, deputy: Person, first_day: date, last_day: date, by: Actor, now: datetime
) -> None:
    """Somebody else stands in, or on other days."""
    manager, before = _begin(entry, by)
    _check(manager, deputy, first_day, last_day, now, apart_from=entry)
    entry.deputy, entry.first_day, entry.last_day = deputy, first_day, last_day
    after = _in_words(deputy, first_day, last_day)
    _keep(manager, "deputy:changed", by=by, now=now, before=before, after=after)


def end_deputy(*, entry: Deputy, by: Actor, now: datetime) -> None:
    """The manager is back: from today on they decide again. An entry that has not begun is taken out.

    One that is over already stays as it is, so that a second press of the button does nothing.
    """
    manager, before = _begin(entry, by)
    today = clock.day_of(now)
    if entry.last_day < today:
        return
    after: dict[str, str] = {}
    if entry.first_day < today:
        entry.last_day = today - timedelta(days=1)
        after = _in_words(entry.deputy, entry.first_day, entry.last_day)
    else:
        db.session.delete(entry)
    _keep(manager, "deputy:ended", by=by, now=now, before=before, after=after)


def _begin(entry: Deputy, by: Actor) -> tuple[Person, dict[str, str]]:
    check_can_name_deputies(entry.manager, by)
    manager = take_turn_of(entry.manager_id)
    db.session.refresh(entry)
    return manager, _in_words(entry.deputy, entry.first_day, entry.last_day)


def _check(
    manager: Person,
    deputy: Person,
    first_day: date,
    last_day: date,
    now: datetime,
    *,
    apart_from: Deputy | None = None,
) -> None:
    _check_both(manager, deputy)
    if last_day < first_day:
        raise RuleBroken(f"The last day must be on or after the first day, {day(first_day)}.", "last_day")
    if last_day < clock.day_of(now):
        raise RuleBroken("The last day must be today or later.", "last_day")
    for one in (first_day, last_day):
        if deputy.spell_on(one) is None:
            raise RuleBroken(f"{deputy.name} is not recorded as working here on {day(one)}.", "deputy")
    entries = db.session.scalars(queries.deputies_between(manager.id, first_day, last_day))
    taken = next((one for one in entries if one is not apart_from), None)
    if taken is not None:
        raise RuleBroken(
            f"{taken.deputy.name} is the deputy from {day(taken.first_day)} to {day(taken.last_day)}. Change "
            "or end that first.",
            "first_day",
        )


def _check_both(manager: Person, deputy: Person) -> None:
    if manager.kind is not PersonKind.STAFF:
        raise RuleBroken("Only a member of staff has a deputy.")
    if deputy.kind is not PersonKind.STAFF:
        raise RuleBroken(f"{deputy.name} is not a member of staff. Name somebody who is.", "deputy")
    if deputy.id == manager.id:
        raise RuleBroken("Nobody can be their own deputy. Name somebody else.", "deputy")


def _in_words(deputy: Person, first_day: date, last_day: date) -> dict[str, str]:
    return {"Deputy": deputy.name, "Deputy from": day(first_day), "Deputy until": day(last_day)}


def _keep(
    manager: Person, verb: str, *, by: Actor, now: datetime, before: dict[str, Any], after: dict[str, Any]
) -> None:
    names = before | after
    changes = audit.differing(*((name, before.get(name), after.get(name)) for name in names))
    if changes:
        audit.record(by=by, verb=verb, thing=manager, now=now, changes=changes)
