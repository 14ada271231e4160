"""A file of completions from before the registers: named, dated, each with its source (AM-13)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from app.attendance.rules import FIRST_COMPLETIONS
from app.core import clock
from app.core.db import db
from app.core.filters import day as in_words
from app.core.filters import listed
from app.exchange import queries
from app.exchange.files import CompletionRow, Sheet
from app.exchange.models import ImportKind
from app.exchange.rules.known import KnownPerson, People
from app.exchange.rules.ledger import Held
from app.exchange.rules.plans import Difference, Group, Plan
from app.learning.models import DatePrecision, PastCompletion, PastKind


class _Key(NamedTuple):
    person_id: int
    course_id: int
    completed_on: date


class _Said(NamedTuple):
    precision: DatePrecision
    source: str
    note: str


def plan(sheet: Sheet[CompletionRow], *, filename: str, recorded_at: datetime | None, now: datetime) -> Plan:
    """What a file of past completions would add, each under the course's latest version.

    The same person, course and day again is the same completion: another source, note or precision
    corrects it, and what is empty leaves it as it is. A completion from before the person's post began is
    accepted; one in the future is not, nor one that was known before it happened.
    """
    found = Plan.of(ImportKind.COMPLETIONS, sheet)
    people = People()
    versions = {row.code.casefold(): row for row in db.session.execute(queries.course_versions())}
    held = {_Key(row.person_id, row.course_id, row.completed_on): row for row in _known()}
    lines: dict[_Key, tuple[int, _Said]] = {}
    for row in sheet.rows:
        person = _person(found, people, row)
        version = _version(found, versions, row)
        is_dated = _check_date(found, row, recorded_at or now, now)
        if person and version and is_dated and not row.wrong:
            key = _Key(person.id, version.id, row.completion_date)
            said = _said(row, held.get(key), filename)
            if not _is_again(found, row, lines.setdefault(key, (row.line, said)), said):
                _compare(found, row, person, version, held.get(key), said)
    return found


def _version(found: Plan, versions: dict[str, Any], row: CompletionRow) -> Any:
    if not row.is_right_in("course_code"):
        return None
    version = versions.get(row.course_code.casefold())
    if version is None:
        codes = listed(one.code for one in versions.values()) or "none yet"
        reason = f"There is no course {row.course_code}. The courses are {codes}."
        found.refuse(row.line, "course_code", reason)
    return version


def _check_date(found: Plan, row: CompletionRow, known: datetime, now: datetime) -> bool:
    wrong = _wrong_date(row.completion_date, known, now) if row.is_right_in("completion_date") else None
    if wrong:
        found.refuse(row.line, "completion_date", wrong)
    return not wrong


def _wrong_date(completed_on: date, known: datetime, now: datetime) -> str | None:
    """Why nobody can be known at an instant to have completed something on a day; None when they can."""
    known_on = clock.day_of(known)
    if completed_on > clock.day_of(now):
        return f"{in_words(completed_on)} is still to come."
    if completed_on > known_on:
        return f"{in_words(completed_on)} is after {in_words(known_on)}, since when this is said to be known."
    if completed_on < FIRST_COMPLETIONS:
        return f"The date must be {in_words(FIRST_COMPLETIONS)} or later."
    return None


def _said(row: CompletionRow, held: Any, filename: str) -> _Said:
    """What a line says; where it is empty, what is known already stays."""
    if held is None:
        source = row.source or f"File {filename}"[:250]
        return _Said(row.date_precision or DatePrecision.EXACT, source, row.note or "")
    return _Said(row.date_precision or held.precision, row.source or held.source, row.note or held.note)


def _known() -> Any:
    return db.session.execute(queries.live_completions())


def _person(found: Plan, people: People, row: CompletionRow) -> KnownPerson | None:
    person, field, reason = people.named(row.employee_number, row.email)
    if reason:
        found.refuse(row.line, field, reason)
    return person


def _is_again(found: Plan, row: CompletionRow, first: tuple[int, _Said], said: _Said) -> bool:
    """Whether an earlier line says this already; a line that contradicts it is a problem."""
    line, earlier = first
    if line == row.line:
        return False
    if earlier == said:
        found.unchanged += 1
    else:
        found.refuse(row.line, "completion_date", f"Line {line} has it with another source or note.")
    return True


def _compare(
    found: Plan, row: CompletionRow, person: KnownPerson, version: Any, held: Any, said: _Said
) -> None:
    if held and _Said(held.precision, held.source, held.note) == said:
        found.unchanged += 1
        return
    values = {
        "person_id": person.id,
        "version_id": held.version_id if held else version.version_id,
        "completed_on": row.completion_date,
        "kind": held.kind if held else PastKind.LEGACY,
        "approved_by": held.approved_by if held else None,
        **said._asdict(),
    }
    old = [Held(held.id, held.recorded_at)] if held else []
    found.ledger.replace(PastCompletion, old, [values])
    group = Group.CORRECTED if held else Group.ADDED
    before = " or before" if said.precision is DatePrecision.ON_OR_BEFORE else ""
    what = f"{version.code}, on{before} {in_words(row.completion_date)} ({said.source})"
    found.note(group, Difference(row.line, person.name, what, person.id))
