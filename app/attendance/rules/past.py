"""Completions that no register here shows: prior learning, history by hand, and training taken elsewhere."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from app.attendance import emails, queries
from app.attendance.models import ClaimState, DeclaredTraining
from app.audit import rules as audit
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, lock_row, record, supersede
from app.core.errors import NotAllowed, RuleBroken
from app.core.filters import day
from app.core.permissions import Permission
from app.learning.models import DatePrecision, PastCompletion, PastKind
from app.outbox.rules import enqueue
from app.people.models import Person
from app.programmes.models import Course

FIRST_COMPLETIONS = date(1970, 1, 1)


@dataclass(frozen=True)
class Evidence:
    """When something was completed, as far as it is known, and what says so."""

    completed_on: date
    source: str
    precision: DatePrecision = DatePrecision.EXACT
    note: str = ""

    @property
    def words(self) -> str:
        before = "on or before " if self.precision is DatePrecision.ON_OR_BEFORE else ""
        return f"{before}{day(self.completed_on)}, {self.source}"


# --- By the academy ------------------------------------------------------------------------------------


def check_can_keep(by: Actor) -> None:
    """Prior learning and history are entered by the academy (AM-13, AM-14)."""
    if not by.can(Permission.EDIT_PEOPLE):
        raise NotAllowed("Only the academy can enter or change this.")


def add_past(
    *, person: Person, course: Course, kind: PastKind, evidence: Evidence, by: Actor, now: datetime
) -> PastCompletion:
    """Enter a completion that no register here shows.

    Somebody trained at another council: what says so, when, and who accepted it, which is whoever enters
    it. It counts for coverage and cohorts, and not for people trained under a contract (AM-14). A completion
    from before the registers has nobody who accepted it (AM-13).
    """
    check_can_keep(by)
    _begin(person)
    _check(person, course, evidence, now)
    return _record(person, course, kind, evidence, by=by, now=now)


def correct_past(*, past: PastCompletion, evidence: Evidence, reason: str, by: Actor, now: datetime) -> None:
    """Put the date, source or note of a past completion right; what was known before stays as it was."""
    check_can_keep(by)
    _begin(past.person)
    _check_stands(past)
    before = Evidence(past.completed_on, past.source, past.precision, past.note)
    if evidence == before:
        return
    course = past.version.course
    _check(past.person, course, evidence, now, but=past)
    known_from = supersede(past, by=by.name, now=now)
    row = PastCompletion(
        person_id=past.person_id,
        version_id=past.version_id,
        kind=past.kind,
        approved_by=past.approved_by,
        reason=reason,
        **asdict(evidence),
    )
    record(row, by=by.name, now=now, recorded_at=known_from)
    db.session.flush()
    _keep_in_audit(past.person, course, (before.words, evidence.words), by=by, now=now, reason=reason)


def take_back_past(*, past: PastCompletion, reason: str, by: Actor, now: datetime) -> None:
    """A past completion was entered wrongly: it is not known any more, and figures follow at once."""
    check_can_keep(by)
    _begin(past.person)
    _check_stands(past)
    was = Evidence(past.completed_on, past.source, past.precision).words
    supersede(past, by=by.name, now=now)
    _keep_in_audit(past.person, past.version.course, (was, None), by=by, now=now, reason=reason)


# --- Training taken elsewhere --------------------------------------------------------------------------


def declare_training(
    *, person: Person, course: Course, evidence: Evidence, by: Actor, now: datetime
) -> DeclaredTraining:
    """Say that one took a course elsewhere; the academy accepts it or not. `source` is who delivered it."""
    if by.person_id != person.id:
        raise NotAllowed("You can declare training for yourself only.")
    _begin(person)
    _check(person, course, evidence, now)
    if queries.open_declaration(person.id, course.id) is not None:
        raise RuleBroken("You have declared this course already. The academy will answer.", "course_id")
    declared = DeclaredTraining(
        person_id=person.id,
        course_id=course.id,
        completed_on=evidence.completed_on,
        precision=evidence.precision,
        provider=evidence.source,
        evidence=evidence.note,
        declared_at=now,
        declared_by=by.name,
    )
    db.session.add(declared)
    db.session.flush()
    changes = {course.title: (None, evidence.words)}
    audit.record(by=by, verb="person:training declared", thing=person, now=now, changes=changes)
    return declared


def approve_declared(*, declared: DeclaredTraining, answer: str | None, by: Actor, now: datetime) -> None:
    """Accept training taken elsewhere: it is a completion from now on, and the person is told."""
    _begin_answer(declared, by)
    evidence = Evidence(declared.completed_on, declared.provider, declared.precision, declared.evidence)
    _check(declared.person, declared.course, evidence, now)
    past = _record(declared.person, declared.course, PastKind.ELSEWHERE, evidence, by=by, now=now)
    declared.past_completion_id = past.id
    _answer(declared, ClaimState.APPROVED, answer, by=by, now=now)


def refuse_declared(*, declared: DeclaredTraining, answer: str | None, by: Actor, now: datetime) -> None:
    """Do not accept training taken elsewhere; the person is told why."""
    _begin_answer(declared, by)
    if not answer:
        raise RuleBroken("Say why it is not accepted: the person reads it", field="answer")
    _answer(declared, ClaimState.REFUSED, answer, by=by, now=now)
    changes = {declared.course.title: (declared.provider, "Not accepted")}
    audit.record(
        by=by, verb="person:training refused", thing=declared.person, now=now, changes=changes, reason=answer
    )


def _begin_answer(declared: DeclaredTraining, by: Actor) -> None:
    check_can_keep(by)
    if by.person_id == declared.person_id:
        raise NotAllowed("Somebody else of the academy answers what you declared yourself.")
    lock_row(DeclaredTraining, declared.id)
    if declared.state is not ClaimState.OPEN:
        raise RuleBroken(f"{declared.decided_by} has answered this already: {declared.state.label.lower()}.")
    _begin(declared.person)


def _answer(
    declared: DeclaredTraining, state: ClaimState, answer: str | None, *, by: Actor, now: datetime
) -> None:
    declared.state, declared.answer = state, answer
    declared.decided_at, declared.decided_by = now, by.name
    db.session.flush()
    if declared.person.email:
        enqueue(
            key=f"declared_training:{declared.id}:answered",
            kind="declaration_answered",
            to_address=declared.person.email,
            to_name=declared.person.name,
            email=emails.declaration_answered(declared),
            now=now,
            about=declared,
        )


# --- Parts of the above --------------------------------------------------------------------------------


def _begin(person: Person) -> None:
    """Take the person's turn: no completion lands on a record that was merged meanwhile. (U-07)"""
    lock_row(Person, person.id)
    if person.merged_into_id is not None:
        raise RuleBroken(f"{person.name} was merged with another record. Open that record.")


def _check(
    person: Person, course: Course, evidence: Evidence, now: datetime, *, but: PastCompletion | None = None
) -> None:
    if evidence.completed_on > clock.day_of(now):
        raise RuleBroken("The date must be today or in the past", field="completed_on")
    if evidence.completed_on < FIRST_COMPLETIONS:
        raise RuleBroken(f"The date must be {day(FIRST_COMPLETIONS)} or later", field="completed_on")
    held = queries.past_on(person.id, course.id, evidence.completed_on)
    if held is not None and held is not but:
        raise RuleBroken(
            f"A completion of {course.title} on {day(evidence.completed_on)} is recorded already",
            field="completed_on",
        )


def _check_stands(past: PastCompletion) -> None:
    db.session.refresh(past)
    if past.superseded_at is not None:
        raise RuleBroken(f"{past.superseded_by} has just changed this. Look at it again.")


def _record(
    person: Person, course: Course, kind: PastKind, evidence: Evidence, *, by: Actor, now: datetime
) -> PastCompletion:
    row = PastCompletion(
        person_id=person.id,
        version_id=course.latest_version.id,
        kind=kind,
        approved_by=None if kind is PastKind.LEGACY else by.name,
        **asdict(evidence),
    )
    record(row, by=by.name, now=now)
    db.session.flush()
    _keep_in_audit(person, course, (None, f"{kind.label}: {evidence.words}"), by=by, now=now, reason=None)
    return row


def _keep_in_audit(
    person: Person,
    course: Course,
    change: tuple[str | None, str | None],
    *,
    by: Actor,
    now: datetime,
    reason: str | None,
) -> None:
    audit.record(
        by=by,
        verb="person:past completion changed",
        thing=person,
        now=now,
        changes={course.title: change},
        reason=reason,
    )
