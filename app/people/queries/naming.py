"""Whom a text names: what is read by those who may see no names is looked at before it is kept."""

from __future__ import annotations

from sqlalchemy import Select, func, literal, select

from app.people.models import Person


def named_in(text: str) -> Select[tuple[Person]]:
    """The people whose first and last name stand in a text one after the other, in whatever letters.

    "Waiting for joy okafor" names Joy Okafor; "Joy to the world" names nobody.
    """
    name = func.lower(Person.first_name + " " + Person.last_name)
    return select(Person).where(literal(text.lower()).contains(name)).order_by(Person.id)
