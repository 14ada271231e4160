"""A person's time in posts as a row of stretches, and what each kind of news makes of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from app.exchange.rules.ledger import Reference
from app.people.models import EmploymentType

DAY = timedelta(days=1)


class Placement(NamedTuple):
    """Where somebody belongs, and as what."""

    employment_type: EmploymentType
    job_title: str | None = None
    role_group: Reference | None = None
    team: Reference | None = None
    organisation: Reference | None = None
    manager: Reference | None = None
    fte: Decimal | None = None
    career_stage: str | None = None


class Stretch(NamedTuple):
    """From its first to its last day (both count) a person has this placement."""

    first_day: date
    last_day: date | None
    employed_from: date
    placement: Placement

    def reaches(self, day: date) -> bool:
        """Whether the stretch covers `day` or lies after it."""
        return self.last_day is None or self.last_day >= day


Timeline = tuple[Stretch, ...]  # in order, never overlapping


def began(timeline: Timeline, first_day: date, last_day: date | None, placement: Placement) -> Timeline:
    """A new employment after all that was: a starter, or somebody who returns (U-06)."""
    return (*timeline, Stretch(first_day, last_day, first_day, placement))


def ended(timeline: Timeline, last_day: date) -> Timeline:
    """Nothing after `last_day`: the stretch that covers it ends on it, later ones are gone."""
    return tuple(
        stretch._replace(last_day=last_day) if stretch.reaches(last_day) else stretch
        for stretch in timeline
        if stretch.first_day <= last_day
    )


def stays(timeline: Timeline) -> Timeline:
    """The last day is taken back: the last stretch goes on."""
    return (*timeline[:-1], timeline[-1]._replace(last_day=None))


def moved(timeline: Timeline, on: date, placement: Placement) -> Timeline:
    """From `on` the person is placed thus; the stretch that covers `on` ends the day before.

    Somebody who starts later starts there; somebody who has left by then is not moved.
    """
    index = next((number for number, stretch in enumerate(timeline) if stretch.reaches(on)), None)
    if index is None or timeline[index].placement == placement:
        return timeline
    found = timeline[index]
    if on <= found.first_day:
        return (*timeline[:index], found._replace(placement=placement), *timeline[index + 1 :])
    before = found._replace(last_day=on - DAY)
    after = found._replace(first_day=on, placement=placement)
    return (*timeline[:index], before, after, *timeline[index + 1 :])


def started_on(timeline: Timeline, first_day: date) -> Timeline | None:
    """The last employment began on `first_day` after all.

    None when that can't be: the day lies after its first stretch, or before the last day of the
    employment before it.
    """
    employed_from = timeline[-1].employed_from
    index = next(number for number, stretch in enumerate(timeline) if stretch.employed_from == employed_from)
    first = timeline[index]
    before = timeline[index - 1].last_day if index else None
    if not first.reaches(first_day) or (before and before >= first_day):
        return None
    first = first._replace(first_day=first_day)
    rest = (stretch._replace(employed_from=first_day) for stretch in timeline[index + 1 :])
    return (*timeline[:index], first._replace(employed_from=first_day), *rest)


def stretch_on(timeline: Timeline, on: date) -> Stretch:
    """The stretch that covers `on`, or else the next one, or else the last."""
    return next((stretch for stretch in timeline if stretch.reaches(on)), timeline[-1])


def placement_on(timeline: Timeline, on: date) -> Placement:
    """Where the person belongs on `on`, will belong next, or belonged last."""
    return stretch_on(timeline, on).placement


def days_moved(timeline: Timeline, on: date) -> tuple[date, date | None]:
    """The days for which a move on `on` counts: from its own, or the first of the post when that is later, to
    the last day before another move that is known already."""
    found = stretch_on(timeline, on)
    return max(on, found.first_day), None if found == timeline[-1] else found.last_day
