"""Addresses that e-mails come back from: the academy says so, or that they are right after all. (U-18)"""

from __future__ import annotations

from datetime import datetime

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.errors import RuleBroken
from app.outbox import rules as outbox
from app.people.models import Person


def note_bounce(*, person: Person, by: Actor, now: datetime) -> None:
    """An e-mail to somebody came back to the academy's mailbox: no more are sent to this address.

    What the mail relay itself refuses is noted without anybody. Correcting the address sends what was held
    back to the new one.
    """
    address = _address_of(person)
    outbox.note_bounce(address=address, now=now)
    audit.record(
        by=by, verb="person:e-mail came back", thing=person, now=now, changes={"Address": (address, None)}
    )


def try_address(*, person: Person, by: Actor, now: datetime) -> None:
    """Their address is right after all: what came back is sent once more, and then what was held back."""
    address = _address_of(person)
    outbox.try_address(address=address, now=now)
    audit.record(
        by=by, verb="person:address tried again", thing=person, now=now, changes={"Address": (None, address)}
    )


def _address_of(person: Person) -> str:
    if person.email is None:
        raise RuleBroken(f"{person.name} has no e-mail address.")
    return person.email
