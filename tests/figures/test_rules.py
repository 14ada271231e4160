"""The arithmetic of targets, and changing targets, populations and cohorts."""

from __future__ import annotations

from datetime import UTC, date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock
from app.core.errors import RuleBroken
from app.figures import rules
from app.figures.queries import arithmetic

pytestmark = pytest.mark.once

TABLE_4_5 = [
    # done, of, shown, required, is met
    (88, 110, "80%", 88, True),
    (87, 110, "79%", 88, False),
    (87, 109, "79.8%", 88, False),
    (79, 99, "79.7%", 80, False),
    (83, 104, "79.8%", 84, False),
    (84, 104, "81%", 84, True),
    (94, 118, "79.6%", 95, False),
    (95, 118, "81%", 95, True),
    (0, 110, "0%", 88, False),
    (110, 110, "100%", 88, True),
]


@pytest.mark.parametrize(("done", "of", "shown", "required", "is_met"), TABLE_4_5)
def test_4_5_target_of_80_percent(done: int, of: int, shown: str, required: int, is_met: bool) -> None:
    assert arithmetic.required_number(Decimal(80), of) == required
    assert arithmetic.is_met(done, required) is is_met
    assert arithmetic.shown_percent(done, of, Decimal(80)) == shown


@pytest.mark.parametrize(
    ("percent", "of", "required"),
    [
        ("80", 111, 89),
        ("80", 118, 95),
        ("55", 100, 55),  # 0.55 * 100 as floats is 55.00000000000001, whose ceiling is 56
        ("82.5", 40, 33),
        ("33.33", 3, 1),
        ("0.01", 1, 1),
        ("100", 263, 263),
        ("80", 0, 0),
    ],
)
def test_4_5_required_number_is_exact(percent: str, of: int, required: int) -> None:
    assert arithmetic.required_number(Decimal(percent), of) == required


@pytest.mark.parametrize(
    ("done", "of", "shown"),
    [
        (239, 263, "91%"),
        (118, 263, "45%"),
        (238, 270, "88%"),
        (89, 200, "45%"),  # 44.5: halves go up, where Python's round() says 44
        (262, 263, "99.6%"),
        (9999, 10000, "99.9%"),
        (1, 263, "0.3%"),
        (1, 2000, "0.05%"),
        (7, 100000, "0.007%"),
        (0, 263, "0%"),
        (263, 263, "100%"),
        (0, 0, "no one in scope"),
    ],
)
def test_4_5_shown_without_a_target(done: int, of: int, shown: str) -> None:
    assert arithmetic.shown_percent(done, of) == shown


@given(
    st.integers(1, 20_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))),
    st.decimals(Decimal("0.01"), Decimal(100), places=2),
)
def test_4_5_no_percentage_ever_misleads(count: tuple[int, int], percent: Decimal) -> None:
    done, of = count
    required = arithmetic.required_number(percent, of)
    is_met = arithmetic.is_met(done, required)
    assert is_met == (100 * done >= percent * of)
    assert is_met or 100 * (required - 1) < percent * of

    shown = Decimal(arithmetic.shown_percent(done, of, percent).removesuffix("%"))

    assert shown < percent or is_met
    assert (shown == 100) == (done == of)
    assert (shown == 0) == (done == 0)
    exact = Decimal(100 * done) / of
    if shown == shown.to_integral_value():
        assert exact - Decimal("0.5") <= shown <= exact + Decimal("0.5")
    else:
        assert shown <= exact


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("2022-04-01", "2022-04-01T22:59:59.999999+00:00"),  # the end of the day in London, in summer
        ("2022-01-31", "2022-01-31T23:59:59.999999+00:00"),
        ("1/4/2022", "2022-04-01T22:59:59.999999+00:00"),
        ("2022-04-01T17:00", "2022-04-01T16:00:00+00:00"),
        ("2022-04-01 17:00:30", "2022-04-01T16:00:30+00:00"),
        ("2022-04-01T17:00:00+00:00", "2022-04-01T17:00:00+00:00"),
    ],
)
def test_4_4_known_at_date_means_the_end_of_that_day_in_london(typed: str, instant: str) -> None:
    assert rules.known_at_from(typed).astimezone(UTC).isoformat() == instant


@pytest.mark.parametrize("typed", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_4_4_of_a_day_too_far_off_it_is_said_which_days_can_be_asked_for(typed: str) -> None:
    sentence = "is too far off: figures can be asked for days from 1 January 1900 to 31 December 2199."
    for read in (rules.as_at_from, rules.known_at_from):
        with pytest.raises(RuleBroken) as refused:
            read(typed)
        assert refused.value.message == f"“{typed}” {sentence}"
    with pytest.raises(RuleBroken, match=sentence):
        rules.known_at_from(f"{typed}T23:59:59+00:00")


@pytest.mark.parametrize("typed", ["2021-08-01", "01/08/2021", " 1/8/2021 "])
def test_4_4_a_day_is_read_in_either_form(typed: str) -> None:
    assert rules.as_at_from(typed) == date(2021, 8, 1)


@pytest.mark.parametrize("typed", ["1900-01-01", "2199-12-31"])
def test_4_4_the_first_and_the_last_day_that_can_be_asked_for(typed: str) -> None:
    assert rules.as_at_from(typed).isoformat() == typed
    assert clock.day_of(rules.known_at_from(typed)).isoformat() == typed


@pytest.mark.parametrize("typed", ["", "08/31/2021", "31/08/21", "10000-01-01", "2021-02-30", "20210831"])
def test_4_4_what_is_no_day_is_one_sentence(typed: str) -> None:
    with pytest.raises(RuleBroken, match="Write it like 2021-08-31"):
        rules.as_at_from(typed)


@pytest.mark.parametrize(
    "typed",
    ["", "04/31/2022", "01/04/2022T17:00", "2022-13-01", "20220401", "yesterday", "2022-04-01T25:00"],
)
def test_4_4_known_at_that_is_no_date_is_one_sentence(typed: str) -> None:
    with pytest.raises(RuleBroken, match="is not a date or a time"):
        rules.known_at_from(typed)
