"""A file of partners: people from other organisations, found again by their e-mail address."""

from __future__ import annotations

from collections import Counter
from datetime import date

from app.core.filters import day as in_words
from app.core.filters import listed
from app.core.names import folded
from app.exchange.files import PartnerRow, Sheet
from app.exchange.models import ImportKind
from app.exchange.rules import timeline as times
from app.exchange.rules.known import KnownPerson, Lists, People, Posts, spell_values
from app.exchange.rules.ledger import New, Reference
from app.exchange.rules.plans import Difference, Group, Plan
from app.exchange.rules.timeline import Placement
from app.people.models import EmploymentType, Person, PersonKind, Spell


def plan(sheet: Sheet[PartnerRow], *, effective: date) -> Plan:
    """What a file of partners would change; it ends nobody.

    A partner without an address is the one of that name in that organisation. Who is new belongs to the
    organisation from `effective` on, and so does who has changed organisation or role.
    """
    comparison = _Comparison(sheet, effective)
    for row in sheet.rows:
        comparison.compare(row)
    for one in comparison.lists.news():
        comparison.plan.note(Group.LISTS, one)
    return comparison.plan


_WHO_WITHOUT_ADDRESS = ("first_name", "last_name", "organisation", "sector")


class _Comparison:
    """One file beside what is known."""

    def __init__(self, sheet: Sheet[PartnerRow], effective: date) -> None:
        self.plan = Plan.of(ImportKind.PARTNERS, sheet)
        self.has_role = sheet.has("role")
        self.effective = effective
        self.people = People()
        self.posts = Posts(PersonKind.PARTNER)
        self.lists = Lists(self.plan.ledger)
        self.sector_names = self.lists.sectors()
        self.sectors_said: dict[Reference, int] = dict(self.lists.sector_of)
        self.lines: dict[Reference, int] = {}
        self.names = Counter(folded(f"{row.first_name} {row.last_name}") for row in sheet.rows)

    def compare(self, row: PartnerRow) -> None:
        """Note what the line changes, or all that is wrong with it."""
        organisation = self._organisation(row)
        if not row.is_right_in("email") or not (row.email or row.is_right_in(*_WHO_WITHOUT_ADDRESS)):
            return
        person = self._person(row, organisation)
        key = row.email or f"{folded(_name(row))}/{organisation}"
        reference: Reference = person.id if person else New(Person.__tablename__, key)
        first = self.lines.setdefault(reference, row.line)
        if first != row.line:
            self.plan.refuse(row.line, "email", f"{_name(row)} is on line {first} already.")
        if person and person.kind is not PersonKind.PARTNER:
            reason = (
                f"The address {row.email} belongs to {person.name}, who is {person.kind.label.lower()} here."
            )
            self.plan.refuse(row.line, "email", reason)
            return
        if row.wrong:
            return
        if not person:
            self._add(row, reference)
        changes = self._details(row, person) if person else 0
        if organisation is not None:
            changes += self._place(row, reference, organisation)
        if not changes:
            self.plan.unchanged += 1

    def _organisation(self, row: PartnerRow) -> Reference | None:
        if not row.is_right_in("sector"):
            return None
        sector = self.lists.sector(row.sector)
        if sector is None:
            reason = f"There is no sector {row.sector}. The sectors are {listed(self.sector_names)}."
            self.plan.refuse(row.line, "sector", reason)
            return None
        if not row.is_right_in("organisation"):
            return None
        found = self.lists.named("organisation", row.organisation, row.line, sector_id=sector)
        said = self.sectors_said.setdefault(found, sector)
        if said != sector:
            known = self.lists.label("sector", said)
            self.plan.refuse(
                row.line, "sector", f"{row.organisation} is in the sector {known}, not {row.sector}."
            )
        return found

    def _person(self, row: PartnerRow, organisation: Reference | None) -> KnownPerson | None:
        if row.email:
            return self.people.addressed(row.email)
        here = [
            one
            for one in self.people.by_name[folded(_name(row))]
            if one.kind is PersonKind.PARTNER
            and any(stretch.placement.organisation == organisation for stretch in self.posts.timeline(one.id))
        ]
        return here[0] if here else None

    def _add(self, row: PartnerRow, reference: Reference) -> None:
        assert isinstance(reference, New)
        self.plan.ledger.people[reference] = {
            "kind": PersonKind.PARTNER,
            "first_name": row.first_name,
            "last_name": row.last_name,
            "email": row.email,
        }
        name = folded(_name(row))
        others = [one.described for one in self.people.by_name[name]]
        if self.names[name] > 1:
            others.append("another line of this file")
        if others:
            what = f"Same as {', '.join(others)}?"
            self.plan.note(Group.POSSIBLE_DUPLICATES, Difference(row.line, _name(row), what, reference))

    def _details(self, row: PartnerRow, person: KnownPerson) -> int:
        said = {"first_name": row.first_name, "last_name": row.last_name}
        edits = {
            name: (getattr(person, name), value)
            for name, value in said.items()
            if value != getattr(person, name)
        }
        if not edits:
            return 0
        self.plan.ledger.edits[person.id] = edits
        self.plan.note(Group.DETAILS, Difference(row.line, _name(row), f"Was {person.name}", person.id))
        return 1

    def _place(self, row: PartnerRow, person: Reference, organisation: Reference) -> int:
        before = self.posts.timeline(person) if isinstance(person, int) else ()
        was = times.placement_on(before, self.effective) if before else None
        role = row.role if self.has_role else was.job_title if was else None
        placement = Placement(EmploymentType.PARTNER, job_title=role, organisation=organisation)
        if not before or not before[-1].reaches(self.effective):
            after = times.began(before, self.effective, None, placement)
        else:
            after = times.moved(before, self.effective, placement)
        if before == after:
            return 0
        if closed := self.lists.why_closed(after):
            self.plan.refuse(row.line, "organisation", closed)
            return 0
        old, new = self.posts.changed(person, after)
        self.plan.ledger.replace(Spell, old, (spell_values(person, stretch) for stretch in new))
        group = Group.MOVES if before else Group.ADDED
        begins, ends = times.days_moved(after, self.effective)
        until = f" to {in_words(ends)}" if ends else ""
        what = f"{row.organisation}{f', {role}' if role else ''}, from {in_words(begins)}{until}"
        self.plan.note(group, Difference(row.line, _name(row), what, person))
        return 1


def _name(row: PartnerRow) -> str:
    return " ".join(filter(None, [row.first_name, row.last_name])) or row.email or ""
