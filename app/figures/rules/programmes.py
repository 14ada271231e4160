"""Changing a programme, whose dates its targets must keep within."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from app.core import clock
from app.core.db import db, lock_table
from app.core.errors import RuleBroken
from app.core.filters import day, listed
from app.figures import queries
from app.figures.models import Target
from app.programmes import rules as programmes
from app.programmes.models import Programme


def change_programme(*, programme: Programme, now: datetime, **changes: Any) -> None:
    """Change a programme as `programmes.edit_programme` does; it starts on no day after one that its targets
    name.

    Before it is put off to 1 May, a target for 31 March is moved, which could not be edited any more. One
    that has ended asks for nothing, and stands in no way.
    """
    lock_table(Target)
    starts_before = programme.starts_on
    programmes.edit_programme(programme=programme, now=now, **changes)
    if programme.starts_on is not None and programme.starts_on != starts_before:
        _check_keeps_targets(programme, programme.starts_on, clock.day_of(now))


def _check_keeps_targets(programme: Programme, starts_on: date, today: date) -> None:
    """Each is named: "Start date is after the deadline of “Two-day training” (31 March 2022): …"."""
    targets = list(db.session.scalars(queries.targets_of_programme(programme, as_at=today)))
    if before := list(_lie_before(starts_on, targets)):
        them = "it" if len(before) == 1 else "them"
        raise RuleBroken(
            f"Start date is after {listed(before)}: change {them} first, or choose an earlier day",
            field="starts_on",
        )


def _lie_before(starts_on: date, targets: Sequence[Target]) -> Iterator[str]:
    """What of these targets lies before a day on which their programme is to start. A stated figure may, as
    a baseline does, but then not before all that is recorded."""
    ids = [one.id for one in targets]
    asked, milestones, stated = (
        queries.target_rules(ids),
        queries.milestones_of(ids),
        queries.stated_figures(ids),
    )
    first = queries.first_day_recorded() if stated else None
    for target in targets:
        deadline, title = asked[target.id].deadline, f"“{target.title}”"
        if deadline is not None and deadline < starts_on:
            yield f"the deadline of {title} ({day(deadline)})"
        for milestone in milestones.get(target.id, []):
            if milestone.due_on < starts_on:
                yield f"the milestone “{queries.milestone_in_words(milestone)}” of {title}"
        for figure in stated.get(target.id, []):
            if first is not None and figure.as_at < min(first, starts_on):
                yield f"the day of a stated figure of {title} ({day(figure.as_at)})"
