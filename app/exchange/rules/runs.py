"""A file of runs: one line for each of their sessions, and a run whole or not at all."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any, NamedTuple

from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.filters import day as in_words
from app.core.filters import listed, plural
from app.core.names import folded
from app.exchange import queries
from app.exchange.files import Problem, RunRow, Sheet
from app.exchange.models import ImportKind
from app.exchange.rules.ledger import NewRun
from app.exchange.rules.plans import Difference, Group, Plan, new_on_list
from app.exchange.rules.schedules import clashes, planned
from app.programmes.models import CourseVersion
from app.programmes.rules import checked_code
from app.sessions import queries as sessions
from app.sessions import rules as runs
from app.sessions.models import Venue
from app.sessions.rules import PlannedDay, PlannedSession

_COLUMN_OF = {
    "starts": "start_time",
    "ends": "end_time",
    "venue_id": "venue",
    "trainer_id": "trainer_email",
    "held_on": "date",
}


class _Said(NamedTuple):
    """What a line says of a session, to be compared with another line or with what is here."""

    held_on: Any
    starts: Any
    ends: Any
    mode: Any
    venue: str
    capacity: int
    trainer: str


def plan(sheet: Sheet[RunRow], *, now: datetime) -> Plan:
    """What a file of runs would add; it changes no run that is here.

    A new run needs a line for each day of its course, and is a run of the course's latest version. A line
    that says of a run what is here already changes nothing; one that says otherwise is a problem, because a
    date is moved on the run's page, which tells those who have a place. A room or a trainer in two places at
    once, by the file alone or beside what is here, needs a reason as on the page of a new run (AM-02). What
    that page warns of is said: day 2 before day 1, days without a venue. Days that are over are taken as
    held, which is said, too: they may be a slip of the year.
    """
    comparison = _Comparison(sheet, clock.day_of(now))
    by_code: defaultdict[str, list[RunRow]] = defaultdict(list)
    for row in sheet.rows:
        if row.is_right_in("run_code"):
            by_code[row.run_code.upper()].append(row)
        else:
            comparison.compare("", [row])
    for code, rows in by_code.items():
        comparison.compare(code, rows)
    comparison.note_what_is_over(now)
    comparison.plan.clashes = sorted(clashes(comparison.plan.ledger.runs), key=lambda one: one.line)
    return comparison.plan


class _Comparison:
    """One file beside what is known."""

    def __init__(self, sheet: Sheet[RunRow], today: date) -> None:
        self.plan = Plan.of(ImportKind.RUNS, sheet)
        self.today = today
        self.is_whole = not sheet.problems
        self.versions = {row.code.casefold(): row for row in db.session.execute(queries.course_versions())}
        codes = {row.run_code.upper() for row in sheet.rows if row.is_right_in("run_code")}
        self.known: defaultdict[str, dict[int, Any]] = defaultdict(dict)
        for row in queries.sessions_of_runs(codes):
            self.known[row.run_code][row.component] = row
        self.venues = {folded(one.name): one for one in db.session.scalars(sessions.venues())}
        self.trainers = {one.email: one for one in db.session.scalars(sessions.trainers())}
        here = {"venue": [one.name for one in self.venues.values()], "trainer": list(self.trainers)}
        self.here = {table: {name: name for name in names} for table, names in here.items()}
        self.named = {"venue": set(self.venues), "trainer": set(self.trainers)}

    def compare(self, code: str, rows: list[RunRow]) -> None:
        """Note what these lines of one run add, or all that is wrong with any of them."""
        if code not in self.known:
            for row in rows:
                self._check_capacity(row)
        course = self._course(code, rows)
        if course is None:
            return
        lines = self._lines(rows)
        if code in self.known:
            self._beside_the_known(code, lines)
        else:
            self._new(code, course, list(lines.values()))

    def _course(self, code: str, rows: list[RunRow]) -> Any:
        """The course of these lines, when it is one and the same and is here."""
        problems, rows = len(self.plan.problems), [row for row in rows if row.is_right_in("course_code")]
        if not rows:
            return None
        first = rows[0]
        for row in rows[1:]:
            if row.course_code.casefold() != first.course_code.casefold():
                reason = f"Line {first.line} says that {code} is a run of {first.course_code}."
                self.plan.refuse(row.line, "course_code", reason)
        course = self.versions.get(first.course_code.casefold())
        known = next(iter(self.known.get(code, {}).values()), None)
        if course is None:
            codes = listed(one.code for one in self.versions.values()) or "none yet"
            reason = f"There is no course {first.course_code}. The courses are {codes}."
            self.plan.refuse(first.line, "course_code", reason)
        elif known is not None and known.course_code != course.code:
            reason = f"{code} is a run of {known.course_code} here. Give this run another code."
            self.plan.refuse(first.line, "course_code", reason)
        return course if len(self.plan.problems) == problems else None

    def _lines(self, rows: list[RunRow]) -> dict[int, RunRow]:
        """The first line of each day; one that comes again must say the same."""
        lines: dict[int, RunRow] = {}
        for row in rows:
            if not row.is_right_in("component"):
                continue
            first = lines.setdefault(row.component, row)
            if first is row or first.wrong or row.wrong:
                continue
            if _said(first) == _said(row):
                self.plan.unchanged += 1
            else:
                reason = f"Line {first.line} says otherwise of the same day of {row.run_code}."
                self.plan.refuse(row.line, "component", reason)
        return lines

    def _beside_the_known(self, code: str, lines: dict[int, RunRow]) -> None:
        for number, row in lines.items():
            known = self.known[code].get(number)
            if known is None:
                self._no_such_day(row, known_size=len(self.known[code]))
                continue
            fields = [one for one in _differing(_said(row), _said_here(known)) if row.is_right_in(one)]
            if not fields:
                self.plan.unchanged += 1
                continue
            self.plan.refuse(
                row.line,
                fields[0],
                f"{code} is here with another {listed(name.replace('_', ' ') for name in fields)} for this "
                "day. Change it on the page of the run, so that those with a place are told.",
            )

    def _no_such_day(self, row: RunRow, *, known_size: int) -> None:
        days = plural(known_size, "day")
        reason = f"{row.course_code.upper()} has {days}, so there is no day {row.component}."
        self.plan.refuse(row.line, "component", reason)

    def _new(self, code: str, course: Any, rows: list[RunRow]) -> None:
        version = db.session.get_one(CourseVersion, course.version_id)
        numbers = [component.number for component in version.components]
        problems = len(self.plan.problems)
        titles = {component.number: component.title for component in version.components}
        for row in rows:
            if row.component not in numbers:
                self._no_such_day(row, known_size=len(numbers))
            else:
                self._check_alone(row, titles[row.component])
        missing = [number for number in numbers if number not in {row.component for row in rows}]
        if missing and self.is_whole:
            days = listed(f"day {number}" for number in missing)
            self.plan.refuse(rows[0].line, "component", f"{code} has no line for {days} of {course.code}.")
        if missing or any(row.wrong for row in rows) or len(self.plan.problems) > problems:
            return
        rows = sorted(rows, key=lambda row: row.component)
        if self._may_be_planned(code, version, rows):
            fewest = min(version.course.minimum_places, *(row.capacity for row in rows))
            self.plan.ledger.runs.append(NewRun(code, version.id, fewest, rows))
            line = min(row.line for row in rows)
            self.plan.note(Group.ADDED, Difference(line, code, f"{course.code}: {_dates(rows)}"))
            self._note_new_names(rows)
            self._note_days(code, rows, version)

    def _check_capacity(self, row: RunRow) -> None:
        if row.is_right_in("capacity") and row.capacity < 1:
            self.plan.refuse(row.line, "capacity", "Every day needs at least 1 place.")

    def _check_alone(self, row: RunRow, title: str) -> None:
        """What is wrong with a day whatever its other days are."""
        if not row.is_right_in("date", "start_time", "end_time", "mode"):
            return
        try:
            runs.check_session(title, self._planned(row))
        except RuleBroken as error:
            self.plan.refuse(row.line, _COLUMN_OF.get(error.field or "", error.field or ""), error.message)

    def _planned(self, row: RunRow) -> PlannedSession:
        """The line with its venue, known or new, and its trainer, if known."""
        venue = self.venues.get(folded(row.venue), Venue()) if row.venue else None
        return planned(row, venue=venue, trainer=self.trainers.get(row.trainer_email or ""))

    def _may_be_planned(self, code: str, version: CourseVersion, rows: list[RunRow]) -> bool:
        """Whether the academy could schedule it so, by the rules of scheduling themselves."""
        line, column = rows[0].line, "run_code"
        try:
            checked_code(code)
            runs.check_sessions(
                [component.title for component in version.components],
                {n: self._planned(row) for n, row in enumerate(rows)},
            )
        except RuleBroken as error:
            place, _, name = (error.field or "").removeprefix("sessions.").partition(".")
            if name:
                line, column = rows[int(place)].line, _COLUMN_OF.get(name, name)
            self.plan.refuse(line, column, error.message)
            return False
        return True

    def _note_new_names(self, rows: list[RunRow]) -> None:
        for row in rows:
            for table, name in (("venue", row.venue), ("trainer", row.trainer_email)):
                if name and folded(name) not in self.named[table]:
                    self.named[table].add(folded(name))
                    self.plan.note(Group.LISTS, new_on_list(row.line, table, name, self.here[table]))

    def note_what_is_over(self, now: datetime) -> None:
        new = [row for run in self.plan.ledger.runs for row in run.rows]
        over = [row.line for row in new if planned(row).ends_at <= now]
        if over:
            days = plural(len(over), "new day is over and is", "new days are over and are")
            what = f"{days} taken as held. If the year is a slip, put it right in the file."
            self.plan.notices.insert(0, Problem(min(over), "date", what))

    def _note_days(self, code: str, rows: list[RunRow], version: CourseVersion) -> None:
        """What the page of a new run warns of, which may be all the same: day 2 before day 1. (AM-02)"""
        titles = {component.number: component.title for component in version.components}
        before = None
        for row in rows:
            day = PlannedDay(f"{titles[row.component]} of {code}", row.date, row.mode, bool(row.venue))
            dates = runs.warnings_of_day(day, before, version.course.programme, today=self.today)
            venues = runs.venue_warnings([day], today=self.today)
            told = [("date", what) for what in dates] + [("venue", what) for what in venues]
            self.plan.notices += [Problem(row.line, column, what) for column, what in told]
            before = day


def _said(row: RunRow) -> _Said:
    return _Said(
        row.date,
        row.start_time,
        row.end_time,
        row.mode,
        folded(row.venue or ""),
        row.capacity,
        row.trainer_email or "",
    )


def _said_here(known: Any) -> _Said:
    return _Said(
        known.held_on,
        clock.london(known.starts_at).time(),
        clock.london(known.ends_at).time(),
        known.mode,
        folded(known.venue or ""),
        known.capacity,
        known.trainer or "",
    )


def _differing(said: _Said, here: _Said) -> list[str]:
    """The columns in which a line differs; an empty venue or trainer says nothing."""
    columns = ("date", "start_time", "end_time", "mode", "venue", "capacity", "trainer_email")
    return [name for name, one, other in zip(columns, said, here, strict=True) if one != other and one != ""]


def _dates(rows: list[RunRow]) -> str:
    return ", ".join(f"{in_words(row.date)} {row.start_time:%H:%M} to {row.end_time:%H:%M}" for row in rows)
