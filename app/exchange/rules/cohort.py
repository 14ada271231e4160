"""A file of a cohort's members. It only adds: all else is done on the cohort's page (AM-06)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from app.core.db import db
from app.core.errors import RuleBroken
from app.core.filters import day as in_words
from app.core.filters import listed
from app.core.names import folded
from app.exchange import queries
from app.exchange.files import MemberRow, Problem, Sheet
from app.exchange.models import ImportKind
from app.exchange.rules.known import KnownPerson, People, Posts
from app.exchange.rules.plans import Difference, Group, Plan
from app.exchange.rules.timeline import Timeline
from app.figures.models import Cohort, Membership, Target


def cohort_of(target: Target) -> Cohort:
    """The cohort of a target. Raises RuleBroken when there is none, or nothing is required yet."""
    if target.cohort is None:
        raise RuleBroken(f"The target {target.code} is not about a cohort.", "target")
    if not target.cohort.requirements:
        raise RuleBroken(f"Say first which courses the members of {target.cohort.name} need.", "target")
    return target.cohort


def plan(sheet: Sheet[MemberRow], *, target: Target) -> Plan:
    """Who a file would add to the cohort of `target`.

    Each line must match a person and give one of the cohort's reasons. Somebody who is a member already
    stays as they are; somebody who left may join again later. Who had left the academy by the day can’t join.
    """
    cohort = cohort_of(target)
    found = Plan.of(ImportKind.COHORT, sheet)
    people, posts = People(), Posts()
    causes = {folded(requirement.cause): requirement.cause for requirement in cohort.requirements}
    members: defaultdict[int, list[Any]] = defaultdict(list)
    for held in db.session.execute(queries.live_memberships(cohort.id)):
        members[held.person_id].append(held)
    lines: dict[int, int] = {}
    for row in sheet.rows:
        person, field, reason = people.named(row.employee_number, row.email)
        if reason:
            found.refuse(row.line, field, reason)
        cause = _cause(found, row, causes)
        is_first = person is None or _is_first(found, row, person, lines)
        if person and cause and is_first and row.is_right_in("joined_on"):
            joined = next((one for one in members[person.id] if _is_member(one, row)), None)
            if joined:
                _compare(found, row, person, cause, joined)
            else:
                _add(found, row, person, cohort, cause, posts.timeline(person.id))
    return found


def _cause(found: Plan, row: MemberRow, causes: dict[str, str]) -> str | None:
    if not row.is_right_in("reason"):
        return None
    cause = causes.get(folded(row.reason.replace("_", " ")))
    if cause is None:
        reason = f"“{row.reason}” is none of this cohort’s: {listed(causes.values())}."
        found.refuse(row.line, "reason", reason)
    return cause


def _is_first(found: Plan, row: MemberRow, person: KnownPerson, lines: dict[int, int]) -> bool:
    first = lines.setdefault(person.id, row.line)
    if first != row.line:
        found.refuse(row.line, "employee_number", f"{person.name} is on line {first} already.")
    return first == row.line


def _compare(found: Plan, row: MemberRow, person: KnownPerson, cause: str, joined: Any) -> None:
    """Somebody who is a member already stays as they are; where the line says otherwise, it is told."""
    found.unchanged += 1
    if (joined.cause, joined.joined_on) != (cause, row.joined_on) or joined.left_on:
        left = f" until {in_words(joined.left_on)}" if joined.left_on else ""
        reason = (
            f"{person.name} is a member from {in_words(joined.joined_on)}{left} ({joined.cause}) already."
        )
        found.notices.append(Problem(row.line, "joined_on", reason))


def _add(
    found: Plan, row: MemberRow, person: KnownPerson, cohort: Cohort, cause: str, timeline: Timeline
) -> None:
    """Nobody joins on a day by which they had left: no figure would count them."""
    if last_day := _last_day_before(row.joined_on, timeline):
        on = in_words(row.joined_on)
        reason = f"{person.name} is not in post on {on}: their last day was {in_words(last_day)}."
        found.refuse(row.line, "joined_on", reason)
    values = {
        "cohort_id": cohort.id,
        "person_id": person.id,
        "joined_on": row.joined_on,
        "left_on": None,
        "cause": cause,
        "left_cause": None,
    }
    found.ledger.replace(Membership, [], [values])
    what = f"{cause}, from {in_words(row.joined_on)}"
    found.note(Group.ADDED, Difference(row.line, person.name, what, person.id))


def _last_day_before(on: date, timeline: Timeline) -> date | None:
    """The last day of whoever has left by a day; None of whoever is in post, or whose posts are to come."""
    if any(one.first_day <= on and (one.last_day is None or one.last_day >= on) for one in timeline):
        return None
    return max((one.last_day for one in timeline if one.last_day and one.last_day < on), default=None)


def _is_member(held: Any, row: MemberRow) -> bool:
    """Whether a membership says that the person is in the cohort on the day that the line gives."""
    return held.left_on is None or held.left_on > row.joined_on or held.joined_on == row.joined_on
