"""What makes a demonstration: an empty database, marked as one, filled in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.accounts import rules as accounts
from app.accounts.models import Demonstration, User
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.demonstration import queries
from app.demonstration.rules import (
    asking,
    board,
    certificates,
    changes,
    current,
    desk,
    followups,
    history,
    late,
    learning,
    measuring,
    newcomers,
    registers,
    reports,
)
from app.people.models import Person


@dataclass(frozen=True)
class Account:
    """A way into the demonstration: the address, the role, and whose eyes one sees with."""

    email: str
    role: Role
    name: str


ACCOUNTS = (
    Account("academy@demo.example", Role.ACADEMY_MANAGER, "Demonstration academy manager"),
    Account("practitioner@demo.example", Role.PRACTITIONER, ""),
    Account("manager@demo.example", Role.LINE_MANAGER, ""),
    Account("partner@demo.example", Role.PARTNER, ""),
    Account("coordinator@demo.example", Role.COORDINATOR, ""),
    Account("trainer@demo.example", Role.TRAINER, "Demonstration trainer"),
    Account("board@demo.example", Role.BOARD_MEMBER, "Demonstration board member"),
    Account("adviser@demo.example", Role.DFE_ADVISER, "Demonstration DfE adviser"),
    Account("contracts@demo.example", Role.CONTRACT_MANAGER, "Demonstration contract manager"),
    Account("administrator@demo.example", Role.ADMINISTRATOR, "Demonstration administrator"),
)

BY = Actor(name="Demonstration academy manager", roles=frozenset({Role.ACADEMY_MANAGER}))


def fill(*, password: str, now: datetime) -> bool:
    """Fill in the demonstration academy; whether there was anything to do.

    The records of 2021-22 keep their dates, so that their figures can be shown to be right; a second
    programme is laid around today. Raises RuleBroken in a database that holds somebody’s records.
    """
    marker = db.session.get(Demonstration, 1)
    if marker is None:
        if not queries.is_empty():
            raise RuleBroken(
                "This database holds records that are not the demonstration’s, so nothing was filled in. "
                "Name another one in DATABASE_URL, or set DEMO=0."
            )
        marker = Demonstration(id=1, made_at=now)
        db.session.add(marker)
        db.session.flush()
    if marker.filled_at is not None:
        return False
    history.fill(by=BY, now=now)
    board.publish_august(by=BY)
    users = _make_accounts(password, now)
    practitioner, manager = _person(users[Role.PRACTITIONER]), _person(users[Role.LINE_MANAGER])
    current.fill(by=BY, now=now, trainer=users[Role.TRAINER], practitioner=practitioner)
    certificates.fill(practitioner=practitioner, now=now)
    asking.fill(manager=manager, by=BY, now=now)
    desk.fill(practitioner=practitioner, by=BY, now=now)
    learning.fill(practitioner=practitioner, colleague=manager, by=BY, now=now)
    newcomers.fill(by=BY, now=now, partner=_person(users[Role.PARTNER]), coordinator=users[Role.COORDINATOR])
    changes.fill(
        by=BY,
        now=now,
        manager=manager,
        partner=_person(users[Role.PARTNER]),
        coordinator=_person(users[Role.COORDINATOR]),
    )
    followups.fill(by=BY, now=now, manager=manager)
    registers.fill(trainer=users[Role.TRAINER], by=BY)
    reports.fill(by=BY, now=now)
    measuring.fill(by=BY, now=now)
    late.fill(by=BY, now=now)
    board.fill(by=BY, now=now)
    certificates.settle(now=now)  # some of what was issued is withdrawn by what was corrected since
    marker.filled_at = now
    return True


def sync_accounts(*, password: str, now: datetime) -> None:
    """Let every demonstration account in with this password, and no other."""
    _make_accounts(password, now)


def _make_accounts(password: str, now: datetime) -> dict[Role, User]:
    people = queries.people_behind_accounts()
    made = {}
    for account in ACCOUNTS:
        person = people.get(account.role)
        made[account.role] = accounts.make_demonstration_account(
            email=account.email,
            name=person.name if person else account.name,
            role=account.role,
            password=password,
            person=person,
            now=now,
        )
    return made


def _person(user: User) -> Person:
    person = db.session.get(Person, user.person_id)
    assert person is not None
    return person
