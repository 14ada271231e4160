"""A line for each post of somebody who has two: they are counted once, under the main one. (4.6)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from app.core.names import folded
from app.exchange.files import HrRow, Problem, Sheet
from app.exchange.rules.stops import NAMES

_WHOLE_TIME = Decimal(1)


def main_posts(sheet: Sheet[HrRow], *, on: date) -> tuple[Sheet[HrRow], list[Problem]]:
    """The file with one line for each person, and what is said of the lines that are left out.

    The main post is one that is not over by then; of these the one with the largest share of full time, and
    of equal ones the first. A social worker with 0.6 on line 2 who is a support worker with 0.4 on line 3 is
    a social worker. Lines with one number that name two people stay: they are a mistake.
    """
    by_number: dict[str, list[HrRow]] = defaultdict(list)
    for row in sheet.rows:
        if row.is_right_in("employee_number"):
            by_number[row.employee_number].append(row)
    notices = [one for rows in by_number.values() if are_one_person(rows) for one in _left_out(rows, on)]
    lines = {one.line for one in notices}
    return replace(sheet, rows=[row for row in sheet.rows if row.line not in lines]), notices


def are_one_person(rows: Sequence[HrRow]) -> bool:
    """Nothing that can be read of them says otherwise."""
    named = [row for row in rows if row.is_right_in(*NAMES)]
    names = {folded(f"{row.first_name} {row.last_name}") for row in named}
    addresses = {row.work_email for row in rows if row.work_email}
    return len(names) <= 1 and len(addresses) <= 1


def _left_out(rows: Sequence[HrRow], on: date) -> Iterator[Problem]:
    main = max(rows, key=lambda row: (_is_held(row, on), row.fte or _WHOLE_TIME, -row.line))
    for row in rows:
        if row is not main:
            name = f"{main.first_name or row.first_name} {main.last_name or row.last_name}"
            reason = f"Another post of {name}, whose main post is on line {main.line}."
            yield Problem(row.line, "employee_number", reason)


def _is_held(row: HrRow, on: date) -> bool:
    return row.end_date is None or row.end_date >= on
