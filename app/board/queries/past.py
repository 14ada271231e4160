"""What was of each target on days before, as known: read once, for every section that tells of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime

from app.figures import queries as figures
from app.figures.models import Milestone, PublishedFigure, StatedFigure, Target
from app.figures.queries import Figure, MilestoneOnDay, Moved, PersonPeriods, Plan, Restated


@dataclass(frozen=True)
class Past:
    """By each target's id: its figures on the days that are asked about, its milestones, what documents state
    of it, and when each person was counted and complete. By each published figure's id, whom that counted."""

    figures: Mapping[int, Mapping[date, Figure]] = field(default_factory=dict)
    milestones: Mapping[int, Sequence[Milestone]] = field(default_factory=dict)
    stated: Mapping[int, Sequence[StatedFigure]] = field(default_factory=dict)
    people_periods: Mapping[int, Mapping[int, PersonPeriods]] = field(default_factory=dict)
    people: Mapping[int, Mapping[int, bool]] = field(default_factory=dict)
    few: Set[int] = frozenset()  # the ids of published figures that are of few

    def restated(self, published: PublishedFigure, plan: Plan) -> Restated:
        """A published figure beside what it is as known now."""
        return Restated(
            published,
            self.figures[plan.target.id][published.as_at],
            then=self.people.get(published.id, {}),
            known=self._done(plan, published.as_at),
            changed=figures.changed_since(published, plan),
            of_few=published.id in self.few,
        )

    def moved_since(self, restated: Restated, plan: Plan, figure: Figure) -> Moved:
        """ "Up from 2 to 3 since 31 March: 1 recorded late." """
        return figures.moved_since(restated, figure, self._done(plan, figure.as_at))

    def milestones_on(self, target: Target, on: date, *, sees_names: bool) -> list[MilestoneOnDay]:
        """Each of a target's milestones, met or not at its own day, if that was by this one."""
        milestones, then = self.milestones.get(target.id, []), self.figures.get(target.id, {})
        return figures.as_seen(figures.milestones_on(milestones, then, on), sees_names=sees_names)

    def _done(self, plan: Plan, on: date) -> Mapping[int, bool]:
        return figures.done_on_day(plan, self.people_periods.get(plan.target.id, {}), on)


def past_of(
    plans: Sequence[Plan],
    now: Sequence[Figure],
    published: Sequence[PublishedFigure],
    *,
    as_at: date,
    known_at: datetime | None,
    milestones: Mapping[int, Sequence[Milestone]] | None = None,
    stated: Mapping[int, Sequence[StatedFigure]] | None = None,
    follows_all: bool = False,
) -> Past:
    """The past of targets up to a day, beside what was published of them; `now` are their figures on
    it.

    The figures are those of the days that were published or stated, and of the milestones; what was published
    of targets that have ended since is not read again. Who was counted is read of those targets alone whose
    published figure is another as known now or, if it is to be told of each what moved, of all. Three
    statements at most, however many targets, days and people.
    """
    ids, few = [plan.target.id for plan in plans], figures.of_few(published)
    published = [one for one in published if one.target_id in ids]
    milestones = milestones or {}
    stated = {one: [row for row in rows if row.as_at <= as_at] for one, rows in (stated or {}).items()}
    days = _days(published, milestones, stated, as_at)
    then = figures.figures_on_days(
        [(plan, days[plan.target.id]) for plan in plans],
        known_at=known_at,
        scores={one: figure.score for one, figure in zip(ids, now, strict=True)},
    )
    restated = {
        one.target_id for one in published if Restated(one, then[one.target_id][one.as_at]).is_another_count
    }
    followed = [
        plan
        for plan in plans
        if plan.target.kind.counts_people and (follows_all or plan.target.id in restated)
    ]
    people_periods = figures.people_periods_of(followed, until=as_at, known_at=known_at)
    compared = [one for one in published if one.target_id in people_periods]
    people = figures.people_of(compared) if compared else {}
    return Past(then, milestones, stated, people_periods, people, few)


def _days(
    published: Sequence[PublishedFigure],
    milestones: Mapping[int, Sequence[Milestone]],
    stated: Mapping[int, Sequence[StatedFigure]],
    as_at: date,
) -> Mapping[int, Set[date]]:
    """The days on which each target's figure is asked about, by its id; of those that are stated the latest,
    as on a target's page. Of a score nothing is computed."""
    days: dict[int, set[date]] = defaultdict(set)
    for one in published:
        days[one.target_id].add(one.as_at)
    for target_id, ones in milestones.items():
        days[target_id] |= {one.due_on for one in ones if one.due_on <= as_at}
    numbers = [row for rows in stated.values() for row in rows if row.score is None]
    latest = set(sorted({row.as_at for row in numbers})[-figures.MOST_DAYS :])
    for row in numbers:
        days[row.target_id] |= {row.as_at} & latest
    return days
