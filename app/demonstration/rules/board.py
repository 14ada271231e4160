"""What the board was told: the figures of August 2021 as published, and the packs of two meetings."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from app.board import rules as packs
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.figures import queries, rules

AUGUST = date(2021, 8, 31)
TOLD_ON = date(2021, 9, 14)
MEETINGS = (35, 7)  # days ago


def publish_august(*, by: Actor) -> None:
    """The published totals of the records, as at 31 August 2021."""
    rules.publish(
        targets=list(db.session.scalars(queries.targets(as_at=AUGUST))),
        as_at=AUGUST,
        occasion="Project board, 14 September 2021",
        by=by,
        now=clock.london_time(TOLD_ON, time(10)),
    )


def fill(*, by: Actor, now: datetime) -> None:
    """A pack for each of the last two meetings; none on a server that can make no PDF."""
    for days in MEETINGS:
        meets_on = clock.day_of(now) - timedelta(days=days)
        issued_at = clock.london_time(meets_on - timedelta(days=1), time(16))
        try:
            with db.session.begin_nested():
                ready = packs.prepare(
                    meeting="Project board",
                    meets_on=meets_on,
                    as_at=meets_on - timedelta(days=2),
                    now=issued_at,
                )
                packs.issue(ready, by=by)
        except RuleBroken:
            return
