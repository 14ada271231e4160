"""What a job says of what it could not do."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy.exc import IntegrityError

from app.core.db import db
from app.core.errors import RuleBroken
from app.core.tally import Tally, each, trouble
from tests import factories


@pytest.mark.once
def test_sa04_the_last_that_failed_is_named_and_nobody_is() -> None:
    kept: list[int] = []

    def act(item: int) -> int:
        if item > 1:
            raise RuleBroken("Ada Marsh has left.")
        return 1

    keep, drop = partial(kept.append, 1), partial(kept.append, 0)
    tally = each(range(4), act, keep=keep, drop=drop, key=lambda item: f"run {item}")
    assert tally == Tally(done=2, failed=2, problem="The last was run 3 (RuleBroken): the log says why.")
    assert kept == [1, 1, 0, 0]


def test_30_what_the_database_refuses_is_said_without_the_row(database: None) -> None:
    taken = factories.person().id
    db.session.expunge_all()
    with pytest.raises(IntegrityError) as refused:
        factories.person(id=taken, last_name="Marsh")
    assert trouble(refused.value) == "IntegrityError"
    assert trouble(ValueError("The disk is full")) == "ValueError: The disk is full"
