"""Whether a run's trainers see how to reach the people on it: only where the academy says so. (TR-01)"""

from __future__ import annotations

from datetime import datetime

from app.core.actors import Actor
from app.core.permissions import Permission
from app.sessions import queries
from app.sessions.models import Run
from app.sessions.rules.runs import keep_in_audit, locked


def can_see_contacts(run: Run, by: Actor) -> bool:
    """The academy always; a trainer on a run of their own for which the academy allows it."""
    if by.can(Permission.BOOK_ANYONE):
        return True
    return run.contacts_shown_at is not None and queries.is_trainer_of(run.id, by.user_id)


def show_contacts(*, run: Run, are_shown: bool, by: Actor, now: datetime) -> None:
    """Let the trainers of a run see e-mail addresses, or names alone again."""
    locked(run)
    if are_shown == (run.contacts_shown_at is not None):
        return
    run.contacts_shown_at = now if are_shown else None
    words = ("Names alone", "E-mail addresses too")
    verb = "run:contacts shown" if are_shown else "run:contacts hidden"
    keep_in_audit(run, verb, {"Trainers see": words if are_shown else words[::-1]}, by=by, now=now)
