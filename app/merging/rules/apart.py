"""Two people who look like one: said once, and remembered."""

from __future__ import annotations

from datetime import datetime

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db, save_unique
from app.core.errors import RuleBroken
from app.merging.rules.access import check_can_see_pair
from app.people import queries as people
from app.people.models import KeptApart, Person


def keep_apart(*, first: Person, second: Person, by: Actor, now: datetime) -> None:
    """These are two people: they are not offered as duplicates again. Said twice, it is said once."""
    check_can_see_pair(first, second, by)
    if first.id == second.id:
        raise RuleBroken("This is one record. Choose two.")
    ids = sorted((first.id, second.id))
    if db.session.scalar(
        people.kept_apart().where(KeptApart.first_id == ids[0], KeptApart.second_id == ids[1])
    ):
        return
    row = KeptApart(first_id=ids[0], second_id=ids[1], said_at=now, said_by=by.name)
    save_unique(row, taken=RuleBroken("Somebody else has just said so too."))
    for person, other in ((first, second), (second, first)):
        audit.record(
            by=by,
            verb="person:kept apart",
            thing=person,
            now=now,
            changes={"Not the same as": (None, other.name)},
        )
