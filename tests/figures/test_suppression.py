"""What is hidden of small groups, so that nobody can be worked out (BM-05)."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.figures.queries.parts import Hiding, Part, suppress

pytestmark = pytest.mark.once


def parts(*sizes: int, complete: list[int] | None = None) -> list[Part]:
    done = complete or [size // 2 for size in sizes]
    return [
        Part(f"Team {number}", one, size) for number, (size, one) in enumerate(zip(sizes, done, strict=True))
    ]


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ((12, 20, 30), [12, 20, 30]),
        ((5, 6), [5, 6]),
        # The team of 3 and, as it could be worked out from the total, the next smallest.
        ((3, 12, 20, 30), ["fewer than 5", "not shown", 20, 30]),
        ((30, 12, 3, 20), [30, "not shown", "fewer than 5", 20]),
        # Two small ones hide each other, when there are five people in them or more.
        ((3, 4, 12, 20), ["fewer than 5", "fewer than 5", 12, 20]),
        ((2, 2, 12, 20), ["fewer than 5", "fewer than 5", "not shown", 20]),
        # Two of 4 are eight, which nothing else can be.
        ((4, 4, 12, 20), ["fewer than 5", "fewer than 5", "not shown", 20]),
        # One of 1 and one of 5 are six, which nothing else can be.
        ((1, 5, 12, 20), ["fewer than 5", "not shown", "not shown", 20]),
        # Of 16 at most 12 are in the other one, as the smallest that is shown has 12: the small one has 4.
        ((4, 12, 12, 20), ["fewer than 5", "not shown", "not shown", 20]),
        ((3, 12), ["fewer than 5", "not shown"]),
        # Nothing helps.
        ((4,), None),
        ((1, 1), None),
        ((1, 5), None),
        ((), []),
    ],
)
def test_bm05_small_groups_and_what_gives_them_away(
    sizes: tuple[int, ...], shown: list[object] | None
) -> None:
    found = suppress(parts(*sizes))
    assert [one.hiding.label or one.of for one in found] == (shown or [])
    assert all((one.of is None) == one.is_hidden == (one.complete is None) for one in found)


@pytest.mark.parametrize(
    ("sizes", "complete", "hidden"),
    [
        ((3, 12, 20), [0, 0, 10], [0, 1, 2]),
        ((3, 12, 20), [3, 12, 10], [0, 1, 2]),
        ((3, 12, 20), [0, 1, 10], [0, 1]),
        ((3, 12, 20), [0, 0, 0], [0, 1]),
        ((3, 12, 20), [3, 12, 20], [0, 1]),
    ],
)
def test_bm05_nobody_in_a_small_group_is_known_to_be_complete_or_not(
    sizes: tuple[int, ...], complete: list[int], hidden: list[int]
) -> None:
    found = suppress(parts(*sizes, complete=complete))
    assert [number for number, one in enumerate(found) if one.is_hidden] == hidden


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_bm05_no_hidden_number_follows_from_the_others(sizes: list[int]) -> None:
    """Whoever tries every size that the table allows finds at least two for each hidden row."""
    found = suppress(parts(*sizes))
    hidden = [one for one in found if one.is_hidden]
    assert all(one.hiding is Hiding.SMALL for one, size in zip(found, sizes, strict=False) if size < 5)
    if not hidden:
        return
    shown = [one.of for one in found if one.of is not None]
    rest = sum(sizes) - sum(shown)
    most = min(shown, default=rest)
    allowed = [range(1, 5) if one.hiding is Hiding.SMALL else range(5, most + 1) for one in hidden]
    assert len(hidden) >= 2
    assert rest >= 5
    for number, sizes_of_one in enumerate(allowed):
        of_others = _sums([*allowed[:number], *allowed[number + 1 :]])
        assert sum(rest - size in of_others for size in sizes_of_one) > 1


def _sums(allowed: Iterable[Iterable[int]]) -> set[int]:
    """Every number of people that rows of these sizes can have together."""
    found = {0}
    for sizes in allowed:
        found = {before + size for before in found for size in sizes}
    return found
