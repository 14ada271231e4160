"""What the database keeps of merges, whatever the code does."""

from __future__ import annotations

import pytest

from app.core import clock
from app.core.permissions import Role
from app.merging import rules
from tests import factories
from tests.constraints import Changes, checks_of, refused_by

CASES: list[tuple[str, Changes]] = [
    ("ck_merge_two_records", lambda merge: {"survivor_id": merge.merged_id}),
    ("ck_merge_undone_at_and_by_together", {"undone_by": "Somebody"}),
    ("ck_merge_undone_at_and_by_together", lambda merge: {"undone_at": merge.merged_at}),
    ("uq_merge_stands", {}),
]


@pytest.mark.parametrize(("constraint", "changes"), CASES)
def test_the_database_keeps_what_is_said_of_a_merge(constraint: str, changes: Changes) -> None:
    by, now = factories.actor(Role.ACADEMY_MANAGER), clock.now()
    merge = rules.merge(survivor=factories.staff(), merged=factories.staff(), by=by, now=now)
    refused_by(constraint, merge, changes)


@pytest.mark.once
def test_every_check_has_its_case() -> None:
    assert {name for name, _ in CASES if name.startswith("ck_")} == checks_of("merging")
