"""Pooling what is recorded of two people: superseded on one record and recorded on the other (4.3, 4.4).

What was known before the merge is not touched, so that a figure as known then still counts two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from app.core.db import db
from app.figures.models import Membership
from app.learning.models import Mark, MarkStatus, PastCompletion
from app.merging import queries
from app.merging.rules.merge_log import MergeLog
from app.people import rules as people
from app.people.models import Absence, Person, Spell


def pool_facts(survivor: Person, merged: Person, log: MergeLog) -> None:
    """Everything that figures read of the merged record goes on under the survivor."""
    _pool_days(Spell, survivor, merged, log)
    _pool_days(Absence, survivor, merged, log)
    _repoint_managers(survivor, merged, log)
    _pool_marks(survivor, merged, log)
    _pool_past_completions(survivor, merged, log)
    _pool_memberships(survivor, merged, log)


def _live(model: type[Any], person: Person) -> list[Any]:
    return list(db.session.scalars(queries.live_facts_of(model, person.id)))


# --- Posts and absences --------------------------------------------------------------------------------


def _pool_days(model: type[Spell] | type[Absence], survivor: Person, merged: Person, log: MergeLog) -> None:
    """Nobody is in two places on one day: the survivor's own days stay, the other's fill the gaps.

    A walk-in's post from 1 March without an end, and an employee's from 1 January to 30 April: the
    employee's, and then the walk-in's from 1 May.
    """
    taken = [(fact.first_day, fact.last_day) for fact in _live(model, survivor)]
    for fact in _live(model, merged):
        known_from = log.supersede(fact)
        changes: dict[str, Any] = {"person_id": survivor.id}
        if model is Spell and fact.manager_id == survivor.id:
            changes["manager_id"] = None
        for first_day, last_day in people.gaps((fact.first_day, fact.last_day), taken):
            log.record(fact, known_from=known_from, first_day=first_day, last_day=last_day, **changes)


def _repoint_managers(survivor: Person, merged: Person, log: MergeLog) -> None:
    """People whose line manager the merged record was answer to the survivor; nobody manages themselves."""
    for spell in db.session.scalars(queries.live_spells_managed_by(merged.id)).all():
        manager_id = None if spell.person_id == survivor.id else survivor.id
        log.record(spell, known_from=log.supersede(spell), manager_id=manager_id)


# --- Learning ------------------------------------------------------------------------------------------


def _pool_marks(survivor: Person, merged: Person, log: MergeLog) -> None:
    """All marks count together; of two for one session, the one that says more."""
    own = {mark.session_id: mark for mark in _live(Mark, survivor)}
    for mark in _live(Mark, merged):
        beside = own.get(mark.session_id)
        if beside is None:
            log.record(mark, known_from=log.supersede(mark), person_id=survivor.id)
        elif _worth(mark) > _worth(beside):
            log.record(mark, known_from=log.supersede(mark, beside), person_id=survivor.id)
        else:
            log.supersede(mark)


def _worth(mark: Mark) -> tuple[bool, bool]:
    return mark.counts, mark.status is not MarkStatus.NOT_RECORDED


def _pool_past_completions(survivor: Person, merged: Person, log: MergeLog) -> None:
    own = {(one.version_id, one.completed_on) for one in _live(PastCompletion, survivor)}
    for past in _live(PastCompletion, merged):
        known_from = log.supersede(past)
        if (past.version_id, past.completed_on) not in own:
            log.record(past, known_from=known_from, person_id=survivor.id)


# --- Cohorts -------------------------------------------------------------------------------------------


def _pool_memberships(survivor: Person, merged: Person, log: MergeLog) -> None:
    """One person is one member: times in a cohort that meet become one, from the first joining to the last
    leaving, with the cause of the first. Times apart stay apart."""
    cohorts: defaultdict[int, list[Membership]] = defaultdict(list)
    for one in (*_live(Membership, survivor), *_live(Membership, merged)):
        cohorts[one.cohort_id].append(one)
    for times in cohorts.values():
        for group in _meeting(sorted(times, key=lambda one: one.joined_on)):
            if all(one.person_id == survivor.id for one in group):
                continue
            last = max(group, key=lambda one: (one.left_on is None, one.left_on or date.max))
            leaving = {"left_on": last.left_on, "left_cause": last.left_cause}
            log.record(group[0], known_from=log.supersede(*group), person_id=survivor.id, **leaving)


def _meeting(times: Sequence[Membership]) -> list[list[Membership]]:
    """Times in one cohort, by their beginning, put together where one begins before another is over."""
    groups: list[list[Membership]] = []
    for one in times:
        ends = [other.left_on for other in groups[-1]] if groups else []
        if groups and any(left_on is None or one.joined_on <= left_on for left_on in ends):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups
