"""The demonstration academy tells nothing that could not be so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.bookings.models import Booking, BookingState
from app.bookings.queries import confirmed_counts
from app.core import clock
from app.core.db import db, live
from app.demonstration import rules
from app.figures import queries as figures
from app.figures.models import PublishedFigure
from app.figures.queries import Counted
from app.sessions.models import SessionDate, TrainingSession, Venue
from app.sessions.queries import run_coded

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


def test_the_demonstration_is_the_same_when_two_weeks_on_is_after_easter(
    app: Flask, travel_to: Callable[..., None]
) -> None:
    travel_to("2027-03-22 00:18")
    now = clock.now()
    assert rules.fill(password="a long password", now=now)
    offers = db.session.scalars(select(Booking).where(Booking.state == BookingState.OFFERED)).all()
    assert [one.run.code for one in offers if one.held_until > now] == ["TRAUMA-2DAY-05"]
    few = run_coded("TRAUMA-2DAY-06")
    assert 0 < confirmed_counts([few.id])[few.id] < few.minimum_places
    assert few.first_session.starts_at > now


def test_a_room_that_was_given_up_stays_named_where_it_was_used(demonstration: Flask) -> None:
    with demonstration.app_context():
        (former,) = db.session.scalars(select(Venue).where(Venue.last_day < clock.today()))
        days = db.session.scalars(
            select(SessionDate.held_on)
            .join(TrainingSession)
            .where(TrainingSession.venue_id == former.id, live(SessionDate))
        ).all()
        assert former.last_day is not None
        assert len(days) >= 3
        assert max(days) <= former.last_day


def test_am15_the_board_was_told_239_and_118_of_263_with_the_rule_of_each(demonstration: Flask) -> None:
    with demonstration.app_context():
        found = db.session.scalars(
            select(PublishedFigure).where(
                PublishedFigure.as_at == date(2021, 8, 31), PublishedFigure.denominator == 263
            )
        )
        told = {(one.numerator, one.denominator, one.shown): one.rule_words for one in found}
    assert told == {
        (239, 263, "91%"): "Practitioners in post who have completed Signs of Safety 2-day training course; "
        "no minimum stated",
        (118, 263, "45%"): "Practitioners in post who have completed Signs of Safety 5-day training course; "
        "no minimum stated",
    }


def test_u11_somebody_is_booked_to_finish_too_late_and_a_day_in_time_completes_them(
    demonstration: Flask,
) -> None:
    with demonstration.app_context():
        target = db.session.scalars(figures.target_coded("trauma-coverage")).one()
        today = clock.today()
        (late,) = db.session.scalars(figures.counted(target, Counted.TOO_LATE, as_at=today))
        found = figures.days_in_time(target, [late], now=clock.now())
        assert found
        assert all(one.session.component.number == 2 and one.left for one in found)
        assert all(list(one.completes) == [late] for one in found)
