"""Long-term absences as HR's file has them, beside those that are known. (4.6)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db import db, live
from app.exchange import rules
from app.exchange.models import ImportKind
from app.exchange.rules import Group
from app.people.models import Absence
from tests.exchange.samples import ACADEMY, bring_in_people, hr, look, staff

COLUMN = "long_term_absence_from"


@pytest.fixture(autouse=True)
def _on_the_first_of_march(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01 10:00")


def away(first_day: str, last_day: str = "") -> dict[str, str]:
    return {COLUMN: first_day, "long_term_absence_to": last_day}


@pytest.mark.parametrize(
    ("known", "said", "what"),
    [
        (away("2021-05-10"), away("2021-06-01"), "from 1 June 2021, no last day yet, not from 10 May 2021"),
        (
            away("2021-05-10", "2021-12-31"),
            away("2021-12-31", "2022-06-30"),
            "from 31 December 2021 to 30 June 2022, not from 10 May 2021 to 31 December 2021",
        ),
        (
            away("2021-05-10", "2021-12-31"),
            away("2021-01-04", "2021-05-10"),
            "from 4 January 2021 to 10 May 2021, not from 10 May 2021 to 31 December 2021",
        ),
        (away("2021-05-10", "2021-12-31"), away("2021-05-10"), "from 10 May 2021, no last day yet"),
        (away("2021-05-10", "2021-12-31"), away("2022-01-01"), "from 1 January 2022, no last day yet"),
    ],
)
def test_4_6_nobody_is_absent_twice_on_one_day(
    known: dict[str, str], said: dict[str, str], what: str
) -> None:
    """What the file dates otherwise takes the place of what is known, as its preview says."""
    bring_in_people(away("2020-02-03", "2020-03-31"))
    bring_in_people(known)
    row, plan = look(ImportKind.PEOPLE, hr(said))
    assert [one.what for one in plan.differences[Group.DETAILS]] == [f"Long-term absence {what}"]
    rules.apply(file_import=row, by=ACADEMY, now=clock.now() + timedelta(minutes=1))
    kept = db.session.scalars(select(Absence).where(live(Absence)).order_by(Absence.first_day)).all()
    assert kept[0].last_day == date(2020, 3, 31)
    assert kept[-1].first_day == date.fromisoformat(said[COLUMN])
    assert all(one.last_day < other.first_day for one, other in pairwise(kept))
    _, again = look(ImportKind.PEOPLE, hr(said))
    assert again.changes_nothing


def test_4_6_an_absence_begins_on_a_day_in_post_by_file_as_on_the_page() -> None:
    """Who came back may have been away in an earlier employment."""
    bring_in_people(*staff("000102", end_date="2020-12-31"))
    lines = [
        away("2019-01-06"),
        *staff("000102", start_date="2021-09-01", **away("2020-06-01", "2020-09-30")),
        *staff("000103", end_date="2021-12-31", **away("2022-01-01")),
        *staff("000104", **away("2019-01-07")),
    ]
    _, plan = look(ImportKind.PEOPLE, hr(*lines))
    assert [(one.line, one.field, one.reason) for one in plan.problems] == [
        (2, COLUMN, "Ann Archer is not in post on 6 January 2019, when this absence begins."),
        (4, COLUMN, "Given000103 Archer is not in post on 1 January 2022, when this absence begins."),
    ]


def test_an_absence_that_is_known_to_begin_out_of_post_can_still_end_otherwise() -> None:
    """As on the page, where only another first day is looked at."""
    bring_in_people(away("2019-01-07"))
    bring_in_people(away("2019-01-07") | {"start_date": "2019-02-04"})
    _, plan = look(ImportKind.PEOPLE, hr(away("2019-01-07", "2022-06-30") | {"start_date": "2019-02-04"}))
    assert (plan.problems, plan.counts["details"]) == ([], 1)
