"""The targets that are asked for no more, each with the last figure that it had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.figures.models import Target, TargetEnd
from app.figures.queries import stated
from app.figures.queries.ending import ends_of, had_ended
from app.figures.queries.figure import Figure
from app.figures.queries.lists import every_target
from app.figures.queries.plans import plans_for
from app.figures.queries.reading import figures_on_days


@dataclass(frozen=True)
class Ended:
    """A target that has ended, with its figure on its last day: a count, as nothing is ahead of it."""

    target: Target
    end: TargetEnd
    figure: Figure

    def for_the_board(self) -> Ended:
        """The same for those who may not see names."""
        return replace(self, figure=self.figure.for_the_board())


def ended(*, as_at: date, known_at: datetime | None = None) -> Sequence[Ended]:
    """The targets that had ended on a day, the last to end first."""
    targets = db.session.scalars(every_target().where(had_ended(as_at, known_at))).all()
    ends = ends_of([one.id for one in targets], known_at)
    last_days = {one: min(end.last_day, clock.today()) for one, end in ends.items()}
    found = figures_on_days(
        [(plan, [last_days[plan.target.id]]) for plan in plans_for(targets, known_at)],
        known_at=known_at,
        scores=stated.scores(targets, as_at=as_at, known_at=known_at),
    )
    made = [Ended(one, ends[one.id], found[one.id][last_days[one.id]]) for one in targets]
    return sorted(made, key=lambda one: one.end.last_day, reverse=True)


def ended_count(*, as_at: date, known_at: datetime | None = None) -> int:
    """How many targets had ended on a day."""
    return db.session.scalar(select(func.count(Target.id)).where(had_ended(as_at, known_at))) or 0
