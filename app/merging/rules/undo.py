"""Taking a merge back, within `UNDO_FOR` and as far as nothing that came since stands in the way. (U-07)"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.audit import rules as audit
from app.bookings.rules.handing_over import keep_former_holder
from app.bookings.rules.needs import KEPT_ASIDE
from app.core.actors import Actor
from app.core.db import db, live, lock_row
from app.core.errors import NotFound, RuleBroken
from app.merging.models import Merge
from app.merging.rules import details, places, pointers
from app.merging.rules.access import check_can_see_pair
from app.merging.rules.accounts import check_can_give_back, give_back
from app.merging.rules.merge_log import FACTS, MergeLog
from app.merging.rules.merging import lock_both
from app.merging.rules.successors import PutBack, changes_as_put_back
from app.people.rules import DETAILS
from app.people.rules.promises import promises_kept

UNDO_FOR = KEPT_ASIDE  # what the merge keeps aside of a need is put back, so it is there for as long


def check_can_undo(merge: Merge, by: Actor, now: datetime) -> None:
    """A merge can be undone for `UNDO_FOR`, the latest of a record first."""
    check_can_see_pair(merge.survivor, merge.merged, by)
    if merge.undone_at is not None:
        raise RuleBroken("This merge was undone already.")
    if now > merge.merged_at + UNDO_FOR:
        raise RuleBroken(f"The {UNDO_FOR.days} days in which it could be undone are over.")
    if merge.survivor.merged_into_id is not None:
        raise RuleBroken(f"{merge.survivor.name}’s record was itself merged since. Undo that merge first.")
    check_can_give_back(merge, by)


def undo(*, merge: Merge, by: Actor, now: datetime) -> None:
    """Two records again, each with what it had; what was recorded since stays with the one that went on.

    Refused, with a sentence that says what stands in the way: what the merge recorded was changed since, a
    seat that it freed was passed on, an address was given to somebody else.
    """
    places.lock_runs_of(merge.changes["released"])
    lock_both(merge.survivor_id, merge.merged_id)
    locked = lock_row(Merge, merge.id)
    if locked is None:
        raise NotFound("This merge is no longer there.")
    check_can_undo(locked, by, now)
    changes, survivor, merged = changes_as_put_back(locked), locked.survivor, locked.merged
    _check_stands(locked, changes)
    with promises_kept():
        merged.merged_into_id = None
        log = MergeLog(by=by, now=now, reason=f"Merge with {merged.name} undone")
        facts = _put_facts_back(changes, log)
        details.swap_back(survivor.id, merged.id, changes["details"])
    back = pointers.point_back(survivor.id, merged.id, changes["moved"])
    keep_former_holder(booking_ids=back.get(pointers.BOOKINGS, []), person_id=survivor.id, now=now)
    give_back(locked, by=by, now=now)
    db.session.flush()
    db.session.expire_all()
    needs = changes.get("needs", {})  # earlier merges handed none on
    booked = places.restore(changes["released"], needs, since=locked.merged_at, by=by, now=now)
    locked.changes = locked.changes | {"put_back": facts | booked}
    locked.undone_at, locked.undone_by = now, by.name
    db.session.flush()
    for person, verb in ((survivor, "person:merge undone"), (merged, "person:merge undone")):
        other = merged if person is survivor else survivor
        audit.record(by=by, verb=verb, thing=person, now=now, changes={"Merged with": (other.name, None)})


# --- Does anything stand in the way? -------------------------------------------------------------------


def _check_stands(merge: Merge, changes: dict[str, Any]) -> None:
    """What the merge recorded is still what is known, and the details are as it left them."""
    for name, ids in changes["recorded"].items():
        model = FACTS[name]
        gone = db.session.scalars(select(model.id).where(model.id.in_(ids), ~live(model))).first()
        if gone is not None:
            raise RuleBroken(
                f"{_WHAT[name]} of {merge.survivor.name} changed after the merge, so it can’t be undone. "
                "Put the records right by hand."
            )
    for name, (own, other) in changes["details"].items():
        if getattr(merge.survivor, name) != other or getattr(merge.merged, name) != own:
            raise RuleBroken(
                f"{DETAILS[name]} of {merge.survivor.name} changed after the merge, so it can’t be "
                f"undone. Change it back to {other or 'nothing'} first."
            )


_WHAT = {
    "spell": "A post",
    "absence": "An absence",
    "mark": "A mark",
    "past_completion": "A past completion",
    "membership": "The time in a cohort",
}


def _put_facts_back(changes: dict[str, Any], log: MergeLog) -> PutBack:
    """What the merge recorded gives way to what it superseded. Returns which new row stands for which."""
    put_back: PutBack = {}
    for name, model in FACTS.items():
        known_from = log.supersede(*_rows(model, changes["recorded"].get(name, [])))
        put_back[name] = {
            str(fact.id): log.record(fact, known_from=max(known_from, fact.superseded_at))
            for fact in _rows(model, changes["superseded"].get(name, []))
        }
    return put_back


def _rows(model: type[Any], ids: list[int]) -> list[Any]:
    return list(db.session.scalars(select(model).where(model.id.in_(ids)).order_by(model.id)))
