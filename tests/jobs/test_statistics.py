"""SQLite knows how large its tables are from the night on, as PostgreSQL does by itself."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from app.core import clock
from app.core.db import db
from app.jobs.jobs import TIMETABLE
from tests import factories


def test_the_nightly_job_lets_sqlite_look_at_its_tables(app: Flask) -> None:
    factories.staff()
    db.session.commit()
    assert TIMETABLE["statistics"].function(clock.now()).done == 1
    if db.engine.dialect.name == "sqlite":
        known = db.session.scalars(text("SELECT DISTINCT tbl FROM sqlite_stat1")).all()
        assert "person" in known
