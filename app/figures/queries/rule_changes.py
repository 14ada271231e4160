"""From what to what a target's rule changed since an instant, on which day and why. (BM-02, BM-04)"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from app.core import clock
from app.core.db import Recorded, db
from app.core.filters import day
from app.figures.queries.definitions import (
    asked_in_words,
    population_in_words,
    requirements_in_words,
    settings_in_words,
)
from app.figures.queries.plans import Plan
from app.figures.queries.rule_parts import Parts, RulePart, changed_parts, courses_of_both
from app.people import queries as people


@dataclass(frozen=True)
class RuleChange:
    """One change of a target's rule, with the reason that was given."""

    on: date
    what: str
    reason: str

    @property
    def words(self) -> str:
        """ "Changed on 22 November 2026: minimum percentage from 80% to 90%. Why: Agreed with the board." """
        reason = " ".join(self.reason.split()).rstrip(".")
        why = f" Why: {reason}." if reason else ""
        return f"Changed on {day(self.on)}: {self.what}.{why}"


@dataclass(frozen=True)
class Since:
    """A target's plan as known at `until`, or now, and since when these parts of its rule are another."""

    plan: Plan
    at: datetime
    until: datetime | None
    changed: Parts


def rule_changes(
    asked: Sequence[Since], everybody: Sequence[people.Named] | None = None
) -> list[list[RuleChange]]:
    """Of each, every change of these parts since then, the first one first.

    A reason that names somebody is left out: a board reads them, and one that was typed before that was
    looked at may. One statement, where anything changed, unless `everybody` is known already.
    """
    found = [list(_changes(one)) for one in asked]
    if not any(found):
        return found
    if everybody is None:
        everybody = [people.Named(*row) for row in db.session.execute(people.everybody_named())]
    return [
        [replace(one, reason="") if people.named_in(one.reason, everybody) else one for one in changes]
        for changes in found
    ]


def _changes(asked: Since) -> Iterator[RuleChange]:
    """What differs from each instant at which anything of it was recorded to the next: no statement."""
    told = {_WORDS[part] for part in asked.changed}
    recorded = _recorded(asked.plan) if told else {}
    moments = [at for at in sorted(recorded) if at > asked.at and (asked.until is None or at <= asked.until)]
    known = [asked.plan.as_known(at) for at in (asked.at, *moments)]
    for at, (then, now) in zip(moments, pairwise(known), strict=True):
        for words in dict.fromkeys(_WORDS[part] for part in changed_parts(then, now)):
            if words in told:
                yield RuleChange(clock.day_of(at), words(then, now), recorded[at])


def _recorded(plan: Plan) -> Mapping[datetime, str]:
    """When anything of its rule was recorded or taken back, each with the reason that was given."""
    if plan.history is None:
        return {}
    facts, target = plan.history.of_rules, plan.target
    own: list[Recorded] = [
        *(one for one in facts.rules if one.target_id == target.id),
        *(one for one in facts.populations if one.population_id == target.population_id),
        *(one for one in facts.requirements if one.cohort_id == target.cohort_id),
    ]
    taken_back = {one.superseded_at: "" for one in own if one.superseded_at}
    given = {one.recorded_at: one.reason or "" for one in own}
    return taken_back | plan.history.of_courses.recorded() | given


def _asked_otherwise(then: Plan, now: Plan) -> str:
    """ "minimum percentage from 80% to 90%; deadline from none to 31 March 2027"."""
    return _differing(asked_in_words(then.rule), asked_in_words(now.rule))


def _counted_otherwise(then: Plan, now: Plan) -> str:
    words = (population_in_words(one.population) if one.population else "none" for one in (then, now))
    return "from “{}” to “{}”".format(*words)


def _required_otherwise(then: Plan, now: Plan) -> str:
    """ "what its cohort requires from “untrained: 2-day” to “untrained: 2-day and Core skills”"."""
    words = (requirements_in_words(one.requirements) for one in (then, now))
    return "what its cohort requires from “{}” to “{}”".format(*words)


def _set_otherwise(then: Plan, now: Plan) -> str:
    """ "for Signs of Safety 2-day, validity from for ever to 36 months"."""
    return "; ".join(
        f"for {after.title}, {_differing(settings_in_words(before), settings_in_words(after))}"
        for before, after in courses_of_both(then, now)
        if before.settings != after.settings
    )


def _stood_in_for_otherwise(then: Plan, now: Plan) -> str:
    """ "Signs of Safety 5-day stands in for Signs of Safety 2-day"."""
    titles = {one.course_id: one.title for plan in (then, now) for one in plan.shapes.values()}
    said = []
    for before, after in courses_of_both(then, now):
        new, gone = (after.satisfied_by - before.satisfied_by), (before.satisfied_by - after.satisfied_by)
        said += [f"{titles[one]} stands in for {after.title}" for one in sorted(new)]
        said += [f"{titles[one]} stands in for {after.title} no more" for one in sorted(gone)]
    return "; ".join(said)


def _mapped_otherwise(then: Plan, now: Plan) -> str:
    """ "for Signs of Safety 2-day, which days of one version count for another"."""
    return "; ".join(
        f"for {after.title}, which days of one version count for another"
        for before, after in courses_of_both(then, now)
        if before.versions != after.versions
    )


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return "; ".join(
        f"{name.lower()} from {_said(before[name])} to {_said(after[name])}"
        for name in before
        if before[name] != after[name]
    )


def _said(value: Any) -> str:
    if value is None:
        return "none"
    return day(value) if isinstance(value, date) else str(value)


_WORDS: Mapping[RulePart, Callable[[Plan, Plan], str]] = {
    RulePart.ASKED: _asked_otherwise,
    RulePart.COURSE: _asked_otherwise,
    RulePart.POPULATION: _counted_otherwise,
    RulePart.REQUIREMENTS: _required_otherwise,
    RulePart.SETTINGS: _set_otherwise,
    RulePart.STAND_INS: _stood_in_for_otherwise,
    RulePart.DAYS: _mapped_otherwise,
}
