"""The people of a generated academy: staff in teams, partners, panel members, and where each belonged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from app.core.names import folded
from app.people.models import ALWAYS, EmploymentType, PersonKind
from tests.bench.bulk import Draft

PRACTITIONERS = (
    "Social Worker", "Senior Practitioner", "ASYE Social Worker", "Advanced Practitioner",
    "Family Support Worker", "Support Worker", "Child Protection Chair", "Team Manager",
)  # fmt: skip
OTHERS = ("Administrator", "Contact Supervisor", "Commissioner")
SERVICES = ("Children’s Social Care", "Early Help", "Fostering", "Youth Justice", "Safeguarding")
ORGANISATIONS = 20
FIRST_NAMES = (
    "Alex", "Bryn", "Casey", "Dara", "Ellis", "Frankie", "Gray", "Harley", "Indi", "Jude", "Kit", "Lee",
    "Morgan", "Noor", "Oakley", "Perry", "Quinn", "Robin", "Sam", "Toni", "Val", "Wren", "Yael", "Zion",
)  # fmt: skip
_BEGINNINGS = ("Ash", "Birch", "Cold", "Dun", "Elm", "Fern", "Gold", "Hart", "Ivel", "Lang", "Mill")
_ENDINGS = ("bourne", "by", "combe", "field", "ford", "hurst", "ley", "mere", "stead", "ton", "worth")
LAST_NAMES = tuple(first + last for first in _BEGINNINGS for last in _ENDINGS)


class Workforce:
    """Of a hundred people 91 are staff, 8 partners and one a panel member.

    Of the staff one in twenty is agency, 8 in a hundred have left, and one in seven has moved to another
    team. The first of each team is its manager. `in_post` are the members of staff who can book a place.
    """

    def __init__(
        self, draft: Draft, random: Random, today: date, *, people: int, teams: int, sectors: Sequence[int]
    ) -> None:
        self.draft, self.random, self.today = draft, random, today
        self.people: list[int] = []
        self.in_post: list[int] = []
        self._set_up(teams, sectors)
        for number in range(people):
            self._add(number)

    def _set_up(self, teams: int, sectors: Sequence[int]) -> None:
        services = [self._named("service", name) for name in SERVICES]
        self.roles = {name: self._named("role_group", name) for name in (*PRACTITIONERS, *OTHERS)}
        self.teams = [self.draft.add("team", name=f"Team {number:02d}") for number in range(1, teams + 1)]
        for number, team in enumerate(self.teams, start=1):
            self._belongs(
                team, services[number % len(services)], sooner=services[(number + 1) % len(services)]
            )
        self.organisations = [
            self._named("organisation", f"School {number:02d}") for number in range(1, ORGANISATIONS + 1)
        ]
        for number, one in enumerate(self.organisations, start=1):
            sector = sectors[number % len(sectors)]
            self.draft.fact("organisation_sector", organisation_id=one, sector_id=sector)

    def _named(self, table: str, name: str) -> int:
        return self.draft.add(table, name=name, folded_name=folded(name))

    def _belongs(self, team: int, service: int, *, sooner: int) -> None:
        """Every fourth team was in another service until two years ago."""
        first_day, moved = ALWAYS, self.today - timedelta(days=730)
        if team % 4 == 0:
            self.draft.fact(
                "team_service", team_id=team, service_id=sooner, first_day=first_day,
                last_day=moved - timedelta(days=1),
            )  # fmt: skip
            first_day = moved
        self.draft.fact("team_service", team_id=team, service_id=service, first_day=first_day, last_day=None)

    def _add(self, number: int) -> None:
        kind = PersonKind.STAFF
        if number >= len(self.teams) and number % 100 >= 91:
            kind = PersonKind.PANEL_MEMBER if number % 100 == 99 else PersonKind.PARTNER
        person = self.draft.add(
            "person",
            kind=kind,
            employee_number=f"{number:06d}" if kind is PersonKind.STAFF else None,
            first_name=self.random.choice(FIRST_NAMES),
            last_name=self.random.choice(LAST_NAMES),
            email=f"person{number:06d}@council.example",
            created_at=self.draft.since,
        )
        self.people.append(person)
        began = self._days_ago(60, 2900)
        if kind is PersonKind.PARTNER:
            organisation = self.random.choice(self.organisations)
            self._spell(person, EmploymentType.PARTNER, began, organisation_id=organisation)
        elif kind is PersonKind.PANEL_MEMBER:
            self._spell(person, EmploymentType.PANEL_MEMBER, began)
        elif number < len(self.teams):
            post = self._post("Team Manager", number, None)
            self._spell(person, EmploymentType.EMPLOYEE, began, **post)
        else:
            self._employ(person, number % len(self.teams), began)
        if self.random.random() < 0.02:
            self.draft.fact("absence", person_id=person, first_day=self._days_ago(1, 50), last_day=None)

    def _employ(self, person: int, team: int, began: date) -> None:
        kind = EmploymentType.AGENCY if self.random.random() < 0.05 else EmploymentType.EMPLOYEE
        role = self.random.choice((*PRACTITIONERS[:-1], *OTHERS))
        post = self._post(role, team, self.people[team])
        drawn = self.random.random()
        if drawn < 0.08:
            last_day = began + timedelta(days=self.random.randrange(20, 59))
            self._spell(person, kind, began, last_day, **post)
            return
        if drawn < 0.22:
            moved = self._days_ago(1, 59)
            self._spell(person, kind, began, moved - timedelta(days=1), **post)
            team = (team + 1) % len(self.teams)
            post = self._post(role, team, self.people[team])
            self._spell(person, kind, moved, employed_from=began, **post)
        else:
            self._spell(person, kind, began, **post)
        self.in_post.append(person)

    def _post(self, role: str, team: int, manager: int | None) -> dict[str, Any]:
        return {
            "role_group_id": self.roles[role],
            "job_title": role,
            "team_id": self.teams[team],
            "manager_id": manager,
        }

    def _spell(
        self,
        person: int,
        kind: EmploymentType,
        first_day: date,
        last_day: date | None = None,
        *,
        employed_from: date | None = None,
        **post: Any,
    ) -> None:
        no_post = dict.fromkeys(("role_group_id", "job_title", "team_id", "manager_id", "organisation_id"))
        self.draft.fact(
            "spell", person_id=person, first_day=first_day, last_day=last_day,
            employed_from=employed_from or first_day, employment_type=kind, **(no_post | post),
        )  # fmt: skip

    def _days_ago(self, least: int, most: int) -> date:
        return self.today - timedelta(days=self.random.randrange(least, most))
