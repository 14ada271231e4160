"""Whether a run is held: it goes ahead with few people, or is cancelled. (AM-10, AM-18)"""

from __future__ import annotations

from datetime import datetime

from app.core.actors import Actor
from app.sessions.models import Run, RunState
from app.sessions.rules.runs import keep_in_audit, locked


def go_ahead(*, run: Run, by: Actor, now: datetime, reason: str | None = None) -> None:
    """Hold a run although it has fewer people than its minimum: nobody is asked about it again (AM-18)."""
    locked(run)
    if run.goes_ahead_at is not None:
        return
    run.goes_ahead_at = now
    changes = {"Goes ahead with fewer than": (None, run.minimum_places)}
    keep_in_audit(run, "run:goes ahead", changes, by=by, now=now, reason=reason)


def cancel(*, run: Run, by: Actor, now: datetime, reason: str, is_by_provider: bool = False) -> None:
    """The run will not be held: its rooms and trainers are free again. Bookings releases its places.

    Whether it was the provider who cancelled it is kept: the contract answers for that (U-05).
    """
    locked(run)
    run.state, run.cancelled_at = RunState.CANCELLED, now
    run.is_cancelled_by_provider = is_by_provider
    changes = {
        "State": (RunState.SCHEDULED.label, RunState.CANCELLED.label),
        "Cancelled by": (None, "The provider" if is_by_provider else "The academy"),
    }
    keep_in_audit(run, "run:cancelled", changes, by=by, now=now, reason=reason)
