"""On which days of the week somebody works: runs on other days say so, and can be booked. (ST-12)"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.errors import NotAllowed
from app.core.permissions import Permission
from app.people.models import WEEKDAYS, Person
from app.people.rules.turns import take_turn_of


def check_can_set_working_days(person: Person, by: Actor) -> None:
    """People say on which days they work themselves; the academy says it of anybody."""
    if not (by.can(Permission.EDIT_PEOPLE) or by.person_id == person.id):
        raise NotAllowed("You can change your own working days only.")


def set_working_days(*, person: Person, days: Collection[int], by: Actor, now: datetime) -> None:
    """Say on which weekdays somebody works, Monday being 1; none at all is to say nothing of them."""
    check_can_set_working_days(person, by)
    person = take_turn_of(person.id)
    before = person.working_days_in_words
    person.working_days = "".join(str(one) for one in sorted(set(days)) if 1 <= one <= len(WEEKDAYS)) or None
    after = person.working_days_in_words
    if after != before:
        changes = {"Working days": (before or None, after or None)}
        audit.record(by=by, verb="person:working days", thing=person, now=now, changes=changes)
