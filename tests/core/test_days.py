"""Both engines reckon with days as Python does."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask
from sqlalchemy import Column, Date, Integer, MetaData, Table, insert, literal, select

from app.core import clock
from app.core.days import earliest_of, latest_of, months_before
from app.core.db import db

MONTHS = (1, 2, 3, 6, 11, 12, 13, 24, 36)


def test_4_3_a_window_opens_the_same_day_so_many_months_before(app: Flask) -> None:
    """On every day of a leap year and of the year after it."""
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(731)]
    held = Table(
        "held", MetaData(), Column("held_on", Date), Column("months", Integer), prefixes=["TEMPORARY"]
    )
    held.create(db.session.connection())
    db.session.execute(
        insert(held), [{"held_on": day, "months": months} for day in days for months in MONTHS]
    )
    opens_on = months_before(held.c.held_on, held.c.months)
    rows = db.session.execute(select(held.c.held_on, held.c.months, opens_on)).all()
    assert len(rows) == len(days) * len(MONTHS)
    assert [row for row in rows if row[2] != clock.months_before(row[0], row[1])] == []


def test_the_latest_and_the_earliest_of_several_days(app: Flask) -> None:
    first, second, third = date(2022, 2, 28), date(2022, 3, 1), date(2021, 12, 31)
    days = [literal(day, Date) for day in (first, second, third)]
    row = db.session.execute(select(latest_of(*days), earliest_of(*days))).one()
    assert tuple(row) == (second, third)
