"""What the rows of `counts` say of each target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import RowMapping

from app.figures.queries.notes import Group
from app.figures.queries.plans import LEFT_OUT, Plan

_BESIDE = tuple(name for one in LEFT_OUT for name in (one.value, f"{one.value}_done"))
COUNTED = ("in_scope", "done", "away", "away_done", "newcomers", "flagged", "outstanding_marks")

# What is to come of those who are not complete: `booked` by confirmed places up to the deadline, those on
# days that were held and are not marked among them, `later` by those after it as well; of these `unmarked` by
# days that were held alone, and `to_come` without any of them.
PARTS = ("booked", "later", "unmarked", "to_come")

# Of a row that counts nobody: who lacks what.
LACKED = ("person_id", "course_id")

# Where people work, which comes last of a row, if it was asked for.
GROUPED_BY = ("service", "team", "role", "sector")

# Whom a row counts: those in scope, those whom the rule leaves out; or it counts nobody, but says what a
# member lacks.
IN_SCOPE = 0
LACKING = -1
WHO = {one: number for number, one in enumerate(LEFT_OUT, start=1)}
_INSTEAD = {number: one for one, number in WHO.items()}

Row = RowMapping  # one of `counts`, by the names of its columns


@dataclass(frozen=True)
class TargetCounts:
    """What was counted for one target: the numbers of COUNTED and PARTS, and beside them those whom the rule
    leaves out as `agency` and `agency_done`; the same by where people work; and of people who are neither
    complete nor booked, which courses they lack: of those who have begun one or, where members need different
    courses, of everybody."""

    numbers: Mapping[str, int]
    groups: tuple[Group, ...] = ()
    lacked: Mapping[int, frozenset[int]] = field(default_factory=dict)

    @property
    def unbooked(self) -> int:
        """How many people are neither complete nor booked."""
        return self.numbers["in_scope"] - self.numbers["done"] - self.numbers["booked"]


def tallies(plans: Sequence[Plan], rows: Iterable[Row]) -> dict[int, TargetCounts]:
    """What was counted for each of these targets, by its id, from the rows of `counts`."""
    of_target: dict[int, list[Row]] = {plan.target.id: [] for plan in plans}
    for row in rows:
        of_target[row["target_id"]].append(row)
    return {target_id: _tally(found) for target_id, found in of_target.items()}


def _tally(rows: Sequence[Row]) -> TargetCounts:
    numbers = dict.fromkeys((*COUNTED, *PARTS, *_BESIDE), 0)
    lacked: dict[int, set[int]] = {}
    groups = []
    for row in rows:
        if row["who"] == LACKING:
            lacked.setdefault(row["person_id"], set()).add(row["course_id"])
        elif row["who"] == IN_SCOPE:
            groups.append(_group(row))
            for name in (*COUNTED, *PARTS):
                numbers[name] += row[name]
        else:
            name = _INSTEAD[row["who"]].value
            numbers[name] += row["in_scope"]
            numbers[f"{name}_done"] += row["done"]
    return TargetCounts(numbers, tuple(groups), {one: frozenset(of) for one, of in lacked.items()})


def _group(row: Row) -> Group:
    """The people of one combination of GROUPED_BY; of none, when the counts are not by where people work."""
    service, team, role, sector = (row.get(name) for name in GROUPED_BY)
    return Group(service, team, role, sector, row["in_scope"], row["done"], row["booked"])
