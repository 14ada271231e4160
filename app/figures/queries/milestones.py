"""The benchmarks of a target, met or not at their own dates (T07)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Select, select

from app.core import clock
from app.core.db import db, live
from app.core.filters import day
from app.figures.models import Milestone, Target
from app.figures.queries.arithmetic import count_in_words, is_met, required_number, shown_percent
from app.figures.queries.definitions import percent_in_words
from app.figures.queries.figure import Figure


def milestones_of(
    target_ids: Collection[int], known_at: datetime | None = None
) -> dict[int, list[Milestone]]:
    """The benchmarks of targets, by the target's id and in the order of their days."""
    if not target_ids:
        return {}
    statement = (
        select(Milestone)
        .where(Milestone.target_id.in_(sorted(target_ids)), live(Milestone, known_at))
        .order_by(Milestone.due_on, Milestone.id)
    )
    found: dict[int, list[Milestone]] = defaultdict(list)
    for one in db.session.scalars(statement):
        found[one.target_id].append(one)
    return found


def milestone(target: Target, milestone_id: int) -> Select[tuple[Milestone]]:
    """One live milestone of a target."""
    return select(Milestone).where(
        Milestone.id == milestone_id, Milestone.target_id == target.id, live(Milestone)
    )


def asked_in_words(milestone: Milestone) -> str:
    """What a benchmark asks: "40%" or "40"."""
    percent = milestone.minimum_percent
    return percent_in_words(percent) if percent is not None else f"{milestone.minimum_count:,}"


def milestone_in_words(milestone: Milestone) -> str:
    """A benchmark with its day: "Half-way: 40% by 28 February 2022"."""
    return titled(milestone, f"{asked_in_words(milestone)} by {day(milestone.due_on)}")


def titled(milestone: Milestone, words: str) -> str:
    """The words after what the benchmark is called, if it is called anything."""
    return f"{milestone.title}: {words}" if milestone.title else words


@dataclass(frozen=True)
class MilestoneOnDay:
    """A benchmark with the target's figure at its own date; `figure` is None while that is to come."""

    milestone: Milestone
    figure: Figure | None

    def for_the_board(self) -> MilestoneOnDay:
        """The same for those who may not see names: on a day of few people neither met nor not (BM-05)."""
        return replace(self, figure=self.figure and self.figure.for_the_board())

    @property
    def asked(self) -> str:
        """What the benchmark asks: "40%" or "40"."""
        return asked_in_words(self.milestone)

    @property
    def is_met(self) -> bool | None:
        """Met by the exact count at that date (4.5); None while it is to come, or nobody is in scope."""
        if self.figure is None or self.figure.has_no_one:
            return None
        percent, count = self.milestone.minimum_percent, self.milestone.minimum_count
        if percent is not None and self.figure.denominator is not None:
            count = required_number(percent, self.figure.denominator)
        return None if count is None else is_met(self.figure.numerator, count)

    @property
    def shown(self) -> str | None:
        """The figure of its date, never at what was asked while that was not reached: 8 of 270, of whom 3%
        are asked, is "2.9%" (4.5.4). Whatever reached it is shown against the target's own minimum."""
        figure, percent = self.figure, self.milestone.minimum_percent
        if figure is None:
            return None
        if percent is None or not figure.denominator or self.is_met:
            return figure.shown
        return shown_percent(figure.numerator, figure.denominator, percent)

    @property
    def quoted(self) -> str:
        """The same with what it is of: "8 of 270 (2.9%)"; nothing while its date is to come."""
        figure = self.figure
        if figure is None:
            return ""
        return count_in_words(figure.numerator, figure.denominator, self.shown or "")

    @property
    def label(self) -> str:
        if self.figure is None:
            return "To come"
        if self.is_met is False and self.milestone.due_on == clock.today():
            return "Due today"
        if self.figure.is_few:
            return self.figure.standing.label
        return {True: "Met", False: "Not met", None: "No data"}[self.is_met]


def nearest(milestones: Sequence[Milestone], as_at: date) -> list[Milestone]:
    """Of those in the order of their days the last whose day has come, and the next."""
    due = [one for one in milestones if one.due_on <= as_at]
    return [*due[-1:], *milestones[len(due) :][:1]]


def milestones_in_brief(found: Sequence[MilestoneOnDay]) -> str:
    """Of those in the order of their days whether the last was met, and what is asked next: "40% by 31
    January 2022: not met, 41 of 110 (37%). Next: 60% by 28 February 2022." Of few people no number."""
    due = [one for one in found if one.figure is not None]
    words = []
    for one in due[-1:]:
        quoted = f", {one.quoted}" if one.figure and not one.figure.is_few else ""
        words.append(f"{_asked_by(one)}: {one.label[:1].lower()}{one.label[1:]}{quoted}.")
    return " ".join([*words, *(f"Next: {_asked_by(one)}." for one in found[len(due) :][:1])])


def _asked_by(one: MilestoneOnDay) -> str:
    return f"{one.asked} by {day(one.milestone.due_on)}"


def milestones_on(
    milestones: Collection[Milestone], figures: Mapping[date, Figure], as_at: date
) -> list[MilestoneOnDay]:
    """Each benchmark with the figure of its own date, if that is not after `as_at`."""
    return [
        MilestoneOnDay(one, figures.get(one.due_on) if one.due_on <= as_at else None) for one in milestones
    ]
