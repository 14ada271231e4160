"""Why HR's file may not be applied as a whole: it was cut short, or one of its columns has slipped. (U-20)"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.core.filters import day as in_words
from app.core.filters import plural
from app.core.names import folded
from app.exchange.files import HrRow
from app.exchange.rules.known import KnownPerson

STOP_ABOVE_PERCENT = 10
NAMES = {"first_name", "last_name"}
IS_IT_THE_SAME = "Is this the same person? What they booked and attended goes on under this name."

Renamed = tuple[HrRow, KnownPerson]  # the line, and who has its number here


def cut_short_in_words(lines: int, missing: int, in_post: int, effective: date) -> str:
    """U-20: "This file has 140 lines, and 123 of the 263 people in post ... (47%)". A share that is told as
    the 10% itself would contradict that it is more: 30 of 297 stand without it."""
    percent = (200 * missing + in_post) // (2 * in_post)
    share = f" ({percent}%)" if percent > STOP_ABOVE_PERCENT else ""
    return (
        f"This file has {plural(lines, 'line')}, and {missing:,} of the {in_post:,} people in post on "
        f"{in_words(effective)} are missing from it{share}. More than {STOP_ABOVE_PERCENT}% of them "
        "would end, so the file may have been cut short, and nothing was changed. Export it again, with a "
        "line for whoever was added here by hand; if they have all left, put their last days into the column "
        "end_date."
    )


def slipped_in_words(renamed: Sequence[Renamed]) -> str | None:
    """Why a file stops in which numbers have each other's names; None where there are no such lines.

    00100 was Ann Reed and 00101 Bo Lee. That 00100 is Cy Hart now may be; where 00101 is Ann Reed as well,
    everybody would have somebody else's places and marks.
    """
    now = {_name(row) for row, _person in renamed}
    mixed = [(row, person) for row, person in renamed if _name(person) in now]
    if not mixed:
        return None
    row, person = mixed[0]
    numbers = plural(len(mixed), "number has the name", "numbers have the names")
    was = f"{person.first_name} {person.last_name}"
    return (
        f"In this file {numbers} of somebody else: on line {row.line}, {row.employee_number} is "
        f"{row.first_name} {row.last_name}, and was {was}. One column has probably slipped against the "
        "others, and nothing was changed. Export the file again, and sort it as a whole or not at all."
    )


def _name(one: HrRow | KnownPerson) -> str:
    return folded(f"{one.first_name} {one.last_name}")
