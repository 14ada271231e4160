"""Whatever names a person goes on under the survivor, whichever room it stands in. (U-07)"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.bookings.models import Invitation
from app.core import clock
from app.core.db import Base, db
from app.merging.rules.merge_log import FACTS
from app.merging.rules.pointers import columns_naming_people, point_back, repoint
from app.people.models import Deputy, Person
from tests import factories
from tests.statements import statements


def _invited(person: Person, *batches: str) -> None:
    course = factories.course()
    for batch in batches:
        by = {"invited_at": clock.now(), "invited_by": "Tests"}
        db.session.add(Invitation(batch=batch, person=person, course=course, **by))


def _named(column: Any) -> list[int]:
    return list(db.session.scalars(select(column).order_by(column.class_.id)))


def test_u07_what_the_survivor_has_already_stays_and_the_rest_goes_on() -> None:
    """Both were invited once by one press; and nobody stands in for themself."""
    joy, other, boss = factories.staff(), factories.staff(), factories.staff()
    _invited(joy, "first")
    _invited(other, "first", "second", "third")
    for manager in (joy, boss):
        days = {"first_day": clock.today(), "last_day": clock.today(), "created_at": clock.now()}
        db.session.add(Deputy(manager=manager, deputy=other, **days))
    db.session.flush()
    moved = repoint(joy.id, other.id)
    assert _named(Invitation.person_id) == [joy.id, other.id, joy.id, joy.id]
    assert _named(Deputy.deputy_id) == [other.id, joy.id]
    point_back(joy.id, other.id, moved)
    assert _named(Invitation.person_id) == [joy.id, *[other.id] * 3]
    assert _named(Deputy.deputy_id) == [other.id] * 2


def test_u07_a_long_history_costs_no_statement_for_each_row() -> None:
    joy, other = factories.staff(), factories.staff()
    _invited(other, *(f"number {number}" for number in range(9)))
    db.session.flush()
    with statements() as asked:
        repoint(joy.id, other.id)
    assert len([one for one in asked if one.startswith("UPDATE invitation")]) == 1


@pytest.mark.once
def test_u07_every_recorded_fact_about_people_is_pooled_by_a_rule_of_its_own() -> None:
    """A fact is superseded and recorded again: a new kind needs its rule in merging’s `facts`."""
    facts = {table.name for table in Base.metadata.sorted_tables if "superseded_at" in table.c}
    about = {
        table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "person"
    }
    assert facts & about == set(FACTS)


@pytest.mark.once
def test_u07_everything_else_that_names_a_person_can_be_pointed_to_the_survivor_and_back() -> None:
    columns = list(columns_naming_people())
    assert {"booking.person_id", "approval.approver_id", "deputy.manager_id", "deputy.deputy_id"} <= {
        f"{table.name}.{column.name}" for table, column in columns
    }
    assert [table.name for table, _ in columns if "id" not in table.c] == []
