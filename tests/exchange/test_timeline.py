"""What each kind of news makes of a person's time in posts."""

from __future__ import annotations

from datetime import date

import pytest

from app.exchange.rules import timeline as times
from app.exchange.rules.timeline import Placement, Stretch, Timeline
from app.people.models import EmploymentType

A, B, C = (Placement(EmploymentType.EMPLOYEE, job_title=title) for title in "ABC")
HIRED, LAST = date(2019, 1, 7), date(2021, 8, 31)


def stretch(first: date, last: date | None, placement: Placement, employed_from: date = HIRED) -> Stretch:
    return Stretch(first, last, employed_from, placement)


OPEN: Timeline = (stretch(HIRED, None, A),)
LEFT: Timeline = (stretch(HIRED, LAST, A),)
MOVED: Timeline = (stretch(HIRED, LAST, A), stretch(date(2021, 9, 1), None, B))


def cut(on: date, before: Placement, after: Placement, last: date | None = None) -> Timeline:
    """Two stretches from the hiring day, the second from `on`."""
    return (stretch(HIRED, on - times.DAY, before), stretch(on, last, after))


@pytest.mark.parametrize(
    ("before", "on", "after"),
    [
        pytest.param(OPEN, date(2022, 3, 1), cut(date(2022, 3, 1), A, C), id="from a day"),
        pytest.param(OPEN, HIRED, (stretch(HIRED, None, C),), id="on the first day"),
        pytest.param(OPEN, date(2018, 1, 1), (stretch(HIRED, None, C),), id="before the first day"),
        pytest.param(LEFT, LAST, cut(LAST, A, C, LAST), id="on the last day"),
        pytest.param(LEFT, date(2021, 9, 1), LEFT, id="after leaving"),
        pytest.param(MOVED, date(2021, 9, 1), cut(date(2021, 9, 1), A, C), id="again that day"),
        pytest.param(
            MOVED, date(2020, 1, 1), (*cut(date(2020, 1, 1), A, C, LAST), MOVED[1]), id="in the past"
        ),
    ],
)
def test_a_move_opens_a_stretch_and_the_old_one_ends_the_day_before(
    before: Timeline, on: date, after: Timeline
) -> None:
    assert times.moved(before, on, C) == after


def test_a_move_to_the_same_place_changes_nothing() -> None:
    assert times.moved(MOVED, date(2022, 1, 1), B) is MOVED


@pytest.mark.parametrize(
    ("before", "last_day", "after"),
    [
        (OPEN, date(2022, 2, 11), (stretch(HIRED, date(2022, 2, 11), A),)),
        (MOVED, date(2022, 2, 11), (MOVED[0], stretch(date(2021, 9, 1), date(2022, 2, 11), B))),
        (MOVED, date(2021, 6, 30), (stretch(HIRED, date(2021, 6, 30), A),)),
        (LEFT, date(2022, 1, 1), LEFT),
    ],
)
def test_u06_nothing_comes_after_the_last_day(before: Timeline, last_day: date, after: Timeline) -> None:
    assert times.ended(before, last_day) == after


def test_a_last_day_is_taken_back() -> None:
    assert times.stays(LEFT) == OPEN


def test_u06_who_returns_begins_a_second_employment() -> None:
    back = date(2022, 5, 2)
    assert times.began(LEFT, back, None, B) == (*LEFT, stretch(back, None, B, employed_from=back))


@pytest.mark.parametrize(
    ("before", "first_day", "is_possible"),
    [
        (OPEN, date(2018, 1, 1), True),
        (OPEN, date(2020, 1, 1), True),
        (MOVED, date(2021, 8, 31), True),
        (MOVED, date(2021, 9, 1), False),
        ((*LEFT, stretch(date(2022, 1, 3), None, B, employed_from=date(2022, 1, 3))), date(2021, 9, 1), True),
        (
            (*LEFT, stretch(date(2022, 1, 3), None, B, employed_from=date(2022, 1, 3))),
            date(2021, 8, 31),
            False,
        ),
    ],
)
def test_a_start_date_is_put_right_within_its_employment(
    before: Timeline, first_day: date, is_possible: bool
) -> None:
    after = times.started_on(before, first_day)
    assert (after is not None) == is_possible
    if after is not None:
        assert after[-1].employed_from == first_day
        assert after[-1].last_day == before[-1].last_day
