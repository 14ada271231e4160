"""What a target's page shows beside its figure, in a number of statements that does not grow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.core import clock
from app.core.filters import day
from app.figures.models import Milestone, StatedFigure, Target, TargetKind
from app.figures.queries.deliverables import deliveries_of
from app.figures.queries.deliveries import Deliveries
from app.figures.queries.few import as_seen
from app.figures.queries.figure import Figure
from app.figures.queries.milestones import MilestoneOnDay, milestones_of, milestones_on
from app.figures.queries.months import MonthOfSessions, sessions_by_month
from app.figures.queries.reached import SECTORS_NOT_SHOWN, ReachRow, reach_by_sector, suppressed
from app.figures.queries.reading import figures_on
from app.figures.queries.stated import KEPT_AS_STATED, Comparison, stated_figures

MOST_DAYS = 40  # beyond them the earliest stated figures and milestones stand without a computed one


@dataclass(frozen=True)
class BesideTarget:
    """Stated figures with what is computed for their days, milestones, and what only one kind has."""

    stated: Sequence[Comparison]
    milestones: Sequence[MilestoneOnDay]
    deliveries: Deliveries | None
    reach: Sequence[ReachRow]
    months: Sequence[MonthOfSessions] = ()

    @property
    def stated_note(self) -> str:
        """What stands above the stated figures, as in a pack."""
        return KEPT_AS_STATED

    @property
    def reach_note(self) -> str:
        """That sectors are hidden, where any is; where even that would not help, all of them stand alone."""
        is_hidden = any(one.is_hidden for one in self.reach) or len(self.reach) == 1
        return SECTORS_NOT_SHOWN if is_hidden else ""


def _computed(
    target: Target,
    stated: Sequence[StatedFigure],
    milestones: Sequence[Milestone],
    as_at: date,
    known_at: datetime | None,
) -> dict[date, Figure]:
    """The figure of each day that is stated or has a milestone, by the day."""
    days = {one.as_at for one in stated} | {one.due_on for one in milestones if one.due_on <= as_at}
    return figures_on(target, sorted(days)[-MOST_DAYS:], known_at=known_at)


def own_milestones(
    target: Target, *, as_at: date, known_at: datetime | None = None, sees_names: bool = False
) -> list[MilestoneOnDay]:
    """A target's milestones alone, each with the figure of its own date if that was by `as_at`."""
    milestones = milestones_of([target.id], known_at).get(target.id, [])
    found = milestones_on(milestones, _computed(target, [], milestones, as_at, known_at), as_at)
    return as_seen(found, sees_names=sees_names)


def more_than_in_scope(target: Target, count: int | None) -> str:
    """A warning where more people are asked for than a target counts today; nothing where that can be met.

    40 of a list of 30: "40 are asked for, and 30 are in scope today: that can’t be met unless more join."
    It is no refusal, as a list is often written before its people are known.
    """
    if count is None or not target.kind.has_scope:
        return ""
    today = clock.today()
    in_scope = figures_on(target, [today])[today].denominator or 0
    if count <= in_scope:
        return ""
    there_are = {0: "nobody is", 1: "1 is"}.get(in_scope, f"{in_scope:,} are")
    return (
        f"{count:,} are asked for, and {there_are} in scope today: that can’t be met unless more join. If it "
        "is a slip, change the number."
    )


def later_than_programme(target: Target, deadline: date | None) -> str:
    """A warning where a target is due after its programme is: 31 March 2062, of a programme that ends in
    2026. It is no refusal, as a contract may go on; nothing where there are not both days."""
    programme = target.programme.deadline
    if deadline is None or programme is None or deadline <= programme:
        return ""
    return (
        f"The deadline is {day(deadline)}, after the programme’s own of {day(programme)}. If it is a slip, "
        "change it."
    )


def beside_target(
    target: Target,
    *,
    as_at: date,
    known_at: datetime | None = None,
    until: date | None = None,
    sees_names: bool = False,
) -> BesideTarget:
    """All of it as at a date, as known at an instant; sessions to come up to the deadline, and to `until`
    where that comes first. Small numbers are for those who see names."""
    stated = [one for one in stated_figures([target.id], known_at).get(target.id, []) if one.as_at <= as_at]
    milestones = milestones_of([target.id], known_at).get(target.id, [])
    computed = _computed(target, stated, milestones, as_at, known_at)
    asked = next((one.minimum_percent for one in computed.values()), None)  # of every day the same
    reach = []
    if target.kind is TargetKind.REACH:
        reach = reach_by_sector(target, as_at=as_at, known_at=known_at)
    return BesideTarget(
        stated=as_seen(
            (Comparison(one, computed.get(one.as_at), asked) for one in stated), sees_names=sees_names
        ),
        milestones=as_seen(milestones_on(milestones, computed, as_at), sees_names=sees_names),
        deliveries=deliveries_of([target], as_at=as_at, known_at=known_at, until=until).get(target.id),
        months=sessions_by_month(target, as_at=as_at, known_at=known_at),
        reach=reach if sees_names else suppressed(reach),
    )
