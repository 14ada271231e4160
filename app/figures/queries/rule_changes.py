"""From what to what a target's rule changed since a figure was published, when and why. (BM-04)"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any, TypeVar

from app.core import clock
from app.core.db import Recorded, db
from app.core.filters import day
from app.figures.models import PublishedFigure, TargetRule
from app.figures.queries.definitions import asked_in_words, population_in_words
from app.figures.queries.plans import Plan
from app.figures.queries.rule_parts import Parts, RulePart
from app.people import queries as people

RuleT = TypeVar("RuleT", bound=Recorded)


@dataclass(frozen=True)
class RuleChange:
    """One change of what a target asks, or of who is in its population, with the reason that was given."""

    on: date
    what: str
    reason: str

    @property
    def words(self) -> str:
        """ "Changed on 22 November 2026: minimum percentage from 80% to 90%. Why: Agreed with the board." """
        reason = " ".join(self.reason.split()).rstrip(".")
        why = f" Why: {reason}." if reason else ""
        return f"Changed on {day(self.on)}: {self.what}.{why}"


def rule_changes(
    asked: Sequence[tuple[PublishedFigure, Plan, Parts]], everybody: Sequence[people.Named] | None = None
) -> list[list[RuleChange]]:
    """Of each figure, every change since it was published up to the rule of its plan; the parts are those
    that are another.

    A reason that names somebody is left out: a board reads them, and one that was typed before that was
    looked at may. One statement, where anything changed, unless `everybody` is known already.
    """
    found = [_changes(*one) for one in asked]
    if not any(found):
        return found
    if everybody is None:
        everybody = [people.Named(*row) for row in db.session.execute(people.everybody_named())]
    return [
        [replace(one, reason="") if people.named_in(one.reason, everybody) else one for one in changes]
        for changes in found
    ]


def _changes(published: PublishedFigure, plan: Plan, changed: Parts) -> list[RuleChange]:
    facts = plan.history.of_rules if plan.history else None
    if facts is None:
        return []
    since, found = published.known_at, []
    if RulePart.ASKED in changed or RulePart.COURSE in changed:
        own = [one for one in facts.rules if one.target_id == plan.target.id]
        found += _steps(own, plan.rule, since, _asked_otherwise)
    if RulePart.POPULATION in changed and plan.population:
        own_population = [one for one in facts.populations if one.population_id == plan.target.population_id]
        found += _steps(
            own_population,
            plan.population,
            since,
            lambda old, new: f"from “{population_in_words(old)}” to “{population_in_words(new)}”",
        )
    return found


def _steps(
    rules: Iterable[RuleT], last: RuleT, since: datetime, what: Callable[[RuleT, RuleT], str]
) -> list[RuleChange]:
    known = [one for one in rules if one.recorded_at <= last.recorded_at]
    in_order = sorted(known, key=lambda one: one.recorded_at)
    return [
        RuleChange(clock.day_of(new.recorded_at), what(old, new), new.reason or "")
        for old, new in pairwise(in_order)
        if new.recorded_at > since
    ]


def _asked_otherwise(old: TargetRule, new: TargetRule) -> str:
    """ "minimum percentage from 80% to 90%; deadline from none to 31 March 2027"."""
    before, after = asked_in_words(old), asked_in_words(new)
    return "; ".join(
        f"{name.lower()} from {_said(before[name])} to {_said(after[name])}"
        for name in before
        if before[name] != after[name]
    )


def _said(value: Any) -> str:
    if value is None:
        return "none"
    return day(value) if isinstance(value, date) else str(value)
