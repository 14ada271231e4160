"""Ending a target, and putting it back. What it asked until its last day stays as it was."""

from __future__ import annotations

from datetime import date, datetime

from app.audit import rules as audit
from app.core import clock
from app.core.actors import Actor
from app.core.db import lock_row, lock_table, record, supersede
from app.core.errors import RuleBroken
from app.core.filters import day
from app.figures import queries
from app.figures.models import Target, TargetEnd
from app.figures.rules.codes import check_title_is_free, checked_reason
from app.people.rules import check_names_nobody


def check_has_not_ended(target: Target, *, on: date) -> None:
    """Of a target that is asked for no more nothing is forecast, stated or set, and nobody is invited for
    it. What was entered by mistake can still be taken away."""
    check_is_asked_for(queries.end_of(target), on=on)


def check_is_asked_for(end: TargetEnd | None, *, on: date) -> None:
    """The same by the target's end, for whoever has asked for it already."""
    if end is not None and end.is_over(on):
        raise RuleBroken(
            f"This target ended on {day(end.last_day)}. If it is still asked for, take the end back."
        )


def check_has_end(target: Target) -> TargetEnd:
    """Only an end that stands is taken back; which that is."""
    end = queries.end_of(target)
    if end is None:
        raise RuleBroken("This target has no end, or it was taken back already.")
    return end


def end_target(*, target: Target, last_day: date, reason: str, by: Actor, now: datetime) -> TargetEnd:
    """Ask for a target no more from the day after its last day.

    Figures as at that day or before still show it, later ones do not; as known before now all of them do.
    One that should never have been set up ends on a day before its programme began. The board reads why.
    """
    why = checked_reason(reason, "why the target ends")
    check_names_nobody(why, field="reason")
    lock_row(Target, target.id)
    standing = queries.end_of(target)
    if standing is not None:
        raise RuleBroken(
            f"{standing.recorded_by} has ended this target already: its last day is "
            f"{day(standing.last_day)}. To choose another day, take that end back first."
        )
    end = TargetEnd(target_id=target.id, last_day=last_day, reason=why)
    record(end, by=by.name, now=now)
    changes = {"Last day": (None, last_day)}
    audit.record(by=by, verb="target:ended", thing=target, now=now, changes=changes, reason=why)
    return end


def take_back_end(*, target: Target, reason: str, by: Actor, now: datetime) -> None:
    """Put a target back: it is asked for on every day again. As known before now it had ended."""
    why = checked_reason(reason, "why the end is taken back")
    lock_table(Target)
    lock_row(Target, target.id)
    end = check_has_end(target)
    check_title_is_free(target.title, on=clock.day_of(now), target=target)
    supersede(end, by=by.name, now=now)
    changes = {"Last day": (end.last_day, None)}
    audit.record(by=by, verb="target:end taken back", thing=target, now=now, changes=changes, reason=why)
