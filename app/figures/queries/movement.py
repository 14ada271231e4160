"""Why a figure moved: who joined, left and completed between two dates, and what was restated. (BM-02)"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Integer, Select, literal, select
from sqlalchemy.orm import load_only

from app.core.db import rows_in_one
from app.core.filters import day_seen_from
from app.figures.models import Target, TargetKind
from app.figures.queries.arithmetic import is_few
from app.figures.queries.counts import people_done, trained
from app.figures.queries.direction import Moved, from_to, nothing_moved, restated_words
from app.figures.queries.few import FEW_TO_MOVE
from app.figures.queries.plans import Plan, plans_for
from app.figures.queries.rule_changes import Since, rule_changes
from app.figures.queries.rule_parts import changed_parts, counts_otherwise
from app.figures.queries.sources import Sources, sources_for
from app.people.models import BY_NAME, Person

When = tuple[date, datetime | None]
Done = Mapping[int, bool]  # everybody counted, and whether as complete


class MovementCause(StrEnum):
    """One cause of a movement, of which each person counted is at most one (but for restatement)."""

    COMPLETED = "completed"
    JOINED = "joined"
    JOINED_COMPLETE = "joined-complete"
    LEFT = "left"
    LEFT_COMPLETE = "left-complete"
    NO_LONGER = "no-longer"
    RESTATED_UP = "restated-up"
    RESTATED_DOWN = "restated-down"
    RESTATED_IN = "restated-in"
    RESTATED_OUT = "restated-out"

    @property
    def label(self) -> str:
        return {
            "completed": "Completed",
            "joined": "Joined",
            "joined-complete": "Joined, and now complete",
            "left": "Left",
            "left-complete": "Left, complete",
            "no-longer": "No longer complete, or no longer current",
            "restated-up": "Restated: a completion counted as things are known later",
            "restated-down": "Restated: a completion not counted as things are known later",
            "restated-in": "Restated: counted as things are known later",
            "restated-out": "Restated: not counted as things are known later",
        }[self]


# What each step is called where several stand in one sentence, and its sign in a table. What is restated is
# called after why: it was recorded late, or the rule is another.
_COMPLETIONS = (
    (MovementCause.COMPLETED, "+", "completed"),
    (MovementCause.JOINED_COMPLETE, "+", "joined and now complete"),
    (MovementCause.LEFT_COMPLETE, "−", "left"),
    (MovementCause.NO_LONGER, "−", "no longer current"),
    (MovementCause.RESTATED_UP, "+", ""),
    (MovementCause.RESTATED_DOWN, "−", ""),
)
_DENOMINATOR = (
    (MovementCause.JOINED, "+", "joined"),
    (MovementCause.LEFT, "−", "left"),
    (MovementCause.RESTATED_IN, "+", ""),
    (MovementCause.RESTATED_OUT, "−", ""),
)


@dataclass(frozen=True)
class Change:
    """What became of the people counted, from one set of them to another."""

    joined: frozenset[int]
    left: frozenset[int]
    joined_complete: frozenset[int]
    left_complete: frozenset[int]
    completed: frozenset[int]
    no_longer: frozenset[int]

    @classmethod
    def between(cls, before: Done, after: Done) -> Change:
        """Each person falls under one cause: joined, left, or changed while counted on both."""
        joined, left = after.keys() - before.keys(), before.keys() - after.keys()
        both = before.keys() & after.keys()
        return cls(
            joined=frozenset(joined),
            left=frozenset(left),
            joined_complete=frozenset(one for one in joined if after[one]),
            left_complete=frozenset(one for one in left if before[one]),
            completed=frozenset(one for one in both if after[one] and not before[one]),
            no_longer=frozenset(one for one in both if before[one] and not after[one]),
        )


@dataclass(frozen=True)
class CountedPoint:
    """Whom a figure counted as at a date, as known at an instant."""

    as_at: date
    known_at: datetime | None
    done: Done

    @property
    def numerator(self) -> int:
        return sum(self.done.values())

    @property
    def denominator(self) -> int:
        return len(self.done)


@dataclass(frozen=True)
class Movement:
    """A figure at two points, and every step between them: the steps add up exactly.

    First what the earlier date says as known at the later instant (`known`): the difference is restated.
    Then what happened between the dates. People trained have no denominator. `is_other_rule`: who is counted
    is decided otherwise at the later instant, so that what is restated need not have been recorded late;
    `changes` say from what to what, when and why. `is_few`: of so few people, at one of its points, that
    whoever may not see names is told nothing of it.
    """

    kind: TargetKind
    before: CountedPoint
    known: CountedPoint
    after: CountedPoint
    people: Mapping[MovementCause, frozenset[int]]
    is_other_rule: bool = False
    changes: Sequence[str] = ()
    is_few: bool = False

    def for_the_board(self) -> Movement:
        """The same for those who may not see names: nobody is counted of it where one of its points is of 1
        to 4 people (BM-05)."""
        points = (self.before, self.known, self.after)
        if not (self.has_denominator and any(is_few(one.denominator) for one in points)):
            return self
        nobody = [replace(one, done={}) for one in points]
        return replace(movement_of(self.kind, *nobody), is_few=True)

    @property
    def has_denominator(self) -> bool:
        return self.kind is not TargetKind.PEOPLE_TRAINED

    def count(self, step: MovementCause) -> int:
        return len(self.people[step])

    def completions(self) -> Iterator[tuple[MovementCause, str, int]]:
        """What the number of completions moved by: each step that is not nought, its sign, how many."""
        return ((step, sign, self.count(step)) for step, sign, _ in _COMPLETIONS if self.people[step])

    def denominators(self) -> Iterator[tuple[MovementCause, str, int]]:
        """The same of the denominator."""
        if not self.has_denominator:
            return iter(())
        return ((step, sign, self.count(step)) for step, sign, _ in _DENOMINATOR if self.people[step])

    @property
    def in_words(self) -> str:
        """What moved it; of few only that they are."""
        return FEW_TO_MOVE if self.is_few else self.moved.words

    @property
    def moved(self) -> Moved:
        """ "Completions up from 94 to 98 since 31 January: 6 completed, 2 left; people counted up from 110 to
        112: 4 joined, 2 left." Of a number that nothing happened to it says nothing.
        """
        before, after = self.before, self.after
        since = day_seen_from(before.as_at, after.as_at)
        done, counted = self._steps(_COMPLETIONS), ""
        if self.has_denominator:
            counted = self._steps(_DENOMINATOR)
        if not (done or counted):
            return nothing_moved(before.as_at, after.as_at)
        went = from_to(before.numerator, after.numerator)
        parts = [(f"completions {went}" if counted else went, done)] if done else []
        if counted:
            parts.append((f"people counted {from_to(before.denominator, after.denominator)}", counted))
        (first, steps), *rest = parts
        words = "; ".join([f"{first} since {since}: {steps}", *(f"{what}: {steps}" for what, steps in rest)])
        return Moved(f"{words[0].upper()}{words[1:]}.")

    def _steps(self, steps: tuple[tuple[MovementCause, str, str], ...]) -> str:
        more, fewer = restated_words(is_other_rule=self.is_other_rule)
        restated = {"+": more, "−": fewer}
        return ", ".join(
            f"{self.count(step):,} {word or restated[sign]}"
            for step, sign, word in steps
            if self.people[step]
        )


def movement(target: Target, *, before: When, after: When) -> Movement:
    """Why a figure moved between two points, each (as at, as known); three statements, whoever is counted.

    94 of 110 on 31 January and 98 of 112 now: 6 completed, 2 complete people left, 4 joined.
    """
    (then,), (now,) = plans_for([target], before[1]), plans_for([target], after[1])
    first, last = _point(then, *before), _point(now, *after)
    known = first if before[1] == after[1] else _point(now, before[0], after[1])
    changed = changed_parts(then, now)
    found = movement_of(target.kind, first, known, last, is_other_rule=counts_otherwise(changed))
    if before[1] is None or not changed:
        return found
    [changes] = rule_changes([Since(now, before[1], after[1], changed)])
    return replace(found, changes=[one.words for one in changes])


def movement_of(
    kind: TargetKind,
    first: CountedPoint,
    known: CountedPoint,
    last: CountedPoint,
    *,
    is_other_rule: bool = False,
) -> Movement:
    """The movement between two points; `known` is the first of them as known when the last is."""
    restated, moved = Change.between(first.done, known.done), Change.between(known.done, last.done)
    is_flow = kind is TargetKind.PEOPLE_TRAINED
    people = {
        MovementCause.JOINED: moved.joined,
        MovementCause.LEFT: moved.left,
        MovementCause.COMPLETED: moved.completed | moved.joined_complete if is_flow else moved.completed,
        MovementCause.JOINED_COMPLETE: frozenset() if is_flow else moved.joined_complete,
        MovementCause.LEFT_COMPLETE: moved.left_complete,
        MovementCause.NO_LONGER: moved.no_longer,
        MovementCause.RESTATED_UP: restated.completed | restated.joined_complete,
        MovementCause.RESTATED_DOWN: restated.no_longer | restated.left_complete,
        MovementCause.RESTATED_IN: restated.joined,
        MovementCause.RESTATED_OUT: restated.left,
    }
    return Movement(
        kind=kind, before=first, known=known, after=last, people=people, is_other_rule=is_other_rule
    )


def people_counted(plan: Plan, sources: Sources) -> Select[tuple[int, int]] | None:
    """Everybody whom a figure counts, once: person_id, and `done` as 1 when complete. None where a target
    counts no people one by one. Of people trained, everybody counted is complete."""
    if not plan.target.kind.counts_people:
        return None
    people = (trained(plan, sources) if plan.is_flow else people_done(plan, sources)).subquery()
    return select(people.c.person_id, people.c.done)


def done_on(
    plans: Sequence[Plan], *, as_at: date, known_at: datetime | None = None
) -> dict[int, dict[int, bool]]:
    """By each target's id, everybody whom its figure counts and whether as complete; in one statement."""
    plans = [plan for plan in plans if plan.target.kind.counts_people]
    if not plans:
        return {}
    sources = sources_for(plans, as_at, known_at)
    parts = []
    for plan in plans:
        counted = people_counted(plan, sources)
        if counted is not None:
            people = counted.subquery()
            parts.append(select(literal(plan.target.id, Integer), people.c.person_id, people.c.done))
    found: dict[int, dict[int, bool]] = {plan.target.id: {} for plan in plans}
    for target_id, person_id, done in rows_in_one(parts).tuples():
        found[target_id][person_id] = bool(done)
    return found


def people_called(person_ids: frozenset[int]) -> Select[tuple[Person]]:
    """These people by name."""
    return (
        select(Person)
        .where(Person.id.in_(sorted(person_ids)))
        .options(
            load_only(Person.first_name, Person.last_name, Person.preferred_name, Person.employee_number)
        )
        .order_by(*BY_NAME)
    )


def _point(plan: Plan, as_at: date, known_at: datetime | None) -> CountedPoint:
    done = done_on([plan], as_at=as_at, known_at=known_at)
    return CountedPoint(as_at, known_at, done.get(plan.target.id, {}))
