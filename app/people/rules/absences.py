"""Long-term absences: leave for a child, a career break, a secondment, long sickness; never which."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db, record, supersede
from app.core.errors import RuleBroken
from app.core.filters import day
from app.people import queries
from app.people.models import Absence, Person, PersonKind
from app.people.rules.promises import promises_kept
from app.people.rules.spells import covering
from app.people.rules.turns import take_turn_of


def record_absence(
    *,
    person: Person,
    first_day: date,
    by: Actor,
    now: datetime,
    last_day: date | None = None,
) -> Absence:
    """Somebody on the staff is away for long, from `first_day`; the last day may not be known yet.

    Absent people stay in every headline figure; a second line shows it without them (4.6). It begins on a day
    on which they are in post: who started in 2021 was not away from 2019.
    """
    person = take_turn_of(person.id)
    if person.kind is not PersonKind.STAFF:
        raise RuleBroken("A long-term absence is recorded for staff only.")
    _check_is_in_post(person, first_day)
    _check_days(person, first_day, last_day)
    absence = Absence(person_id=person.id, first_day=first_day, last_day=last_day)
    with promises_kept():
        record(absence, by=by.name, now=now)
    _keep(person, "absence:recorded", by=by, now=now, before=None, after=absence)
    return absence


def correct_absence(
    *, absence: Absence, first_day: date, last_day: date | None, by: Actor, now: datetime
) -> Absence:
    """The absence has other days than were recorded; what was known before is kept."""
    person = _begin(absence)
    if (first_day, last_day) == (absence.first_day, absence.last_day):
        return absence
    if first_day != absence.first_day:
        _check_is_in_post(person, first_day)
    known_from = supersede(absence, by=by.name, now=now)
    _check_days(person, first_day, last_day)
    changed = Absence(person_id=person.id, first_day=first_day, last_day=last_day)
    with promises_kept():
        record(changed, by=by.name, now=now, recorded_at=known_from)
    verb = "absence:ended" if absence.last_day is None and last_day else "absence:corrected"
    _keep(person, verb, by=by, now=now, before=absence, after=changed)
    return changed


def withdraw_absence(*, absence: Absence, reason: str | None, by: Actor, now: datetime) -> None:
    """The absence was recorded by mistake and never was."""
    person = _begin(absence)
    why = (reason or "").strip()
    if not why:
        raise RuleBroken("Say what was wrong, for those who read the history.", "reason")
    supersede(absence, by=by.name, now=now)
    _keep(person, "absence:removed", by=by, now=now, before=absence, after=None, reason=why)


def _begin(absence: Absence) -> Person:
    person = take_turn_of(absence.person_id)
    db.session.refresh(absence)
    if absence.superseded_at is not None:
        raise RuleBroken("Somebody else has changed this absence meanwhile. Load the person’s page again.")
    return person


def _check_is_in_post(person: Person, first_day: date) -> None:
    spell = covering(person, first_day)
    if spell is None or spell.employment_type.kind is not PersonKind.STAFF:
        raise RuleBroken(
            f"{person.name} is not in post on {day(first_day)}. Choose a day on which they are, or correct "
            "their posts first.",
            "first_day",
        )


def _check_days(person: Person, first_day: date, last_day: date | None) -> None:
    if last_day is not None and last_day < first_day:
        raise RuleBroken(f"The last day must be on or after the first day, {day(first_day)}.", "last_day")
    taken = db.session.execute(queries.overlapping(Absence, person.id, first_day, last_day)).first()
    if taken is not None:
        begun, ended = taken
        until = f" to {day(ended)}" if ended else ""
        raise RuleBroken(
            f"{person.name} already has an absence from {day(begun)}{until}. Correct that one instead.",
            "first_day",
        )


def _keep(
    person: Person,
    verb: str,
    *,
    by: Actor,
    now: datetime,
    before: Absence | None,
    after: Absence | None,
    reason: str | None = None,
) -> None:
    changes: dict[str, tuple[Any, Any]] = {
        "Absent from": (before and day(before.first_day), after and day(after.first_day)),
        "Last day of absence": (before and day(before.last_day), after and day(after.last_day)),
    }
    changed = {name: pair for name, pair in changes.items() if (pair[0] or None) != (pair[1] or None)}
    audit.record(by=by, verb=verb, thing=person, now=now, changes=changed, reason=reason)
