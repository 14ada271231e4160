"""Which rows are hidden of several tables of the same people, so that none tells of another (BM-05)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from app.figures.queries.parts import Part, can_be_worked_out, hidden_with

Name = tuple[str, ...]
Rows = Mapping[Name, Part]

# Teams stand below their service: where they would tell of one another it is enough to list none of them.
_BELOW = {"team": "service"}


@dataclass(frozen=True)
class _Side:
    """Some rows of one table."""

    table: str
    names: frozenset[Name]


_Block = tuple[_Side, _Side]  # rows of two tables that are together the same people


def hidden_rows(tables: Mapping[str, Rows], together: Sequence[Mapping[str, Name]]) -> dict[str, set[Name]]:
    """The rows of each table that are hidden from those who may not see names.

    `together` says of each group of people in which row of each table they stand. Where rows of two tables
    are the same people, as the services are the council's, and whoever is in none comes from another sector,
    each table tells the sum of the other's rows: so rows are hidden within the council's services. Where that
    can't be, all of these rows are hidden in both tables, as if they were one small row. One thing leads to
    another until nothing that is shown tells of what is not.
    """
    hidden = {table: {name for name, one in rows.items() if one.is_small} for table, rows in tables.items()}
    if not any(hidden.values()):
        return hidden
    # In an order of their own: a page and a file that count the same people must hide the same of them.
    in_order = sorted(together, key=lambda names: list(names.values()))
    pairs = [_same_people(one, other, in_order) for one, other in combinations(tables, 2)]
    found, before = _Tables(tables, hidden), 0
    while found.count > before:
        before = found.count
        found.widen(pairs)
    return hidden


@dataclass
class _Tables:
    """What is hidden of each table so far."""

    tables: Mapping[str, Rows]
    hidden: Mapping[str, set[Name]]

    @property
    def count(self) -> int:
        return sum(len(names) for names in self.hidden.values())

    def widen(self, pairs: Iterable[Sequence[_Block]]) -> None:
        """Hide what tells of what is hidden: within few people first, so that no more is hidden than must."""
        sides = [
            (side, other, len(blocks) == 1)
            for blocks in pairs
            for block in blocks
            for side, other in (block, block[::-1])
        ]
        for side, other, is_everybody in sorted(sides, key=lambda one: self._people(one[0])):
            self._widen_within(side, other, is_everybody=is_everybody)
        for blocks in pairs:
            self._widen_by_block(blocks)

    def _widen_within(self, side: _Side, other: _Side, *, is_everybody: bool) -> None:
        """Hide rows of one side whose sum is known from the other; or both sides, when nothing else helps.

        Of a table's whole people the sum is known whatever is hidden of another table.
        """
        is_below = _BELOW.get(side.table) == other.table
        if is_everybody and side.table in _BELOW and not is_below:
            return  # not every team is listed, so that the sum of those that are is not known
        found = hidden_with(self.hidden[side.table] & side.names, self._rows(side))
        self._hide(side, side.names if found is None else found)
        if found is None and not is_everybody and not is_below:
            self._hide(other, other.names)

    def _widen_by_block(self, blocks: Sequence[_Block]) -> None:
        """Blocks of which nothing may be known are as the rows of one table, whose sum is everybody."""
        rows = {number: self._as_one(block) for number, block in enumerate(blocks)}
        closed = [number for number, block in enumerate(blocks) if self._is_closed(block)]
        found = hidden_with(closed, rows)
        for number in rows if found is None else found:
            for side in blocks[number]:
                self._hide(side, side.names)

    def _is_closed(self, block: _Block) -> bool:
        """Whether all of a block is hidden, and its sum would tell of some row of it."""
        return all(side.names <= self.hidden[side.table] for side in block) and any(
            can_be_worked_out(list(self._rows(side).values()), []) for side in block
        )

    def _as_one(self, block: _Block) -> Part:
        """A block as a single row."""
        rows = list(self._rows(block[0]).values())
        to_book = [one.to_book or 0 for side in block for one in self._rows(side).values()]
        return Part("", sum(one.complete or 0 for one in rows), self._people(block[0]), to_book=sum(to_book))

    def _rows(self, side: _Side) -> dict[Name, Part]:
        return {name: one for name, one in self.tables[side.table].items() if name in side.names}

    def _people(self, side: _Side) -> int:
        return sum(one.of or 0 for one in self._rows(side).values())

    def _hide(self, side: _Side, names: Iterable[Name]) -> None:
        self.hidden[side.table].update(names)


def _same_people(one: str, other: str, together: Sequence[Mapping[str, Name]]) -> list[_Block]:
    """The rows of two tables in blocks, as small as can be, that are the same people in both."""
    found: dict[tuple[str, Name], set[tuple[str, Name]]] = {}
    for names in together:
        row, beside = (one, names[one]), (other, names[other])
        if row in found and found[row] is found.get(beside):
            continue
        block = {row, beside}.union(found.get(row, ()), found.get(beside, ()))
        found.update(dict.fromkeys(block, block))
    blocks = {id(block): block for block in found.values()}.values()
    return [(_side(one, block), _side(other, block)) for block in blocks]


def _side(table: str, block: Iterable[tuple[str, Name]]) -> _Side:
    return _Side(table, frozenset(name for of, name in block if of == table))
