"""The academy's own colour for a target: for a time, with a reason, beside the computed one (4.12)."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from app.audit import rules as audit
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, lock_row
from app.core.errors import NotAllowed, RuleBroken, allows
from app.core.filters import day, plural
from app.core.permissions import Permission
from app.figures import queries
from app.figures.models import OVERRIDE_DAYS, Colour, ColourOverride, Target, TargetEnd
from app.figures.queries import Figure
from app.figures.rules.codes import checked_reason
from app.figures.rules.ending import check_is_asked_for
from app.people.rules import check_names_nobody

CHOSEN = (Colour.GREEN, Colour.AMBER, Colour.RED)


def override_colour(
    *, target: Target, colour: Colour, reason: str, days: int, by: Actor, now: datetime
) -> ColourOverride:
    """The academy manager gives a target another colour from today, for 30 days at most (4.12).

    Both colours are shown with the reason.
    """
    _check_may(by)
    if colour not in CHOSEN:
        raise RuleBroken("Choose green, amber or red: the others are facts", field="colour")
    if not 1 <= days <= OVERRIDE_DAYS:
        raise RuleBroken(f"Days must be between 1 and {OVERRIDE_DAYS}", field="days")
    why = checked_reason(reason, "why the colour is overridden")
    check_names_nobody(why, field="reason")
    lock_row(Target, target.id)
    today = clock.day_of(now)
    check_can_override(queries.figure(target, as_at=today), queries.end_of(target), on=today)
    check_is_computed(target, on=today)
    override = ColourOverride(
        target_id=target.id,
        colour=colour,
        reason=why,
        first_day=today,
        days=days,
        made_at=now,
        made_by=by.name,
    )
    db.session.add(override)
    db.session.flush()
    changes = {"Colour": (None, f"{colour.label} for {plural(days, 'day')}")}
    audit.record(by=by, verb="target:colour overridden", thing=target, now=now, changes=changes, reason=why)
    return override


def take_back_override(*, target: Target, override: ColourOverride, by: Actor, now: datetime) -> None:
    """From now on the computed colour stands alone; on the days before, both are still shown."""
    _check_may(by)
    lock_row(Target, target.id)
    db.session.refresh(override)
    if override.ended_at is not None or override.last_day < clock.day_of(now):
        raise RuleBroken("This colour is not shown any more.")
    override.ended_at, override.ended_by = now, by.name
    changes = {"Colour": (override.colour.label, None)}
    audit.record(by=by, verb="target:colour taken back", thing=target, now=now, changes=changes)


def _check_may(by: Actor) -> None:
    if not by.can(Permission.EDIT_TARGETS):
        raise NotAllowed("Only the academy manager can override a target’s colour.")


def check_is_computed(target: Target, *, on: date) -> None:
    """One colour of the academy's own at a time: the one before is taken back first."""
    standing = queries.overrides_on([target.id], on=on).get(target.id)
    if standing is not None:
        raise RuleBroken(
            f"The colour is overridden until {day(standing.last_day)} already. Take that back first."
        )


def check_can_override(figure: Figure, end: TargetEnd | None, *, on: date) -> None:
    """Another colour stands beside the computed one of a target that is asked for: while that is “No data”,
    there is none to override."""
    check_is_asked_for(end, on=on)
    if figure.has_no_data:
        _colour, reason = queries.colour_of(figure)
        raise RuleBroken(f"{reason} A colour can be overridden once the figure has one.")


def can_override(figure: Figure, end: TargetEnd | None, *, on: date) -> bool:
    return allows(partial(check_can_override, figure, end, on=on))
