"""What is kept of the statements that were compiled."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import literal, select

from app.core.db import db
from app.core.statements import LONGEST, WORTH_KEEPING_AFTER, StatementCache
from app.people.models import Person


def _kept(app: Flask) -> StatementCache:
    kept = db.engine.get_execution_options()["compiled_cache"]
    assert isinstance(kept, StatementCache)
    kept.clear()
    return kept


def test_what_is_asked_again_and_again_is_kept(app: Flask) -> None:
    kept, sizes = _kept(app), []
    for number in range(WORTH_KEEPING_AFTER + 1):
        db.session.execute(select(Person.id).where(Person.id == number, Person.first_name == "Ada"))
        sizes.append(len(kept))

    assert sizes == [0] * (WORTH_KEEPING_AFTER - 1) + [1, 1]


def test_what_is_long_is_never_kept(app: Flask) -> None:
    kept = _kept(app)
    columns = [literal(number).label(f"a_name_of_some_length_{number}") for number in range(LONGEST // 30)]
    for _ in range(2 * WORTH_KEEPING_AFTER):
        db.session.execute(select(Person.id, *columns))

    assert len(kept) == 0
