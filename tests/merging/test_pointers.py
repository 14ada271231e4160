"""Whatever names a person goes on under the survivor, whichever room it stands in. (U-07)"""

from __future__ import annotations

import pytest

from app.core.db import Base
from app.merging.rules.merge_log import FACTS
from app.merging.rules.pointers import columns_naming_people

pytestmark = pytest.mark.once


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


def test_u07_everything_else_that_names_a_person_can_be_pointed_to_the_survivor_and_back() -> None:
    columns = list(columns_naming_people())
    assert {"booking.person_id", "approval.approver_id", "deputy.manager_id", "deputy.deputy_id"} <= {
        f"{table.name}.{column.name}" for table, column in columns
    }
    assert [table.name for table, _ in columns if "id" not in table.c] == []
