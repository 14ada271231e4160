"""One at a time changes what is recorded of somebody."""

from __future__ import annotations

from app.core.db import lock_row
from app.people.models import Person


def take_turn_of(person_id: int) -> Person:
    """Somebody, re-read, whose record nobody else changes until the transaction ends.

    Others may name them meanwhile, as line manager or as deputy. Of two people who are made each other’s
    line managers at one moment, neither post waits for the other.
    """
    person: Person = lock_row(Person, person_id, may_be_pointed_at=True)
    return person
