"""Whom a text names: what is read by those who may see no names is looked at before it is kept."""

from __future__ import annotations

import re

from sqlalchemy import Select, func, literal, or_, select

from app.people.models import Person

_SHORTEST_NUMBER = 5  # a shorter one could be a year


def named_in(text: str) -> Select[tuple[Person]]:
    """The people whom a text tells of: by first and last name one after the other, in whatever order and
    letters, by e-mail address or by employee number.

    "Waiting for joy okafor", "Okafor, Joy" and "ask joy.okafor@council.example" name Joy Okafor; "Joy to the
    world" names nobody.
    """
    words = literal(" ".join(re.findall(r"[^\s,;:()]+", text.lower())))
    first, last = func.lower(Person.first_name), func.lower(Person.last_name)
    numbers = re.findall(r"\w+", text)
    return (
        select(Person)
        .where(
            or_(
                words.contains(first + " " + last),
                words.contains(last + " " + first),
                words.contains(func.lower(Person.email)),
                Person.employee_number.in_([one for one in numbers if len(one) >= _SHORTEST_NUMBER]),
            )
        )
        .order_by(Person.id)
    )
