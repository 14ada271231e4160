"""What statements are made of."""

from __future__ import annotations

from sqlalchemy import column, select

from app.core.db import materialized


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
