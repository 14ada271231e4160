"""Several who save people at one moment: none waits for another for ever."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.db import db, live
from app.core.permissions import Role
from app.people import rules
from app.people.models import Deputy, Person, Spell
from tests import factories
from tests.races import AT_ONCE, at_once

NOW = datetime(2022, 2, 1, 9, tzinfo=UTC)
ACADEMY = factories.actor(Role.ACADEMY_MANAGER, name="Avery Academy")
ROUNDS = 3


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_two_who_are_made_each_others_line_managers_at_once_both_are(app: Flask, round_: int) -> None:
    """Each post points to the other person, whose own post is being saved."""
    pairs = [(factories.staff().id, factories.staff().id) for _ in range(AT_ONCE // 2)]

    def save(number: int) -> None:
        person_id, manager_id = pairs[number // 2][:: 1 if number % 2 else -1]
        person = db.session.get_one(Person, person_id)
        rules.change_spell(person=person, on=date(2022, 2, 1), by=ACADEMY, now=NOW, manager_id=manager_id)

    assert at_once(app, save) == ["done"] * AT_ONCE
    managed = select(Spell.person_id, Spell.manager_id).where(live(Spell), Spell.manager_id.is_not(None))
    found = set(db.session.execute(managed).tuples())
    assert found == {one for pair in pairs for one in (pair, pair[::-1])}, round_


def test_two_who_stand_in_for_each_other_are_named_at_once(app: Flask) -> None:
    pairs = [(factories.staff().id, factories.staff().id) for _ in range(AT_ONCE // 2)]

    def name(number: int) -> None:
        manager, deputy = (
            db.session.get_one(Person, one) for one in pairs[number // 2][:: 1 if number % 2 else -1]
        )
        days = {"first_day": date(2022, 3, 7), "last_day": date(2022, 3, 18)}
        rules.name_deputy(manager=manager, deputy=deputy, by=ACADEMY, now=NOW, **days)

    assert at_once(app, name) == ["done"] * AT_ONCE
    assert db.session.scalar(select(func.count()).select_from(Deputy)) == AT_ONCE
