"""The demonstration academy tells nothing that could not be so."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.db import db

pytestmark = pytest.mark.once

WHEN_IT_HAPPENED = {
    "at",
    "confirmed_at",
    "created_at",
    "entered_at",
    "queued_at",
    "recorded_at",
    "released_at",
    "superseded_at",
    "taken_at",
}


def test_nothing_was_recorded_in_the_demonstration_that_is_still_to_come(demonstration: Flask) -> None:
    with demonstration.app_context():
        latest = {
            f"{table.name}.{column.name}": db.session.scalar(select(func.max(column)))
            for table in db.metadata.tables.values()
            for column in table.columns
            if column.name in WHEN_IT_HAPPENED
        }
        now = clock.now()
    assert {column.split(".")[1] for column in latest} >= WHEN_IT_HAPPENED - {"at"}
    assert not {name: moment for name, moment in latest.items() if moment is not None and moment > now}
