"""A programme starts on no day after one that its targets name, whichever of them changes (T06, T07)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import rules
from app.figures.models import Target
from tests import factories
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.pages import Page, Pages

MARCH, MAY = date(2022, 3, 31), date(2022, 5, 1)
DEADLINE = "the deadline of “New staff and upskilling” (31 March 2022)"


@pytest.fixture
def manager(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


@pytest.fixture
def target() -> Target:
    """80% of a cohort by 31 March 2022."""
    return scenes.cohort(members=2, deadline=MARCH).target


def put_off(manager: Pages, target: Target, to: date) -> Page:
    db.session.commit()
    page = manager.get(f"/programmes/{target.programme_id}/edit")
    typed = {f"starts_on-{part}": str(getattr(to, part)) for part in ("day", "month", "year")}
    return manager.submit(page, typed | {"reason": "The provider is late"})


def test_t06_a_programme_is_not_put_off_past_its_targets(manager: Pages, target: Target) -> None:
    """What was typed stays; on the deadline itself it can start, and the target can still be edited."""
    page = put_off(manager, target, MAY)
    assert page.errors == [f"Start date is after {DEADLINE}: change it first, or choose an earlier day"]
    assert page.value("starts_on-month") == "5"
    db.session.expire_all()
    assert target.programme.starts_on is None
    assert "The programme is changed." in put_off(manager, target, MARCH).text
    edited = manager.submit(manager.get(f"/targets/{target.code}/edit"), {"title": "New staff"})
    assert "The target is changed." in edited.text
    factories.dated(target.programme, starts_on=MAY)
    assert "The programme is changed." in put_off(manager, target, MARCH).text


def test_t07_u25_nor_past_a_milestone_or_all_that_is_recorded_of_a_stated_day(
    manager: Pages, target: Target
) -> None:
    """A baseline may be older than the programme, but then not than everything that is recorded."""
    add, now = rules.add_milestone, clock.now()
    add(target=target, due_on=date(2022, 1, 31), minimum_percent=Decimal(10), by=ACADEMY, now=now)
    for on in (date(2018, 11, 4), date(2019, 2, 1)):
        rules.state_figure(target=target, as_at=on, numerator=1, source="Bid", by=ACADEMY, now=now)
    page = put_off(manager, target, MAY)
    assert page.errors == [
        f"Start date is after {DEADLINE}, the milestone “10% by 31 January 2022” of “New staff and "
        "upskilling” and the day of a stated figure of “New staff and upskilling” (4 November 2018): change "
        "them first, or choose an earlier day"
    ]


def test_t06_what_has_ended_stands_in_no_way(manager: Pages, target: Target) -> None:
    rules.end_target(target=target, last_day=MARCH, reason="Asked no more", by=ACADEMY, now=clock.now())
    assert "The programme is changed." in put_off(manager, target, MAY).text
