"""HR's file of people: who starts, leaves, moves and stays, and who is missing from it (SA-02, U-20)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from app.core.filters import day as in_words
from app.core.names import folded
from app.exchange.files import HrRow, Problem, Sheet
from app.exchange.models import ImportKind
from app.exchange.rules import timeline as times
from app.exchange.rules.absences import Away, away_by
from app.exchange.rules.known import (
    LOST_ZEROS,
    KnownPerson,
    Lists,
    People,
    Posts,
    absences,
    has_lost_zeros,
    spell_values,
)
from app.exchange.rules.ledger import New, Reference
from app.exchange.rules.main_posts import are_one_person, main_posts
from app.exchange.rules.missing import note_missing
from app.exchange.rules.naming import check_lists_name_nobody
from app.exchange.rules.plans import Difference, Group, Plan
from app.exchange.rules.stops import (
    IS_IT_THE_SAME,
    NAMES,
    Renamed,
    slipped_in_words,
)
from app.exchange.rules.timeline import Placement, Timeline
from app.people.models import Absence, EmploymentType, Person, PersonKind, Spell

_KEPT_WHEN_EMPTY = ("preferred_name", "email", "swe_number")
_PLACED_BY = {
    "job_title": "job title",
    "role_group": "role group",
    "team": "team",
    "manager": "manager",
    "employment_type": "employment type",
    "fte": "share of full time",
    "career_stage": "career stage",
}


def plan(sheet: Sheet[HrRow], *, effective: date) -> Plan:
    """What HR's file would change, changes of role, team or manager from `effective` on.

    A person who is new here starts at `start_date`: the first file opens every post when it began, a later
    one the starters'. Somebody missing from the file ends the day before `effective`, if that is confirmed.
    """
    sheet, other_posts = main_posts(sheet, on=effective)
    comparison = _Comparison(sheet, effective, other_posts)
    for row in sheet.rows:
        comparison.compare(row)
    comparison.finish()
    return comparison.plan


class _Comparison:
    """One file beside what is known: holds the lookups while the lines are read one after the other."""

    def __init__(self, sheet: Sheet[HrRow], effective: date, other_posts: list[Problem]) -> None:
        self.plan = Plan.of(ImportKind.PEOPLE, sheet)
        self.plan.notices += other_posts
        self.plan.unchanged += len(other_posts)
        self.sheet = sheet
        self.effective = effective
        self.people = People()
        self.posts = Posts(PersonKind.STAFF)
        self.absences = absences()
        self.lists = Lists(self.plan.ledger)
        numbered = [row for row in sheet.rows if row.is_right_in("employee_number")]
        self.rows = {row.employee_number: row for row in reversed(numbered)}
        self.addresses = {row.work_email: row for row in reversed(sheet.rows) if row.work_email}
        self.starters: defaultdict[str, list[HrRow]] = defaultdict(list)
        self.renamed: list[Renamed] = []
        self._give_numbers()

    def _give_numbers(self) -> None:
        """Staff who were entered by hand without a number are known by their address: HR gives the number."""
        for number, row in self.rows.items():
            owner = self.people.by_email.get(row.work_email or "")
            if owner and owner.kind is PersonKind.STAFF and not owner.employee_number:
                self.people.by_number.setdefault(number, owner)

    # --- One line ---------------------------------------------------------------------------------

    def compare(self, row: HrRow) -> None:
        """Note what the line changes, or all that is wrong with it."""
        problems = len(self.plan.problems)
        if reason := self.people.why_left_out(row.employee_number):
            self.plan.notices.append(Problem(row.line, "employee_number", reason))
            self.plan.unchanged += 1
            return
        self._check_number(row)
        self._check_address(row)
        person = self.people.by_number.get(row.employee_number)
        before = self.posts.timeline(person.id) if person else ()
        placement = self._placement(row, times.placement_on(before, self.effective) if before else None)
        if not row.is_right_in("employee_number", "start_date", "end_date"):
            return
        after = self._timeline(row, before, placement)
        if closed := self.lists.why_closed(after):
            self.plan.refuse(row.line, "team", closed)
        away = self._absence(row, person, after)
        if row.wrong or len(self.plan.problems) > problems:
            return
        reference: Reference = person.id if person else New(Person.__tablename__, row.employee_number)
        changes = self._details(row, person) if person else self._add(row, reference)
        changes += self._write_posts(row, reference, before, after)
        changes += self._write_absence(row, reference, away) if away else 0
        self.plan.unchanged += not changes

    def _note(self, group: Group, row: HrRow, what: str, person: Reference) -> int:
        self.plan.note(group, Difference(row.line, _name(row), what, person))
        return 1

    def _check_number(self, row: HrRow) -> None:
        first = self.rows.get(row.employee_number, row)
        if first is not row and not are_one_person([first, row]):
            reason = f"The number {row.employee_number} is on line {first.line} already, for somebody else."
            self.plan.refuse(row.line, "employee_number", reason)

    def _check_address(self, row: HrRow) -> None:
        """An address belongs to one person; it may pass on when the file gives its owner a new one."""
        if not row.work_email:
            return
        first = self.addresses[row.work_email]
        if first is not row:
            reason = f"The address {row.work_email} is on line {first.line} already."
            self.plan.refuse(row.line, "work_email", reason)
            return
        owner = self.people.by_email.get(row.work_email)
        if owner is None or not row.is_right_in("employee_number"):
            return
        if owner is self.people.by_number.get(row.employee_number):
            return
        theirs = self.rows.get(owner.employee_number or "")
        if theirs is None or (theirs.is_right_in("work_email") and not theirs.work_email):
            is_same = has_lost_zeros(row.employee_number, owner.employee_number)
            reason = f"The address {row.work_email} belongs to {owner.described}"
            why = f"{reason}: {LOST_ZEROS}." if is_same else f"{reason}."
            self.plan.refuse(row.line, "work_email", why)

    # --- Where somebody belongs ---------------------------------------------------------------------

    def _placement(self, row: HrRow, held: Placement | None) -> Placement:
        """What the line says; what its file has no column for stays as it is."""
        now = held or Placement(EmploymentType.EMPLOYEE)
        changes: dict[str, Any] = {"job_title": row.job_title}
        if row.employment_type:
            changes["employment_type"] = row.employment_type
        if self.sheet.has("role_group"):
            name = row.role_group
            changes["role_group"] = self.lists.named("role_group", name, row.line) if name else None
        if self.sheet.has("team"):
            changes["team"] = self._team(row, now)
        if self.sheet.has("line_manager_employee_number"):
            changes["manager"] = self._manager(row)
        for name in ("fte", "career_stage"):
            if self.sheet.has(name):
                changes[name] = getattr(row, name)
        return now._replace(**changes)

    def _team(self, row: HrRow, now: Placement) -> Reference | None:
        if not row.is_right_in("team", "service"):
            return None
        if not row.team:
            if row.service:
                reason = "Without a team, the service is not kept."
                self.plan.notices.append(Problem(row.line, "service", reason))
            return None
        if row.service:
            return self.lists.team(row.team, self.lists.named("service", row.service, row.line), row.line)
        known = self.lists.teams_called(row.team, self.effective)
        if now.team in known:
            return now.team
        if len(known) != 1:
            reason = "Several services have a team of this name." if known else "This team is new."
            self.plan.refuse(row.line, "service", f"{reason} Say which service it belongs to.")
            return None
        return known[0]

    def _manager(self, row: HrRow) -> Reference | None:
        number = row.line_manager_employee_number
        if not number:
            return None
        known = self.people.numbered(number)
        if known:
            return known.id
        if number not in self.sheet.keys:
            reason = f"There is nobody with the number {number} in this file or here."
            self.plan.refuse(row.line, "line_manager_employee_number", reason)
            return None
        return New(Person.__tablename__, number)

    # --- When -----------------------------------------------------------------------------------------

    def _timeline(self, row: HrRow, before: Timeline, placement: Placement) -> Timeline:
        if not before or self._returns(row, before):
            return times.began(before, row.start_date, row.end_date, placement)
        after: Timeline | None = before
        if all(stretch.employed_from != row.start_date for stretch in before):
            after = times.started_on(before, row.start_date)
        if after is None:
            reason = (
                f"{_name(row)} is in post here from {in_words(before[-1].employed_from)}. If they left and "
                "came back, end the earlier post first; if a date is wrong, put it right on their page."
            )
            self.plan.refuse(row.line, "start_date", reason)
            return before
        return times.moved(self._ended(row, after), self.effective, placement)

    def _returns(self, row: HrRow, before: Timeline) -> bool:
        last_day = before[-1].last_day
        return last_day is not None and last_day < row.start_date

    def _ended(self, row: HrRow, timeline: Timeline) -> Timeline:
        """The last day as the file has it; a file without the column says nothing about it.

        A last day before the employment in hand began is that of an earlier one.
        """
        if not self.sheet.has("end_date"):
            return timeline
        if row.end_date is None:
            return times.stays(timeline) if timeline[-1].last_day else timeline
        if row.end_date < timeline[-1].employed_from or timeline[-1].last_day == row.end_date:
            return timeline
        return times.ended(times.stays(timeline), row.end_date)

    # --- What is written ------------------------------------------------------------------------------

    def _add(self, row: HrRow, reference: Reference) -> int:
        assert isinstance(reference, New)
        self.people.free_address(row.work_email, self.plan.ledger)
        self.plan.ledger.people[reference] = {
            "kind": PersonKind.STAFF,
            "employee_number": row.employee_number,
            "first_name": row.first_name,
            "last_name": row.last_name,
            "preferred_name": row.preferred_name,
            "email": row.work_email,
            "swe_number": row.swe_number,
        }
        self.starters[folded(f"{row.first_name} {row.last_name}")].append(row)
        return 0

    def _details(self, row: HrRow, person: KnownPerson) -> int:
        """Names, address and registration: not dated, changed in place, each change in the audit."""
        said = {
            "employee_number": row.employee_number,
            "first_name": row.first_name,
            "last_name": row.last_name,
            "preferred_name": row.preferred_name,
            "email": row.work_email,
            "swe_number": row.swe_number,
        }
        edits = {
            name: (getattr(person, name), value)
            for name, value in said.items()
            if value != getattr(person, name) and (value or name not in _KEPT_WHEN_EMPTY)
        }
        if not edits:
            return 0
        if "email" in edits:
            self.people.free_address(row.work_email, self.plan.ledger)
        self.plan.ledger.edits[person.id] = edits
        what = "; ".join(
            f"{name.replace('_', ' ')}: {new}, was {old or 'empty'}" for name, (old, new) in edits.items()
        )
        what = what[0].upper() + what[1:]
        if not NAMES & edits.keys():
            return self._note(Group.DETAILS, row, what, person.id)
        self.renamed.append((row, person))
        if edits.keys() >= NAMES:
            what = f"{what}. {IS_IT_THE_SAME}"
        return self._note(Group.RENAMED, row, what, person.id)

    def _write_posts(self, row: HrRow, person: Reference, before: Timeline, after: Timeline) -> int:
        if before == after:
            return 0
        old, new = self.posts.changed(person, after)
        self.plan.ledger.replace(Spell, old, (spell_values(person, stretch) for stretch in new))
        if not before or after[-1].employed_from > (before[-1].last_day or date.max):
            return self._note(Group.STARTERS, row, self._starts(after, is_back=bool(before)), person)
        noted = 0
        if before[-1].last_day != after[-1].last_day:
            noted += self._note_last_day(row, after, person)
        if before[-1].employed_from != after[-1].employed_from:
            old_start, new_start = before[-1].employed_from, after[-1].employed_from
            what = f"Started on {in_words(new_start)}, not on {in_words(old_start)}"
            noted += self._note(Group.DETAILS, row, what, person)
        was = times.placement_on(before, self.effective)
        now = times.placement_on(after, self.effective)
        if was != now:
            days = times.days_moved(after, self.effective)
            noted += self._note(Group.MOVES, row, self._moves(was, now, days), person)
        return noted

    def _note_last_day(self, row: HrRow, after: Timeline, person: Reference) -> int:
        last_day = after[-1].last_day
        if last_day:
            return self._note(Group.LEAVERS, row, f"Last day {in_words(last_day)}", person)
        return self._note(Group.DETAILS, row, "The last day is taken back: they stay", person)

    def _starts(self, after: Timeline, *, is_back: bool) -> str:
        stretch = after[-1]
        begins = f"{'Back from' if is_back else 'From'} {in_words(stretch.first_day)}"
        until = f" to {in_words(stretch.last_day)}" if stretch.last_day else ""
        team = self.lists.label("team", stretch.placement.team)
        return f"{begins}{until}, {stretch.placement.job_title}{f' in {team}' if team else ''}"

    def _moves(self, was: Placement, now: Placement, days: tuple[date, date | None]) -> str:
        """ "From 1 March 2022: team Fostering, was Leaving Care"."""
        parts = []
        for name, words in _PLACED_BY.items():
            old, new = getattr(was, name), getattr(now, name)
            if old != new:
                shown, former = self._shown(name, new), self._shown(name, old)
                if name == "team" and shown == former:
                    shown, former = self.lists.team_in_full(new), self.lists.team_in_full(old)
                parts.append(f"{words} {shown or 'none'}, was {former or 'none'}")
        until = f" to {in_words(days[1])}" if days[1] else ""
        return f"From {in_words(days[0])}{until}: {'; '.join(parts)}"

    def _shown(self, name: str, value: Any) -> str:
        if name in {"role_group", "team"}:
            return self.lists.label(name, value)
        if name == "manager":
            if isinstance(value, New):
                return _name(self.rows[value.key]) if value.key in self.rows else f"number {value.key}"
            return self.people.by_id[value].name if value else ""
        if name == "fte":
            return f"{value.normalize():f}" if value else ""
        return value.label if isinstance(value, EmploymentType) else value or ""

    def _absence(self, row: HrRow, person: KnownPerson | None, after: Timeline) -> Away | None:
        if not self.sheet.has("long_term_absence_from"):
            return None
        known = self.absences.get(person.id, []) if person else []
        away = away_by(row, known, effective=self.effective)
        if away and away.begins_out_of_post(after):
            reason = f"{_name(row)} is not in post on {in_words(away.first_day)}, when this absence begins."
            self.plan.refuse(row.line, "long_term_absence_from", reason)
        return away

    def _write_absence(self, row: HrRow, person: Reference, away: Away) -> int:
        values = {"person_id": person, "first_day": away.first_day, "last_day": away.last_day}
        self.plan.ledger.replace(Absence, [one.held for one in away.replaces], [values])
        return 0 if isinstance(person, New) else self._note(Group.DETAILS, row, away.what, person)

    # --- The file as a whole ----------------------------------------------------------------------------

    def finish(self) -> None:
        """Who may be here twice, who is missing, what is new on the lists."""
        self._possible_duplicates()
        note_missing(self.plan, self.people, self.posts, self.sheet.keys, effective=self.effective)
        self.plan.stop = self.plan.stop or slipped_in_words(self.renamed)
        for one in self.lists.news():
            self.plan.note(Group.LISTS, one)
        check_lists_name_nobody(self.plan, self.lists.made, self.sheet.rows)

    def _possible_duplicates(self) -> None:
        """A starter with the name of somebody else, or with a number that has only lost its leading zeros."""
        for name, rows in self.starters.items():
            for row in rows:
                others = [one.described for one in self.people.by_name[name]]
                others += [f"line {other.line}" for other in rows if other is not row]
                same = self.people.without_zeros.get(row.employee_number.lstrip("0"))
                if same:
                    others.append(f"number {same.employee_number}")
                if others:
                    person = New(Person.__tablename__, row.employee_number)
                    self._note(Group.POSSIBLE_DUPLICATES, row, f"Same as {', '.join(others)}?", person)


def _name(row: HrRow) -> str:
    names = [row.preferred_name or row.first_name, row.last_name]
    return " ".join(filter(None, names)) or f"Number {row.employee_number}"
