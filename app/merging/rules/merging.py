"""Two records of one person become one. (AM-11, U-07)"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from app.audit import rules as audit
from app.bookings.rules.handing_over import keep_former_holder
from app.core.actors import Actor
from app.core.db import db, lock_row, save_unique
from app.core.editions import check_looked_at
from app.core.errors import NotFound, RuleBroken
from app.merging.models import Merge
from app.merging.rules import details, places
from app.merging.rules.access import check_can_merge
from app.merging.rules.accounts import pool_accounts
from app.merging.rules.certificates import withdraw_doubles
from app.merging.rules.facts import pool_facts
from app.merging.rules.merge_log import MergeLog
from app.merging.rules.outcome import OTHERWISE_BY_NOW, outcome_of
from app.merging.rules.pointers import BOOKINGS, repoint
from app.people.models import Person
from app.people.rules import DETAILS


def merge(
    *,
    survivor: Person,
    merged: Person,
    by: Actor,
    now: datetime,
    taken: Collection[str] | None = None,
    seen: str | None = None,
) -> Merge:
    """Make two records of one person one: marks, posts, places and accounts go on under the survivor.

    "Joy Okafor" (HR 10231) with day 1 and "J Okafor" (walk-in) with day 2: one person, the 2-day complete,
    and one more of the target, not two. `taken` are the details of the other record that the survivor gets
    (None: what it does not have); the other keeps the survivor's. `seen` is the edition of the outcome that a
    page told: nothing is merged with another. Runs are locked first, then both people.
    """
    check_can_merge(survivor, merged, by)
    locked = places.lock_runs(survivor.id, merged.id)
    lock_both(survivor.id, merged.id)
    check_can_merge(survivor, merged, by)
    places.check_no_other_run(survivor.id, merged.id, locked)
    check_looked_at(outcome_of(survivor, merged).told, seen, OTHERWISE_BY_NOW)
    label = f"{merged.name} ({merged.employee_number or merged.email or merged.kind.label})"
    chosen = details.taken_by_default(survivor, merged) if taken is None else taken
    changes = _pool(survivor, merged, chosen, by=by, now=now)
    row = Merge(
        survivor_id=survivor.id, merged_id=merged.id, merged_at=now, merged_by=by.name, changes=changes
    )
    save_unique(row, taken=RuleBroken("Somebody else has just merged this record. Look at the list again."))
    for person, verb in ((survivor, "person:merged"), (merged, "person:merged into another")):
        exchanged = changes["details"].items()
        audit.record(
            by=by,
            verb=verb,
            thing=person,
            now=now,
            label=person.name if person is survivor else label,
            changes=_said(survivor, label)
            | {DETAILS[name]: tuple(pair) for name, pair in exchanged if person is survivor},
        )
    return row


def lock_both(first_id: int, second_id: int) -> None:
    """Both people, the smaller id first, fresh from the database."""
    for ident in sorted((first_id, second_id)):
        if lock_row(Person, ident) is None:
            raise NotFound("This record is no longer there.")


def _pool(
    survivor: Person, merged: Person, taken: Collection[str], *, by: Actor, now: datetime
) -> dict[str, Any]:
    """Everything of the merged record under the survivor. Returns what was written, for whoever undoes it."""
    log = MergeLog(by=by, now=now, reason=f"Merged with {merged.name}")
    pool_facts(survivor, merged, log)
    was = places.states_of(survivor, merged)
    released, needs = places.release_doubles(survivor, merged, by=by, now=now)
    withdraw_doubles(survivor, merged, by=by, now=now)
    moved = repoint(survivor.id, merged.id)
    keep_former_holder(booking_ids=moved.get(BOOKINGS, []), person_id=merged.id, now=now)
    accounts = pool_accounts(survivor, merged, by=by, now=now)
    exchanged = details.exchange(survivor, merged, taken)
    merged.merged_into_id = survivor.id
    db.session.flush()
    db.session.expire_all()
    places.pass_on(released, now=now)
    return {
        "recorded": {name: ids for name, ids in log.recorded.items() if ids},
        "superseded": {name: ids for name, ids in log.superseded.items() if ids},
        "released": {str(one.id): was[one.id] for one in released},
        "needs": needs,
        "moved": moved,
        "accounts": accounts,
        "details": exchanged,
    }


def _said(survivor: Person, label: str) -> dict[str, tuple[Any, Any]]:
    return {
        "Merged": (label, f"{survivor.name} ({survivor.employee_number or survivor.email or 'no number'})")
    }
