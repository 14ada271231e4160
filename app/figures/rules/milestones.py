"""Benchmarks on the way to a target: set, changed and taken away, each with its reason kept (T07)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from app.audit import rules as audit
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, lock_row, record, supersede
from app.core.errors import RuleBroken, check_all
from app.core.filters import day
from app.figures import queries
from app.figures.models import Milestone, Target, TargetKind, TargetRule
from app.figures.rules.codes import checked_reason, checked_words
from app.figures.rules.ending import check_has_not_ended
from app.figures.rules.locks import lock_live
from app.figures.rules.numbers import check_count, check_percent

_WHAT = "this milestone. Look at the target again."


def add_milestone(
    *,
    target: Target,
    due_on: date,
    by: Actor,
    now: datetime,
    minimum_percent: Decimal | None = None,
    minimum_count: int | None = None,
    title: str = "",
) -> Milestone:
    """Set a benchmark, such as "40 of the 110 by 31 January 2022". It informs and never sets the colour."""
    lock_row(Target, target.id)
    check_has_not_ended(target, on=clock.day_of(now))
    check_milestone(target, due_on, minimum_percent, minimum_count, title)
    milestone = Milestone(
        target_id=target.id,
        due_on=due_on,
        minimum_percent=minimum_percent,
        minimum_count=minimum_count,
        title=checked_words(title, field="title"),
    )
    record(milestone, by=by.name, now=now)
    db.session.flush()
    changes = {"Milestone": (None, queries.milestone_in_words(milestone))}
    audit.record(by=by, verb="target:milestone added", thing=target, now=now, changes=changes)
    return milestone


def change_milestone(
    *,
    target: Target,
    milestone: Milestone,
    due_on: date,
    by: Actor,
    now: datetime,
    reason: str | None,
    minimum_percent: Decimal | None = None,
    minimum_count: int | None = None,
    title: str = "",
) -> Milestone:
    """Another day or another number; the milestone as it was stays with the reason."""
    why = checked_reason(reason, "why the milestone changes")
    lock_live(Target, target.id, milestone, _WHAT)
    check_has_not_ended(target, on=clock.day_of(now))
    check_milestone(target, due_on, minimum_percent, minimum_count, title, instead_of=milestone)
    known_from = supersede(milestone, by=by.name, now=now)
    changed = Milestone(
        target_id=target.id,
        due_on=due_on,
        minimum_percent=minimum_percent,
        minimum_count=minimum_count,
        title=checked_words(title, field="title"),
        reason=why,
    )
    record(changed, by=by.name, now=now, recorded_at=known_from)
    db.session.flush()
    changes = {"Milestone": (queries.milestone_in_words(milestone), queries.milestone_in_words(changed))}
    audit.record(by=by, verb="target:milestone changed", thing=target, now=now, changes=changes, reason=why)
    return changed


def remove_milestone(
    *, target: Target, milestone: Milestone, by: Actor, now: datetime, reason: str | None
) -> None:
    """The milestone is no longer asked; what it was stays with the reason."""
    why = checked_reason(reason, "why the milestone is taken away")
    lock_live(Target, target.id, milestone, _WHAT)
    supersede(milestone, by=by.name, now=now)
    changes = {"Milestone": (queries.milestone_in_words(milestone), None)}
    audit.record(by=by, verb="target:milestone removed", thing=target, now=now, changes=changes, reason=why)


def check_keeps_milestones(target: Target, rule: TargetRule) -> None:
    """What a target is to ask leaves none of its milestones asking for more, or lying after its deadline."""
    for one in queries.milestones_of([target.id]).get(target.id, []):
        words = f"The milestone “{queries.milestone_in_words(one)}”"
        then = "change it or take it away first"
        if _is_more(one.minimum_percent, rule.minimum_percent):
            raise RuleBroken(f"{words} asks for more than that: {then}", field="minimum_percent")
        if _is_more(one.minimum_count, rule.minimum_count):
            raise RuleBroken(f"{words} asks for more than that: {then}", field="minimum_count")
        if rule.deadline is not None and one.due_on > rule.deadline:
            raise RuleBroken(f"{words} lies after that day: {then}", field="deadline")


def _is_more(asked: Decimal | int | None, minimum: Decimal | int | None) -> bool:
    return asked is not None and minimum is not None and asked > minimum


def check_milestone(
    target: Target,
    due_on: date | None,
    percent: Decimal | None,
    count: int | None,
    title: str,
    *,
    instead_of: Milestone | None = None,
) -> None:
    """A milestone fits what its target asks and the other milestones; a changed one may keep its day. All of
    that is answered at once, as far as it is typed: a number that is missing beside a day after the deadline.
    """
    rule = queries.target_rules([target.id])[target.id]
    others = [one for one in queries.milestones_of([target.id]).get(target.id, []) if one is not instead_of]
    checks: list[Callable[[], object]] = [
        partial(_check, target, percent, count),
        partial(checked_words, title, field="title"),
        partial(_check_asks_no_more, rule, percent, count),
    ]
    if due_on is not None:
        if instead_of is None or due_on != instead_of.due_on:
            checks.append(partial(_check_day, target, rule, others, due_on))
        checks.append(partial(_check_order, others, due_on, percent, count))
    check_all(*checks)


def _check_asks_no_more(rule: TargetRule, percent: Decimal | None, count: int | None) -> None:
    """A milestone asks for no more than its target does: 95% is not on the way to 80%."""
    if rule.minimum_percent is not None and _is_more(percent, rule.minimum_percent):
        most = queries.percent_in_words(rule.minimum_percent)
        raise RuleBroken(f"The target asks for {most}: a milestone asks for no more", field="minimum_percent")
    if rule.minimum_count is not None and _is_more(count, rule.minimum_count):
        most = f"{rule.minimum_count:,}"
        raise RuleBroken(f"The target asks for {most}: a milestone asks for no more", field="minimum_count")


def _check_day(target: Target, rule: TargetRule, others: Sequence[Milestone], due_on: date) -> None:
    if rule.deadline is not None and due_on > rule.deadline:
        raise RuleBroken(
            f"A milestone lies on the way to the deadline: it must be on {day(rule.deadline)} or before",
            field="due_on",
        )
    starts_on = target.programme.starts_on
    if starts_on is not None and due_on < starts_on:
        raise RuleBroken(
            f"The milestone is before {day(starts_on)}, when the programme starts", field="due_on"
        )
    if any(one.due_on == due_on for one in others):
        raise RuleBroken(f"There is a milestone on {day(due_on)} already: change that one", field="due_on")


def _check_order(
    others: Sequence[Milestone], due_on: date, percent: Decimal | None, count: int | None
) -> None:
    """A milestone asks for no less than those before it, and for no more than those after it. A share and a
    number are not compared."""
    field = "minimum_percent" if percent is not None else "minimum_count"
    for one in others:
        words = f"The milestone “{queries.milestone_in_words(one)}”"
        theirs, ours = (one.minimum_percent, one.minimum_count), (percent, count)
        if one.due_on < due_on and any(map(_is_more, theirs, ours)):
            raise RuleBroken(f"{words} is earlier and asks for more: ask for no less than it", field=field)
        if one.due_on > due_on and any(map(_is_more, ours, theirs)):
            raise RuleBroken(f"{words} is later and asks for less: ask for no more than it", field=field)


def _check(target: Target, percent: Decimal | None, count: int | None) -> None:
    if target.kind is TargetKind.SCORE:
        raise RuleBroken("A score has no milestones: each wave is its own figure")
    if (percent is None) == (count is None):
        raise RuleBroken("Enter a percentage or a number, one of the two", field="minimum_count")
    if percent is not None and not target.kind.has_scope:
        raise RuleBroken(
            f"{target.kind.label} has nothing to take a percentage of: enter a number",
            field="minimum_percent",
        )
    check_percent(percent, "Percentage")
    check_count(count, "Number")
