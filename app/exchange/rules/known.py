"""Who and what is already here, loaded once, so that a file of any length costs a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from app.core.db import db
from app.core.filters import day as in_words
from app.core.names import folded
from app.exchange import queries
from app.exchange.rules.ledger import Held, Ledger, New, Reference
from app.exchange.rules.plans import Difference, new_on_list
from app.exchange.rules.timeline import Placement, Stretch, Timeline
from app.people.models import PersonKind, RoleGroup, Sector, Service
from app.people.rules import gaps

LOST_ZEROS = "the file may have lost the zeros at the beginning, as spreadsheets leave them out"


def has_lost_zeros(number: str, whole: str | None) -> bool:
    """Whether a spreadsheet may have made this of the whole number: 101 of 000101, and not the other way."""
    return whole is not None and len(number) < len(whole) and number == whole.lstrip("0")


class KnownPerson(NamedTuple):
    id: int
    kind: PersonKind
    employee_number: str | None
    first_name: str
    last_name: str
    preferred_name: str | None
    email: str | None
    swe_number: str | None

    @property
    def name(self) -> str:
        return f"{self.preferred_name or self.first_name} {self.last_name}"

    @property
    def described(self) -> str:
        """The name with what tells two of that name apart: "Sam Oduya (010008)"."""
        return f"{self.name} ({self.employee_number or self.kind.label.lower()})"


class KnownAbsence(NamedTuple):
    held: Held
    first_day: date
    last_day: date | None


class People:
    """Everybody, by what a file may call them."""

    def __init__(self) -> None:
        rows = [KnownPerson(*row) for row in db.session.execute(queries.everybody())]
        self.by_id = {person.id: person for person in rows}
        self.by_number = {person.employee_number: person for person in rows if person.employee_number}
        self.by_email = {person.email: person for person in rows if person.email}
        self.by_name: defaultdict[str, list[KnownPerson]] = defaultdict(list)
        for person in rows:
            for first_name in {person.first_name, person.preferred_name or person.first_name}:
                self.by_name[folded(f"{first_name} {person.last_name}")].append(person)
        self.merged_by_number: dict[str, KnownPerson] = {}
        self.merged_by_email: dict[str, KnownPerson] = {}
        self.without_zeros = {number.lstrip("0"): person for number, person in self.by_number.items()}
        self._survivors: dict[int, int] = {}
        for *row, survivor_id in db.session.execute(queries.merged_people()):
            self._add_merged(KnownPerson(*row), survivor_id)

    def _add_merged(self, person: KnownPerson, survivor_id: int) -> None:
        self._survivors[person.id] = survivor_id
        if person.employee_number:
            self.merged_by_number[person.employee_number] = person
        if person.email:
            self.merged_by_email[person.email] = person

    def survivor_of(self, merged: KnownPerson | None) -> KnownPerson | None:
        """The person whose record goes on; a file may still call them by the number that was given up."""
        ident = merged.id if merged else None
        while ident in self._survivors:
            ident = self._survivors[ident]
        return self.by_id.get(ident) if ident is not None else None

    def numbered(self, number: str) -> KnownPerson | None:
        return self.by_number.get(number) or self.survivor_of(self.merged_by_number.get(number))

    def why_left_out(self, number: str) -> str | None:
        """Why a line of HR's file is not read: its number was given up in a merge (U-07)."""
        survivor = self.survivor_of(self.merged_by_number.get(number))
        return survivor and f"This record was merged into {survivor.described}, so the line is left out."

    def free_address(self, email: str | None, ledger: Ledger) -> None:
        """An address that a merged record still holds is free for whom HR gives it to."""
        holder = self.merged_by_email.get(email or "")
        if holder is not None:
            ledger.edits[holder.id] = {"email": (email, None)}

    def addressed(self, email: str) -> KnownPerson | None:
        return self.by_email.get(email) or self.survivor_of(self.merged_by_email.get(email))

    def named(self, number: str | None, email: str | None) -> tuple[KnownPerson | None, str, str]:
        """The person whom a line names by number or e-mail; else None, the column and the reason.

        Of a line on which neither can be read there is no more to say.
        """
        person = self.numbered(number) if number else None
        if number and person is None:
            there = f"There is nobody with the employee number {number}"
            return None, "employee_number", f"{there}{self._with_other_zeros(number)}."
        addressed = self.addressed(email) if email else None
        if email and addressed is None:
            return None, "email", f"There is nobody with the e-mail address {email}."
        if person and addressed and person.id != addressed.id:
            return None, "email", f"This is the address of {addressed.name}, not of number {number}."
        return person or addressed, "", ""

    def _with_other_zeros(self, number: str) -> str:
        same = self.without_zeros.get(number.lstrip("0"))
        if same is None:
            return ""
        why = f": {LOST_ZEROS}" if has_lost_zeros(number, same.employee_number) else ""
        return f", but with {same.employee_number}{why}"


class Posts:
    """Everybody's timeline as known now, with the rows that hold it.

    With a `kind`, that of their time as staff, or as partners, alone: of somebody whose two records were
    merged a file knows one half. HR's file does not move the panel member that an employee became. (4.6)
    """

    def __init__(self, kind: PersonKind | None = None) -> None:
        self._kind = kind
        self._rows: defaultdict[int, list[tuple[Held, Stretch]]] = defaultdict(list)
        for row in db.session.execute(queries.live_spells()):
            self._rows[row.person_id].append((Held(row.id, row.recorded_at), _stretch(row)))

    def timeline(self, person_id: int) -> Timeline:
        return tuple(stretch for _, stretch in self._rows.get(person_id, ()) if self._is_told(stretch))

    def _is_told(self, stretch: Stretch) -> bool:
        return self._kind is None or stretch.placement.employment_type.kind is self._kind

    def changed(self, person: Reference, timeline: Timeline) -> tuple[list[Held], list[Stretch]]:
        """The rows that a new timeline leaves out, and the stretches that no row holds yet.

        Their time as something else stays, but for the days that the timeline takes.
        """
        rows = self._rows.get(person, []) if isinstance(person, int) else []
        taken = [(stretch.first_day, stretch.last_day) for stretch in timeline]
        beside = (
            stretch._replace(first_day=first_day, last_day=last_day)
            for _, stretch in rows
            if not self._is_told(stretch)
            for first_day, last_day in gaps((stretch.first_day, stretch.last_day), taken)
        )
        after = (*timeline, *beside)
        kept = {stretch for _, stretch in rows}
        return (
            [held for held, stretch in rows if stretch not in after],
            [stretch for stretch in after if stretch not in kept],
        )


def _stretch(row: Any) -> Stretch:
    placement = Placement(
        employment_type=row.employment_type,
        job_title=row.job_title,
        role_group=row.role_group_id,
        team=row.team_id,
        organisation=row.organisation_id,
        manager=row.manager_id,
        fte=row.fte,
        career_stage=row.career_stage,
    )
    return Stretch(row.first_day, row.last_day, row.employed_from, placement)


def spell_values(person: Reference, stretch: Stretch) -> dict[str, Any]:
    """A stretch as the columns of a spell."""
    placement = stretch.placement
    return {
        "person_id": person,
        "first_day": stretch.first_day,
        "last_day": stretch.last_day,
        "employed_from": stretch.employed_from,
        "employment_type": placement.employment_type,
        "job_title": placement.job_title,
        "role_group_id": placement.role_group,
        "team_id": placement.team,
        "organisation_id": placement.organisation,
        "manager_id": placement.manager,
        "fte": placement.fte,
        "career_stage": placement.career_stage,
    }


def absences() -> dict[int, list[KnownAbsence]]:
    """Everybody's long-term absences, as known now."""
    found: defaultdict[int, list[KnownAbsence]] = defaultdict(list)
    for row in db.session.execute(queries.live_absences()):
        found[row.person_id].append(KnownAbsence(Held(row.id, row.recorded_at), row.first_day, row.last_day))
    return found


class Lists:
    """Services, teams, role groups, sectors and organisations by name; a new name is put into the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: dict[tuple[str, ...], Reference] = {}
        self._labels: dict[tuple[str, int], str] = {}
        self.made: list[tuple[int, str, str]] = []
        for model, table in ((Service, "service"), (RoleGroup, "role_group"), (Sector, "sector")):
            for row in db.session.execute(queries.names_of(model)):
                self._known[table, folded(row.name)] = row.id
                self._labels[table, row.id] = row.name
        self._last_days: dict[tuple[str, int], date] = {}
        self._teams_named: defaultdict[str, list[Reference]] = defaultdict(list)
        self._service_of: dict[Reference, int] = {}
        for row in db.session.execute(queries.teams()):
            self._service_of[row.id] = row.service_id
            self._known["team", folded(row.name), str(row.service_id)] = row.id
            self._labels["team", row.id] = row.name
            self._teams_named[folded(row.name)].append(row.id)
            self._note_last_day("team", row)
        self.sector_of: dict[Reference, int] = {}
        for row in db.session.execute(queries.organisations()):
            self._known["organisation", folded(row.name)] = row.id
            self._labels["organisation", row.id] = row.name
            self.sector_of[row.id] = row.sector_id
            self._note_last_day("organisation", row)

    def _note_last_day(self, table: str, row: Any) -> None:
        if row.last_day:
            self._last_days[table, row.id] = row.last_day

    def _last_day(self, table: str, reference: Reference | None) -> date:
        """New ones, and those that are not closed, have none."""
        return self._last_days.get((table, reference), date.max) if isinstance(reference, int) else date.max

    def teams_called(self, name: str, on: date) -> list[Reference]:
        """The teams with this name; of several, those that are not closed on a day, if there are any."""
        known = self._teams_named[folded(name)]
        return [one for one in known if self._last_day("team", one) >= on] or known

    def why_closed(self, timeline: Timeline) -> str | None:
        """Why somebody can't be where a timeline has them: in a team, or with an organisation, after its last
        day. None where they can."""
        for stretch in timeline:
            for table in ("team", "organisation"):
                where = getattr(stretch.placement, table)
                last_day = self._last_day(table, where)
                if last_day < (stretch.last_day or date.max):
                    return (
                        f"The last day of {self.label(table, where)} is {in_words(last_day)}. Name another "
                        f"{table}, or take that last day back on the page of the {table}."
                    )
        return None

    def label(self, table: str, reference: Reference | None) -> str:
        """The name of a row of a list, or an empty text for none."""
        if reference is None:
            return ""
        if isinstance(reference, New):
            return str(self._ledger.lists[reference]["name"])
        return self._labels[table, reference]

    def team_in_full(self, team: Reference | None) -> str:
        """A team with its service, which tells two of one name apart: "Duty (Early Help)"."""
        if team is None:
            return ""
        service = self._ledger.lists[team]["service_id"] if isinstance(team, New) else self._service_of[team]
        return f"{self.label('team', team)} ({self.label('service', service)})"

    def sectors(self) -> list[str]:
        return list(self._names("sector"))

    def news(self) -> Iterator[Difference]:
        """What the file adds to each list, line by line, for whoever looks whether one is a slip."""
        here = {table: self._names(table) for table in {table for _, table, _ in self.made}}
        for line, table, name in self.made:
            yield new_on_list(line, table_label(table).lower(), name, here[table])

    def _names(self, table: str) -> dict[str, str]:
        """What is called so on a list -> its name in full."""
        rows = [(ref, name) for (kind, ref), name in self._labels.items() if kind == table]
        return {name: self.team_in_full(ref) if table == "team" else name for ref, name in rows}

    def sector(self, name: str) -> int | None:
        found = self._known.get(("sector", folded(name)))
        return found if isinstance(found, int) else None

    def named(self, table: str, name: str, line: int, **values: Any) -> Reference:
        """The service, role group or organisation with this name, new if there is none."""
        return self._find((table, folded(name)), line, {"name": name, **values})

    def team(self, name: str, service: Reference, line: int) -> Reference:
        """The team with this name in this service, new if there is none."""
        count = len(self.made)
        found = self._find(("team", folded(name), str(service)), line, {"name": name, "service_id": service})
        if len(self.made) > count:
            self._teams_named[folded(name)].append(found)
        return found

    def _find(self, key: tuple[str, ...], line: int, values: dict[str, Any]) -> Reference:
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = New(key[0], "/".join(key[1:]))
            self._ledger.lists[found] = values
            self.made.append((line, key[0], str(values["name"])))
        return found


def table_label(table: str) -> str:
    """What a list's rows are called."""
    return table.replace("_", " ").capitalize()
