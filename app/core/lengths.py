"""How long a text may be: PostgreSQL refuses one that is longer than its column, so SQLite does too."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import String, TableClause
from sqlalchemy.engine import Connection

# Of whoever did something, as it was: a first and a last name of 120 letters each, and how it was done,
# as in "Sam Oduya, by e-mailed link".
LONGEST_NAME = 300


_LOOKED_AT = "takeup_lengths"


class TooLong(ValueError):
    """A text is longer than its column; the message tells which column, and nothing of the text."""


def refuse_too_long(
    _connection: Connection, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool
) -> None:
    """Before a row is written on SQLite, which would keep a text of any length without a word.

    Otherwise whoever tries something on SQLite learns on PostgreSQL, from a council, that it is too long.
    What a statement only compares with, such as the words of a search, may be longer. Many rows go to the
    database in batches, each with all of them in its context: they are looked at before the first.
    """
    if not (context.isinsert or context.isupdate) or getattr(context, _LOOKED_AT, False):
        return
    setattr(context, _LOOKED_AT, True)
    longest = _lengths(context.compiled.statement.table)
    for values in context.compiled_parameters:
        for column, length in longest.items():
            value = values.get(column)
            if isinstance(value, str) and len(value) > length:
                raise TooLong(f"{column} holds {length} characters, and was given {len(value)}.")


@cache
def _lengths(table: TableClause) -> dict[str, int]:
    """The columns of a table that hold a text of some length, with it."""
    columns = table.columns.items()
    return {key: one.type.length for key, one in columns if isinstance(one.type, String) and one.type.length}
