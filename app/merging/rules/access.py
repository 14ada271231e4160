"""Who may merge which records, and for whom the page may show what (3.0)."""

from __future__ import annotations

from app.core.actors import COMMAND_LINE, SERVICE, Actor
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Permission
from app.people.models import Person, PersonKind


def sees_everybody(by: Actor) -> bool:
    """The academy merges anybody and sees the learning and the places behind it."""
    return by.can(Permission.SEE_ALL_PEOPLE) or by in {SERVICE, COMMAND_LINE}


def check_can_see_pair(first: Person, second: Person, by: Actor) -> None:
    """The academy looks at any two records; an administrator at staff alone, as HR's file names them."""
    if sees_everybody(by):
        return
    if by.can(Permission.MERGE_PEOPLE) and first.kind is second.kind is PersonKind.STAFF:
        return
    raise NotAllowed("Only the academy’s managers merge records of people who are not staff.")


def check_can_merge(survivor: Person, merged: Person, by: Actor) -> None:
    """Two records that both stand become one; somebody who is staff stays staff."""
    check_can_see_pair(survivor, merged, by)
    if survivor.id == merged.id:
        raise RuleBroken("This is one record already. Choose two.")
    for one in (survivor, merged):
        if one.merged_into_id is not None:
            raise RuleBroken(f"{one.name}’s record was merged already. Look at the list again.")
    if merged.kind is PersonKind.STAFF and survivor.kind is not PersonKind.STAFF:
        raise RuleBroken(f"{merged.name} is staff: keep that record, and merge the other into it.")
