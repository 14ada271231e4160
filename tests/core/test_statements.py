"""What is kept of the statements that were compiled."""

from __future__ import annotations

import pytest
from sqlalchemy import Select, literal, select

from app.core.db import db
from app.core.statements import HOT, LONGEST, WORTH_KEEPING_AFTER, StatementCache
from app.people.models import Person


@pytest.fixture
def kept() -> StatementCache:
    return StatementCache()


def _ask(statement: Select[tuple[int]], kept: StatementCache) -> int:
    db.session.execute(statement, execution_options={"compiled_cache": kept})
    return len(kept)


def test_what_is_asked_again_and_again_is_kept(kept: StatementCache) -> None:
    sizes = [_ask(select(Person.id).where(Person.id == number), kept) for number in range(4)]

    assert sizes == [0] * (WORTH_KEEPING_AFTER - 1) + [1, 1]


def _long() -> Select[tuple[int]]:
    columns = [literal(number).label(f"a_name_of_some_length_{number}") for number in range(LONGEST // 30)]
    return select(Person.id, *columns)


def test_what_is_long_is_never_kept(kept: StatementCache) -> None:
    sizes = [_ask(_long(), kept) for _ in range(2 * WORTH_KEEPING_AFTER)]

    assert sizes == [0] * 2 * WORTH_KEEPING_AFTER


def test_what_is_long_and_says_that_it_is_hot_is_kept(kept: StatementCache) -> None:
    sizes = [_ask(_long().execution_options(**HOT), kept) for _ in range(WORTH_KEEPING_AFTER + 1)]

    assert sizes == [0] * (WORTH_KEEPING_AFTER - 1) + [1, 1]
