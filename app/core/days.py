"""Days as statements reckon with them, where each engine has words of its own.

A mark keeps the day on which its window opens, reckoned in Python; of places to come, which are no marks yet,
the statement that reads them reckons it, and a test holds it to what Python says.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Date, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


def written(day: date) -> BindParameter[date]:
    """A day as part of a statement’s words, and not as a value that it is given.

    PostgreSQL plans each of our statements once, for any values (core.db). Where a day says whether hardly
    anything is read or nearly everything, the plan for any day takes several times as long.
    """
    return bindparam(None, day, Date, literal_execute=True)


class latest_of(GenericFunction[date]):  # noqa: N801 - read as the functions of SQL are
    """The latest of two or more days, none of them NULL."""

    type = Date()
    inherit_cache = True


class earliest_of(GenericFunction[date]):  # noqa: N801 - as above
    """The earliest of two or more days, none of them NULL."""

    type = Date()
    inherit_cache = True


class months_before(GenericFunction[date]):  # noqa: N801 - as above
    """`months_before(day, months)`: as `clock.months_before` says, 3 months before 31 May is 28 February.

    NULL when there are no months. Both are columns: a value would be written twice.
    """

    type = Date()
    inherit_cache = True


@compiles(latest_of, "sqlite")
def _sqlite_latest(function: latest_of, compiler: Any, **arguments: Any) -> str:
    return f"max{compiler.process(function.clause_expr, **arguments)}"


@compiles(earliest_of, "sqlite")
def _sqlite_earliest(function: earliest_of, compiler: Any, **arguments: Any) -> str:
    return f"min{compiler.process(function.clause_expr, **arguments)}"


@compiles(latest_of, "postgresql")
def _postgresql_latest(function: latest_of, compiler: Any, **arguments: Any) -> str:
    return f"greatest{compiler.process(function.clause_expr, **arguments)}"


@compiles(earliest_of, "postgresql")
def _postgresql_earliest(function: earliest_of, compiler: Any, **arguments: Any) -> str:
    return f"least{compiler.process(function.clause_expr, **arguments)}"


@compiles(months_before, "sqlite")
def _sqlite_months_before(function: months_before, compiler: Any, **arguments: Any) -> str:
    """SQLite takes what a month lacks from the next one: never later than the last day of the month."""
    day, months = (compiler.process(clause, **arguments) for clause in function.clauses)
    last = f"date({day}, 'start of month', '-' || ({months} - 1) || ' months', '-1 day')"
    return f"min(date({day}, '-' || {months} || ' months'), {last})"


@compiles(months_before, "postgresql")
def _postgresql_months_before(function: months_before, compiler: Any, **arguments: Any) -> str:
    day, months = (compiler.process(clause, **arguments) for clause in function.clauses)
    return f"({day} - make_interval(months => {months}))::date"
