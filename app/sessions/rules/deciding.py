"""Whether a run is held: it goes ahead with few people, or is cancelled. (AM-10, AM-18)"""

from __future__ import annotations

from datetime import datetime

from app.audit import rules as audit
from app.core.actors import Actor
from app.sessions.models import Run, RunState
from app.sessions.rules.runs import locked


def go_ahead(*, run: Run, by: Actor, now: datetime, reason: str | None = None) -> None:
    """Hold a run although it has fewer people than its minimum: nobody is asked about it again (AM-18)."""
    locked(run)
    if run.goes_ahead_at is not None:
        return
    run.goes_ahead_at = now
    audit.record(
        by=by,
        verb="run:goes ahead",
        thing=run,
        now=now,
        label=run.code,
        changes={"Goes ahead with fewer than": (None, run.minimum_places)},
        reason=reason,
    )


def cancel(*, run: Run, by: Actor, now: datetime, reason: str, is_by_provider: bool = False) -> None:
    """The run will not be held: its rooms and trainers are free again. Bookings releases its places.

    Whether it was the provider who cancelled it is kept: the contract answers for that (U-05).
    """
    locked(run)
    run.state, run.cancelled_at = RunState.CANCELLED, now
    run.is_cancelled_by_provider = is_by_provider
    audit.record(
        by=by,
        verb="run:cancelled",
        thing=run,
        now=now,
        label=run.code,
        changes={
            "State": (RunState.SCHEDULED.label, RunState.CANCELLED.label),
            "Cancelled by": (None, "The provider" if is_by_provider else "The academy"),
        },
        reason=reason,
    )
