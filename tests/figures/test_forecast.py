"""The forecast and the colour as pure arithmetic: the worked tables of 4.11 and 4.12."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.figures.models import Colour
from app.figures.queries.colours import verdict_on_people, verdict_on_score, verdict_on_sessions
from app.figures.queries.forecast import Forecast, last_useful_start

DEADLINE = date(2022, 3, 31)
TODAY = date(2022, 2, 28)


def _forecast(complete: int, booked: int, free: int, people: int = 110, required: int = 88) -> Forecast:
    return Forecast(required=required, people=people, complete=complete, booked=booked, free=free)


@pytest.mark.parametrize(
    ("inputs", "likely", "best", "ceiling", "to_book", "shortfall", "colour"),
    [
        ((41, 30, 14), 68, 71, 80, 23, 9, Colour.RED),
        ((41, 30, 30), 68, 71, 95, 23, 0, Colour.AMBER),
        ((41, 53, 7), 88, 94, 95, 0, 0, Colour.GREEN),
        ((88, 0, 0), 88, 88, 88, 0, 0, Colour.MET),
        ((84, 10, 0, 118, 95), 93, 94, 93, 3, 3, Colour.RED),
        ((84, 10, 0, 110, 88), 93, 94, 93, 0, 0, Colour.GREEN),
    ],
)
def test_4_11_the_worked_table(
    inputs: tuple[int, ...],
    likely: int,
    best: int,
    ceiling: int,
    to_book: int,
    shortfall: int,
    colour: Colour,
) -> None:
    forecast = _forecast(*inputs)
    assert (forecast.likely, forecast.best, forecast.ceiling) == (likely, best, ceiling)
    assert (forecast.to_book, forecast.place_shortfall) == (to_book, shortfall)
    verdict = verdict_on_people(forecast, as_at=TODAY, deadline=DEADLINE, has_marks=True)
    assert verdict.colour is colour


def test_am07_what_the_page_says() -> None:
    forecast = _forecast(41, 30, 14)
    assert forecast.to_book_in_words == "Book 23 more people; 14 places exist; 9 more places needed."
    assert (forecast.gap, forecast.unbooked, forecast.extra_runs, forecast.short_even_if_full) == (
        47,
        39,
        1,
        8,
    )
    verdict = verdict_on_people(forecast, as_at=TODAY, deadline=DEADLINE, has_marks=True)
    assert verdict.reason == "At most 80 are likely by 31 March 2022 even if every place is filled: 8 short."


@pytest.mark.parametrize(
    ("people", "inputs", "words"),
    [
        (
            None, (15, 22, 28, 60),
            "Book 29 more people, rounded up; 28 people can be booked, which is just enough.",
        ),
        (
            5, (3, 1, 16, 4),
            "Book 2 more people, rounded up; 1 person can be booked, which is just enough.",
        ),
        (None, (15, 22, 27, 60), "Book 29 more people; 27 places exist; 2 more places needed."),
    ],
)  # fmt: skip
def test_4_11_what_the_rounding_alone_asks_for_is_not_called_missing(
    people: int | None, inputs: tuple[int, int, int, int], words: str
) -> None:
    """To book is rounded up and likely down: where filling every place is enough it is amber, and says so."""
    complete, booked, free, required = inputs
    forecast = Forecast(required=required, people=people, complete=complete, booked=booked, free=free)
    assert forecast.to_book_in_words == words
    verdict = verdict_on_people(forecast, as_at=TODAY, deadline=DEADLINE, has_marks=True)
    assert (verdict.colour is Colour.AMBER) is forecast.is_just_enough is words.endswith("just enough.")


@pytest.mark.parametrize(
    ("short", "capacity", "runs"), [(0, 16, 0), (1, 16, 1), (16, 16, 1), (17, 16, 2), (9, 4, 3)]
)
def test_4_11_extra_runs_of_the_usual_capacity(short: int, capacity: int, runs: int) -> None:
    forecast = replace(
        _forecast(0, 0, 0, people=100, required=short or 1), absence=Fraction(0), usual_capacity=capacity
    )
    if not short:
        forecast = replace(forecast, complete=1)
    assert forecast.extra_runs == runs


@pytest.mark.parametrize(
    ("deadline", "days", "start"),
    [
        (date(2022, 3, 31), 5, date(2022, 3, 3)),
        (date(2022, 3, 31), 1, date(2022, 3, 31)),
        (date(2022, 4, 3), 1, date(2022, 4, 1)),
        (date(2022, 4, 18), 2, date(2022, 4, 7)),
    ],
)
def test_4_11_last_useful_start(deadline: date, days: int, start: date) -> None:
    """18 April is Easter Monday and 15 April Good Friday, so that two Thursdays end by 14 April."""
    assert last_useful_start(deadline, days) == start


def test_4_11_more_than_are_left_is_impossible() -> None:
    forecast = _forecast(10, 0, 50, people=20, required=20)
    assert forecast.to_book == 12
    assert forecast.is_impossible
    assert forecast.to_book_in_words == ("Book 12 more people: impossible, as only 10 people are not booked.")


@pytest.mark.parametrize(
    ("shut_out", "free", "ceiling", "to_be_done", "words"),
    [
        (0, 26, 13, (14, 0, 0), "Book 14 more people; 26 places exist."),
        (0, 12, 10, (14, 2, 1), "Book 14 more people; 12 places exist; 2 more places needed."),
        (1, 14, 12, (14, 0, 0), "Book 14 more people; 14 places exist."),
        (
            3, 12, 10, (None, None, None),
            "Book 14 more people: impossible, as only 12 of those not booked may book: widen the "
            "audience, or change whom the target counts.",
        ),
        (
            15, 0, 0, (None, None, None),
            "Book 14 more people: impossible, as none of those not booked may book: widen the "
            "audience, or change whom the target counts.",
        ),
    ],
)  # fmt: skip
def test_4_11_more_runs_are_not_asked_for_where_too_few_may_book(
    shut_out: int, free: int, ceiling: int, to_be_done: tuple[int | None, ...], words: str
) -> None:
    """Of 15 people 12 are required; 3 of them are outside the audience, and no run helps."""
    forecast = replace(_forecast(0, 0, free, people=15, required=12), shut_out=shut_out)
    assert (forecast.ceiling, forecast.to_be_done) == (ceiling, to_be_done)
    assert forecast.to_book_in_words == words
    assert forecast.is_impossible is (shut_out > 1)


@pytest.mark.parametrize(
    ("forecast", "as_at", "has_marks", "met_on", "colour", "reason"),
    [
        (None, TODAY, True, None, Colour.NO_DATA, "No minimum is stated."),
        (_forecast(0, 0, 0, people=0, required=0), TODAY, True, None, Colour.NO_DATA, "No one is in scope."),
        (_forecast(0, 9, 9), TODAY, False, None, Colour.NO_DATA, "No register is marked yet."),
        (
            _forecast(0, 9, 9), date(2022, 4, 1), False, None, Colour.NO_DATA,
            "No register was ever marked.",
        ),
        (_forecast(88, 0, 0), TODAY, True, None, Colour.MET, "88 complete, 88 needed."),
        (
            _forecast(89, 0, 0), date(2022, 4, 7), True, date(2022, 3, 29), Colour.MET,
            "Met on 29 March 2022.",
        ),
        (_forecast(87, 0, 0), DEADLINE, True, None, Colour.RED, None),
        (
            _forecast(85, 9, 9), date(2022, 4, 1), True, None, Colour.MISSED,
            "3 people short after the deadline of 31 March 2022.",
        ),
        (
            _forecast(80, 20, 0), TODAY, True, None, Colour.GREEN,
            "98 are likely by 31 March 2022; 88 are needed.",
        ),
        (
            _forecast(80, 8, 0), TODAY, True, None, Colour.AMBER,
            "87 are likely by 31 March 2022; 88 are needed. 88 if everybody who is booked comes.",
        ),
        (
            _forecast(41, 30, 30), TODAY, True, None, Colour.AMBER,
            "68 are likely by 31 March 2022; 88 are needed. Fill places: 95 are likely if every free place "
            "is taken.",
        ),
    ],
)  # fmt: skip
def test_4_12_the_rules_in_their_order(
    forecast: Forecast | None,
    as_at: date,
    has_marks: bool,
    met_on: date | None,
    colour: Colour,
    reason: str | None,
) -> None:
    verdict = verdict_on_people(forecast, as_at=as_at, deadline=DEADLINE, has_marks=has_marks, met_on=met_on)
    assert verdict.colour is colour
    assert reason is None or verdict.reason == reason


@pytest.mark.parametrize(
    ("delivered", "confirmed", "unconfirmed", "as_at", "colour"),
    [
        (17, 0, 0, TODAY, Colour.MET),
        (11, 6, 0, TODAY, Colour.GREEN),
        (11, 4, 2, TODAY, Colour.AMBER),
        (11, 4, 1, TODAY, Colour.RED),
        (16, 5, 5, date(2022, 4, 1), Colour.MISSED),
    ],
)
def test_4_12_sessions_delivered(
    delivered: int, confirmed: int, unconfirmed: int, as_at: date, colour: Colour
) -> None:
    verdict = verdict_on_sessions(
        required=17,
        delivered=delivered,
        confirmed=confirmed,
        unconfirmed=unconfirmed,
        as_at=as_at,
        deadline=DEADLINE,
        not_scheduled="2 not scheduled",
    )
    assert verdict.colour is colour


@pytest.mark.parametrize(
    ("met_on", "words"),
    [
        (date(2022, 3, 31), "Met on 31 March 2022."),
        (date(2022, 4, 1), "Met on 1 April 2022, after the deadline of 31 March 2022."),
    ],
)
def test_4_12_what_was_met_after_its_deadline_says_so(met_on: date, words: str) -> None:
    asked: Any = {"as_at": date(2022, 4, 2), "deadline": DEADLINE, "met_on": met_on}
    people = verdict_on_people(Forecast(88, 110, 88, 0, 0), has_marks=True, **asked)
    sessions = verdict_on_sessions(
        required=9, delivered=9, confirmed=0, unconfirmed=0, not_scheduled="", **asked
    )
    assert (people.reason, sessions.reason) == (words, words)


@pytest.mark.parametrize(
    ("score", "replies", "margin", "colour"),
    [
        ("8.0", 84, None, Colour.GREEN),
        ("7.5", 84, None, Colour.AMBER),
        ("7.4", 84, None, Colour.RED),
        ("7.4", 84, "1.0", Colour.AMBER),
        ("9.0", 4, None, Colour.NO_DATA),
        ("8.0", None, None, Colour.GREEN),
        (None, None, None, Colour.NO_DATA),
    ],
)
def test_4_12_scores(score: str | None, replies: int | None, margin: str | None, colour: Colour) -> None:
    verdict = verdict_on_score(
        minimum=Decimal("8.0"),
        score=Decimal(score) if score else None,
        replies=replies,
        margin=Decimal(margin) if margin else None,
    )
    assert verdict.colour is colour


@given(
    people=st.integers(0, 300),
    shares=st.tuples(st.fractions(0, 1), st.fractions(0, 1)),
    free=st.integers(0, 300),
    percent=st.integers(1, 100),
    absence=st.fractions(0, Fraction(9, 10)),
)
def test_4_11_what_always_holds(
    people: int, shares: tuple[Fraction, Fraction], free: int, percent: int, absence: Fraction
) -> None:
    """Booking as many more as it says makes the target likely; what is just enough misses nothing."""
    complete = int(people * shares[0])
    booked = int((people - complete) * shares[1])
    required = -(-people * percent // 100)
    forecast = Forecast(required, people, complete, booked, free, absence)
    assert complete <= forecast.likely <= forecast.best <= people
    assert forecast.likely <= forecast.ceiling <= people
    more = replace(forecast, booked=booked + forecast.to_book)
    assert more.likely >= required
    assert forecast.place_shortfall == 0 or forecast.to_book > free
    if forecast.is_just_enough:
        assert (forecast.is_impossible, forecast.place_shortfall, forecast.extra_runs) == (False, 0, 0)
        assert forecast.to_be_done == (forecast.to_book, 0, 0)
