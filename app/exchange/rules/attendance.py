"""A file of attendance: who was at which session, as some other list said it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.attendance import rules as attendance
from app.attendance.rules import NewMark, as_kept
from app.core import clock
from app.core.db import db
from app.core.filters import day as in_words
from app.core.filters import listed, plural
from app.exchange import queries
from app.exchange.files import AttendanceRow, Problem, Sheet
from app.exchange.models import ImportKind
from app.exchange.rules.known import KnownPerson, People
from app.exchange.rules.ledger import Register
from app.exchange.rules.plans import Difference, Group, Plan
from app.learning.models import THERE, MarkStatus
from app.sessions.models import RunState, TrainingSession


def plan(sheet: Sheet[AttendanceRow], *, recorded_at: datetime | None, now: datetime) -> Plan:
    """What a file of attendance would record, each line at one session of one run.

    A line says when it became known; one that does not is known since `recorded_at`, or from now on; of two
    lines that say the same, the earlier time stands. Whoever has no line is left as they are: nobody is
    absent because a file is silent about them. That a session was not held is said of all on its register or
    of nobody: it empties every rate of the session.
    """
    comparison = _Comparison(sheet, recorded_at, now)
    for row in sheet.rows:
        comparison.compare(row)
    comparison.finish()
    return comparison.plan


@dataclass(frozen=True, slots=True)
class _Line:
    """What a line says of one person at one session, and since when that is known; None is now."""

    number: int
    session: Any
    person: KnownPerson
    new: NewMark
    known_from: datetime | None


class _Comparison:
    """One file beside what is known."""

    def __init__(self, sheet: Sheet[AttendanceRow], recorded_at: datetime | None, now: datetime) -> None:
        self.plan = Plan.of(ImportKind.ATTENDANCE, sheet)
        self.recorded_at = recorded_at
        self.now = now
        self.people = People()
        self.sessions: defaultdict[str, dict[int, Any]] = defaultdict(dict)
        codes = {row.run_code.upper() for row in sheet.rows if row.is_right_in("run_code")}
        for one in queries.sessions_of_runs(codes):
            self.sessions[one.run_code][one.component] = one
        sessions = [one for of_run in self.sessions.values() for one in of_run.values()]
        ids, courses = [one.id for one in sessions], {one.course_id for one in sessions}
        self.terms = {one.course_id: one for one in db.session.scalars(queries.terms_of_courses(courses))}
        self.partly_held = {one.session_id: one for one in queries.partly_held(ids)}
        self.held = {(mark.session_id, mark.person_id): mark for mark in queries.live_marks(ids)}
        self.lines: dict[tuple[int, int], _Line] = {}
        self.registers: dict[tuple[int, int, datetime | None], Register] = {}

    def compare(self, row: AttendanceRow) -> None:
        """Note what the line says, or all that is wrong with it."""
        person, column, reason = self.people.named(row.employee_number, row.email)
        if reason:
            self.plan.refuse(row.line, column, reason)
        session = self._session(row)
        known_from = self._known_from(row, session)
        fits = session is not None and self._fits(row, session)
        if person is None or not fits or row.wrong:
            return
        line = _Line(row.line, session, person, self._kept(row, session), known_from)
        first = self.lines.setdefault((session.id, person.id), line)
        if first.new != line.new:
            said = f"Line {first.number} has {person.name} as “{first.new.status.label}” on this day."
            self.plan.refuse(row.line, "status", said)
        elif first is not line:
            self.plan.unchanged += 1
            self._keep_earlier(first, line)

    def _keep_earlier(self, first: _Line, again: _Line) -> None:
        """The same said twice is known since the first time."""
        since, other = (one.known_from or self.now for one in (first, again))
        if since == other:
            return
        if other < since:
            kept = replace(first, known_from=again.known_from)
            self.lines[first.session.id, first.person.id] = kept
        what = f"Line {first.number} has the same known since another time. The earlier one stands."
        self.plan.notices.append(Problem(again.number, "recorded_at", what))

    def _session(self, row: AttendanceRow) -> Any:
        """The session that a line names, when it has one and that can have marks by now."""
        if not row.is_right_in("run_code"):
            return None
        code = row.run_code.upper()
        of_run = self.sessions.get(code)
        if of_run is None:
            self.plan.refuse(
                row.line, "run_code", f"There is no run {row.run_code}. Bring in its dates first."
            )
            return None
        if not row.is_right_in("component"):
            return None
        session = of_run.get(row.component)
        if session is None:
            days = listed(of_run)
            reason = f"{code} has no day {row.component}: its days are {days}."
            self.plan.refuse(row.line, "component", reason)
            return None
        if _is_cancelled(session):
            self.plan.refuse(row.line, "run_code", f"{code} was cancelled, so it has no register.")
            return None
        if session.held_on > clock.day_of(self.now):
            reason = f"{session.title} of {code} is on {in_words(session.held_on)}, which is still to come."
            self.plan.refuse(row.line, "component", reason)
            return None
        return session

    def _known_from(self, row: AttendanceRow, session: Any) -> datetime | None:
        """When the line became known; it can't be before its session, or still to come."""
        at = row.recorded_at or self.recorded_at
        if at is None or not row.is_right_in("recorded_at"):
            return None
        if at > self.now:
            self.plan.refuse(row.line, "recorded_at", "This is still to come: give a time in the past.")
        elif session is not None and clock.day_of(at) < session.held_on:
            reason = f"This is before {session.title} was held, on {in_words(session.held_on)}."
            self.plan.refuse(row.line, "recorded_at", reason)
        return at

    def _fits(self, row: AttendanceRow, session: Any) -> bool:
        longest = int((session.ends_at - session.starts_at).total_seconds()) // 60
        if row.minutes is not None and row.minutes > longest:
            reason = f"The session lasts {longest} minutes, so nobody was there for {row.minutes}."
            self.plan.refuse(row.line, "minutes", reason)
            return False
        return True

    def _kept(self, row: AttendanceRow, session: Any) -> NewMark:
        """The mark as the register will keep it: the course's settings decide what is late. (TR-03)"""
        minutes = row.minutes if row.status in THERE else None  # 0 of somebody absent says the same again
        held = self.partly_held.get(session.id)
        return as_kept(NewMark(row.status, minutes), session, self.terms[session.course_id], held)

    def _note(self, line: _Line) -> None:
        session, person, new = line.session, line.person, line.new
        held = self.held.get((session.id, person.id))
        was = NewMark(held.status, held.minutes) if held else NewMark(MarkStatus.NOT_RECORDED)
        if (was.status, was.minutes) == (new.status, new.minutes):
            self.plan.unchanged += 1
            return
        key = (session.run_id, session.id, line.known_from)
        register = self.registers.setdefault(key, Register(*key, {}))
        register.marks[person.id] = new
        if attendance.is_locked(session, self.now):
            self.plan.locked.setdefault(session.id, f"{session.title} of {session.run_code}")
        self.plan.ledger.marks_held[session.id, person.id] = held.id if held else None
        before = f", not {_said(was)}" if held else ""
        what = f"{session.run_code}, {session.title}: {_said(new)}{before}"
        group = Group.CORRECTED if held else Group.ADDED
        self.plan.note(group, Difference(line.number, person.name, what, person.id))

    def finish(self) -> None:
        """Registers in the order in which they are locked, each of them in the order of its history."""
        for line in self.lines.values():
            self._note(line)
        self._refuse_partly_not_held()
        self.plan.ledger.registers = sorted(
            self.registers.values(),
            key=lambda one: (one.run_id, one.session_id, one.recorded_at or self.now),
        )

    def _refuse_partly_not_held(self) -> None:
        """No register says of some that the session was not held, and of others whether they came."""
        known = {key: mark.status for key, mark in self.held.items()}
        said = {key: line.new.status for key, line in self.lines.items()}
        made = _partly_not_held(known | said) - _partly_not_held(known)
        told = {session_id for (session_id, _), status in said.items() if status is MarkStatus.NOT_HELD}
        for line in self.lines.values():
            session, code, status = line.session, line.session.run_code, line.new.status
            is_to_blame = status is MarkStatus.NOT_HELD or session.id not in told
            if session.id in made and is_to_blame and status is not MarkStatus.NOT_RECORDED:
                self.plan.refuse(
                    line.number,
                    "status",
                    f"{session.title} of {code} would be “not held” for some and held for others: "
                    "that a session was not held is said of everybody on its register.",
                )


def _partly_not_held(marks: dict[tuple[int, int], MarkStatus]) -> set[int]:
    """Of which sessions some marks say that they were not held, and some that they were."""
    found: defaultdict[int, set[bool]] = defaultdict(set)
    for (session_id, _), status in marks.items():
        if status is not MarkStatus.NOT_RECORDED:
            found[session_id].add(status is MarkStatus.NOT_HELD)
    return {session_id for session_id, said in found.items() if len(said) > 1}


def _is_cancelled(session: Any) -> bool:
    """A day that was held before its run was cancelled keeps its register, as on its page. (U-05)"""
    if session.state is not RunState.CANCELLED:
        return False
    return db.session.get_one(TrainingSession, session.id).is_cancelled


def _said(mark: NewMark) -> str:
    """ "attended late (390 minutes)"."""
    minutes = f" ({plural(mark.minutes, 'minute')})" if mark.minutes is not None else ""
    return f"{mark.status.label.lower()}{minutes}"
