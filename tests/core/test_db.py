"""What statements are made of."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import String, column, func, insert, select, text, update
from sqlalchemy.exc import DataError, IntegrityError

from app.accounts.models import ApprovedDomain
from app.core import clock
from app.core.db import db, facts_in, materialized, record, save_unique, supersede
from app.core.errors import RuleBroken
from app.core.lengths import LONGEST_NAME, TooLong
from app.people.models import Absence, Organisation, Person, Service
from tests import factories


def test_parts_without_names_are_told_apart() -> None:
    """None is named after a place in memory that another has been given since."""
    people = select(column("person_id"))
    parts = []
    for _ in range(100):
        parts += [materialized(people), people.cte()]

    assert len({part.name for part in parts}) == 200


def test_a_part_is_worked_out_once() -> None:
    part = materialized(select(column("person_id")), "others")

    assert str(select(part.c.person_id)).startswith("WITH others AS MATERIALIZED")


def test_what_was_planned_outlives_a_rollback_and_what_was_written_does_not(engine_name: str) -> None:
    """Every page that only read ends by one."""
    people = select(func.count()).select_from(Person)
    for _page in range(10):
        assert db.session.scalar(people) == 0
        factories.person()
        assert db.session.scalar(people) == 1
        db.session.rollback()
    if engine_name == "postgresql":
        planned = text(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT count(*)%FROM person'"
        )
        assert db.session.scalar(planned) == 1


def test_what_a_fact_says_is_neither_its_id_nor_who_recorded_it_when() -> None:
    assert facts_in(Absence) == ["person_id", "first_day", "last_day"]


# --- Lengths -------------------------------------------------------------------------------------------


def _add() -> None:
    factories.service("x" * 121)


def _named(name: str) -> dict[str, str]:
    return {"name": name, "folded_name": name}


def _add_many() -> None:
    db.session.execute(insert(Service), [_named("Early Help"), _named("x" * 121)])


def _change() -> None:
    factories.service("Early Help").name = "x" * 121
    db.session.flush()


def _change_many() -> None:
    factories.service("Early Help")
    db.session.execute(update(Service).values(name="x" * 121))


@pytest.mark.parametrize("write", [_add, _add_many, _change, _change_many])
def test_neither_engine_keeps_a_text_that_is_longer_than_its_column(write: Callable[[], None]) -> None:
    with pytest.raises((TooLong, DataError)):
        write()


def test_what_is_looked_for_may_be_longer_than_a_column() -> None:
    factories.service("Early Help")
    assert db.session.scalar(select(Service).where(Service.name == "x" * 121)) is None


def test_whoever_does_something_has_room_for_their_whole_name() -> None:
    """One that a person has, and how they did it besides: "Sam Oduya, by e-mailed link"."""
    named = re.compile(r"\w+_by|by_name|actor_name")
    short = [
        str(column)
        for table in db.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String) and named.fullmatch(column.name)
        if column.type.length != LONGEST_NAME
    ]
    assert short == []


def test_4_4_a_fact_is_recorded_and_superseded_by_the_longest_name() -> None:
    by, now = f"{'F' * 120} {'L' * 120}, by e-mailed link", clock.now()
    fact = record(Absence(person=factories.person(), first_day=date(2022, 1, 1)), by=by, now=now)
    supersede(fact, by=by, now=now)
    db.session.refresh(fact)
    assert (fact.recorded_by, fact.superseded_by) == (by, by)


# --- What the database refuses -------------------------------------------------------------------------

TAKEN = RuleBroken("Somebody was quicker")


def _domain(**values: Any) -> ApprovedDomain:
    return ApprovedDomain(**{"domain": "surgery.example", "created_at": clock.now()} | values)


def _domain_with(other: Callable[[Organisation], Any]) -> ApprovedDomain:
    """A domain that is right, saved together with something that the database refuses."""
    organisation = factories.organisation("Hill Surgery")
    db.session.add(other(organisation))
    return _domain(organisation=organisation)


def test_a_key_that_was_taken_meanwhile_is_said_in_a_sentence() -> None:
    organisation = factories.organisation("Hill Surgery")
    save_unique(_domain(organisation=organisation), taken=TAKEN)
    with pytest.raises(RuleBroken, match="Somebody was quicker"):
        save_unique(_domain(organisation=organisation), taken=TAKEN)


@pytest.mark.parametrize(
    "make",
    [
        lambda: _domain(domain="SURGERY.example", organisation=factories.organisation("Hill Surgery")),
        lambda: _domain(organisation_id=404),
        lambda: _domain(),
        lambda: _domain_with(lambda other: Organisation(name=other.name)),
    ],
    ids=["a check", "a row that is not there", "nothing where something must be", "another table’s key"],
)
def test_what_is_never_right_is_not_put_down_to_somebody_else(make: Callable[[], ApprovedDomain]) -> None:
    with pytest.raises(IntegrityError):
        save_unique(make(), taken=TAKEN)
