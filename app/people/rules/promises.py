"""What the database refuses, said in sentences: two people typing at once meet here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from app.core.db import db
from app.core.errors import RuleBroken

# How each broken promise names itself on PostgreSQL and on SQLite, the sentence, and the field it is about.
_SENTENCES: tuple[tuple[tuple[str, str], str, str | None], ...] = (
    (
        ("uq_person_email", "person.email"),
        "Somebody else already has this e-mail address.",
        "email",
    ),
    (
        ("uq_person_employee_number", "person.employee_number"),
        "Somebody else already has this employee number.",
        "employee_number",
    ),
    (
        ("ex_spell_no_overlap", "ex_spell_no_overlap"),
        "This person already has a post on some of these days. Load the page again to see it.",
        "first_day",
    ),
    (
        ("uq_spell_live", "spell.person_id, spell.first_day"),
        "This person already has a post from that day. Load the page again to see it.",
        "first_day",
    ),
    (
        ("uq_absence_live", "absence.person_id, absence.first_day"),
        "This person already has an absence from that day. Load the page again to see it.",
        "first_day",
    ),
    *(
        (
            (f"uq_{table}_folded_name", f"{table}.folded_name"),
            f"There is already {one} of this name.",
            "name",
        )
        for table, one in (
            ("service", "a service"),
            ("role_group", "a role group"),
            ("sector", "a sector"),
            ("organisation", "an organisation"),
        )
    ),
)


@contextmanager
def promises_kept() -> Iterator[None]:
    """What was done inside is flushed; a promise of the database that it breaks becomes a broken rule."""
    try:
        yield
        db.session.flush()
    except IntegrityError as error:
        problem = str(error.orig)
        for names, sentence, field in _SENTENCES:
            if any(name in problem for name in names):
                raise RuleBroken(sentence, field) from error
        raise
