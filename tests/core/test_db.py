"""What statements are made of."""

from __future__ import annotations

from sqlalchemy import column, func, select, text

from app.core.db import db, facts_in, materialized
from app.people.models import Absence, Person
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
