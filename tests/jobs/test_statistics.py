"""The database knows how large its tables are: from the night on, and as soon as a file is brought in."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select, text

from app.core import clock
from app.core.db import analyze_tables, db
from app.jobs.jobs import TIMETABLE
from app.people.models import Person
from tests import factories
from tests.exchange.samples import bring_in_people, staff


def _known_rows(table: str) -> int:
    """How many rows the database last saw in a table; -1 when it has not looked."""
    if db.engine.dialect.name == "postgresql":
        asked = text("SELECT reltuples FROM pg_class WHERE oid = CAST(:name AS regclass)")
        return int(db.session.scalar(asked, {"name": table}) or 0)
    seen = db.session.scalars(text("SELECT stat FROM sqlite_stat1 WHERE tbl = :name"), {"name": table}).all()
    return int(seen[0].split()[0]) if seen else -1


def _people() -> int:
    return db.session.scalar(select(func.count(Person.id))) or 0


def test_the_nightly_job_lets_the_database_look_at_its_tables(app: Flask) -> None:
    factories.staff()
    db.session.commit()
    assert TIMETABLE["statistics"].function(clock.now()).done == 1
    assert _known_rows("person") == _people()


def test_an_import_lets_it_look_at_what_it_wrote(app: Flask) -> None:
    analyze_tables()
    bring_in_people(*staff("000101", "000102", "000103"))
    assert _people() >= 3
    assert _known_rows("person") == _people()
    assert _known_rows("spell") >= 3
