"""The academy is told once of a run that begins soon with fewer people than it needs. (AM-18)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.outbox.models import Message
from app.reminders import jobs, rules
from app.sessions import rules as sessions
from app.sessions.models import Run
from tests import factories

FIRST_DAY = date(2022, 3, 22)  # a Tuesday: ten working days before is Tuesday 8 March
ACADEMY = "academy@council.example"


@pytest.fixture(autouse=True)
def _manager() -> None:
    factories.user(Role.ACADEMY_MANAGER, email=ACADEMY)


def a_run(booked: int, **values: object) -> Run:
    of = factories.course(components=1, title="Signs of Safety")
    run = factories.run(of, days=[FIRST_DAY], code="SOS2-07", minimum_places=6, **values)  # type: ignore[arg-type]
    for _ in range(booked):
        factories.booking(run, factories.staff())
    db.session.commit()
    return run


def warned() -> list[Message]:
    """What the job writes now, and all that it wrote before."""
    jobs.few_booked(clock.now())
    return list(db.session.scalars(select(Message).where(Message.kind == "few")))


def test_am18_ten_working_days_before_at_08_00_the_academy_is_told_once(
    travel_to: Callable[..., None],
) -> None:
    run = a_run(4)
    for moment, written in (
        ("2022-03-07 12:00", 0),
        ("2022-03-08 07:59", 0),
        ("2022-03-08 08:00", 1),
        ("2022-03-08 08:01", 1),
        ("2022-03-14 08:00", 1),
    ):
        travel_to(moment)
        assert len(warned()) == written, moment
    (told,) = warned()
    assert (told.to_address, told.subject) == (ACADEMY, "SOS2-07 has 4 booked of at least 6")
    assert f"/runs/{run.id}/too-few" in told.text


@pytest.mark.parametrize("why", ["enough", "goes ahead", "cancelled"])
def test_am18_no_word_of_a_run_that_has_enough_or_on_which_it_was_decided(
    why: str, travel_to: Callable[..., None]
) -> None:
    travel_to("2022-03-08 09:00")
    run = a_run(6 if why == "enough" else 4)
    by = factories.actor(Role.ACADEMY_MANAGER)
    if why == "goes ahead":
        sessions.go_ahead(run=run, by=by, now=clock.now())
    elif why == "cancelled":
        sessions.cancel(run=run, by=by, now=clock.now(), reason="Too few")
    assert warned() == []


def test_am18_what_was_decided_before_it_was_sent_is_not_sent(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-08 09:00")
    run = a_run(4)
    (told,) = warned()
    assert rules.is_still_right(told, now=clock.now())
    sessions.go_ahead(run=run, by=factories.actor(Role.ACADEMY_MANAGER), now=clock.now())
    db.session.flush()
    assert not rules.is_still_right(told, now=clock.now())
