"""What is hidden where several tables tell of the same people, so that none tells of another (BM-05)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.figures.queries.hiding import Name, hidden_rows
from app.figures.queries.parts import Part

pytestmark = pytest.mark.once

Cell = tuple[str, str, str, int, int]  # service, role group and sector, how many people, how many complete


def hidden(cells: Sequence[Cell]) -> set[tuple[str, str]]:
    """The names that are hidden, each with its table."""
    together: list[dict[str, Name]] = [
        {"service": (cell[0],), "role": (cell[1],), "sector": (cell[2],)} for cell in cells
    ]
    tables = {}
    for table in ("service", "role", "sector"):
        of: Counter[Name] = Counter()
        complete: Counter[Name] = Counter()
        for names, (*_, people, done) in zip(together, cells, strict=True):
            of[names[table]] += people
            complete[names[table]] += done
        tables[table] = {name: Part(name[0], complete[name], of[name]) for name in sorted(of)}
    found = hidden_rows(tables, together)
    return {(table, name[0]) for table, names in found.items() for name in names}


PARTNERS = ("None", "No role", "Education", 12, 6)
HELP, NIGHT = ("Early Help", "Worker", "Council", 20, 12), ("Night", "Worker", "Council", 3, 1)


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        # Council less Early Help would be Night: both are hidden, and what is of partners alone is not.
        ([HELP, NIGHT, PARTNERS], {"Early Help", "Night"}),
        # Without partners the sector says no more than the total.
        ([HELP, NIGHT], {"Early Help", "Night"}),
        # Of the council's own staff there are no more than the small service: it is hidden as a sector and as
        # roles, too, and with it the smallest of the partners.
        (
            [NIGHT, PARTNERS, ("None", "No role", "Health", 30, 9)],
            {"Night", "Worker", "Council", "None", "No role", "Education", "Health"},
        ),
        # Night and Guard are the same people, and so are the services and the role beside them.
        (
            [HELP, ("Night", "Guard", "Council", 3, 1), ("Fostering", "Carer", "Council", 9, 4)],
            {"Night", "Guard", "Fostering", "Carer"},
        ),
        ([HELP, PARTNERS], set()),
    ],
)
def test_bm05_what_one_table_hides_no_other_tells(cells: Sequence[Cell], found: set[str]) -> None:
    assert {name for _, name in hidden(cells)} == found


def test_bm05_a_page_and_a_file_that_count_in_another_order_hide_the_same() -> None:
    """Of two alike that could be hidden with the small one it is always the first by name."""
    alike = [("Court", "Clerk", "Justice", 12, 6), ("Duty", "Driver", "Police", 12, 6)]
    cells = [("Night", "Guard", "Health", 3, 1), *alike, ("Early Help", "Worker", "Council", 30, 9)]
    for in_order in (cells, cells[::-1]):
        found = {name for _, name in hidden(in_order)}
        assert found == {"Night", "Guard", "Health", "Court", "Clerk", "Justice"}


@st.composite
def academies(draw: st.DrawFn) -> list[Cell]:
    """Employees of a few services and roles, some of which are of one service alone, and partners in none."""
    cells = []
    sizes = st.integers(1, 14)
    for service in "ABCD"[: draw(st.integers(1, 4))]:
        for role in draw(st.sets(st.sampled_from("XYZ" + service.lower()), min_size=1, max_size=2)):
            of = draw(sizes)
            cells.append((service, role, "Council", of, draw(st.integers(0, of))))
    for sector in "EH"[: draw(st.integers(0, 2))]:
        of = draw(sizes)
        cells.append(("None", "No role", sector, of, draw(st.integers(0, of))))
    return cells


@settings(max_examples=400, deadline=None)
@given(academies())
def test_bm05_no_hidden_row_is_a_sum_or_difference_of_what_is_shown(cells: list[Cell]) -> None:
    """Whoever adds up the rows that are shown, of all tables, and takes some from others and from the total,
    never comes to a hidden row; but to one that is everybody."""
    found = hidden(cells)
    rows = {
        (table, cell[at]): [int(one[at] == cell[at]) for one in cells]
        for cell in cells
        for at, table in enumerate(("service", "role", "sector"))
    }
    told = [row for name, row in rows.items() if name not in found] + [[1] * len(cells)]
    small = {
        name
        for name, row in rows.items()
        if sum(one[3] for one, is_in in zip(cells, row, strict=True) if is_in) < 5
    }
    assert small <= found
    assert [name for name in found if not all(rows[name]) and _rank([*told, rows[name]]) == _rank(told)] == []


def _rank(rows: Iterable[Sequence[int]]) -> int:
    """How many of these rows are not sums and differences of others."""
    left = [[Fraction(number) for number in row] for row in rows]
    rank = 0
    for column in range(len(left[0])):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        rank += 1
        left = [
            [one - row[column] / pivot[column] * other for one, other in zip(row, pivot, strict=True)]
            for row in left
        ]
    return rank
