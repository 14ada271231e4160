"""A team whose manager approves places, for the tests of requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from app.bookings import rules
from app.bookings.models import Booking
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.outbox.models import Message
from app.people.models import Deputy, Person
from app.programmes.models import ApprovalMode
from app.sessions.models import Run
from tests import factories

BY_MANAGER = {"staff_approval": ApprovalMode.MANAGER, "closes_days": 1}
THE_DAY = date(2022, 3, 15)


@dataclass
class Team:
    """Maria Lindqvist with nine people, Sam Oduya the first of them, and Bo Ek above her."""

    above: Person = field(init=False)
    manager: Person = field(init=False)
    members: list[Person] = field(init=False)

    def __post_init__(self) -> None:
        other = factories.team("Managers").id
        self.above = factories.staff(first_name="Bo", last_name="Ek", team_id=other)
        self.manager = factories.staff(
            first_name="Maria", last_name="Lindqvist", manager_id=self.above.id, team_id=other
        )
        named = {"first_name": "Sam", "last_name": "Oduya"}
        self.members = [
            factories.staff(manager_id=self.manager.id, **(named if number == 0 else {}))
            for number in range(9)
        ]

    @property
    def sam(self) -> Person:
        return self.members[0]


def run_on(*days: date, capacity: int = 16, **terms: object) -> Run:
    course = factories.course(
        components=len(days) or 1, title="Signs of Safety 2-day", terms={**BY_MANAGER, **terms}
    )
    return factories.run(course, days=list(days) or [THE_DAY], capacity=capacity)


def ask(run: Run, person: Person) -> Booking:
    """The person's own request."""
    by = factories.actor(Role.PRACTITIONER, of=person, name=person.name)
    return rules.book(run=run, person=person, by=by, now=clock.now())


def as_manager(person: Person):
    return factories.actor(Role.LINE_MANAGER, of=person, name=person.name)


def deputise(manager: Person, deputy: Person, first_day: date, last_day: date) -> None:
    entry = Deputy(
        manager_id=manager.id,
        deputy_id=deputy.id,
        first_day=first_day,
        last_day=last_day,
        created_at=clock.now(),
    )
    db.session.add(entry)
    db.session.flush()


def letters(kind: str) -> list[Message]:
    return db.session.query(Message).filter_by(kind=kind).order_by(Message.id).all()
