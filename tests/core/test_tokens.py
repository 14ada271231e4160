"""Tokens of e-mailed links: ours alone, for one purpose, for a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.core import tokens
from app.core.errors import RuleBroken


def test_a_token_names_its_row_for_its_purpose_alone() -> None:
    token = tokens.make("approval", 42)
    assert tokens.read("approval", token) == 42
    for purpose, forged in (("booking", token), ("approval", token[:-1]), ("approval", "42")):
        with pytest.raises(RuleBroken, match="not one of ours"):
            tokens.read(purpose, forged)


def test_a_token_is_good_while_the_address_that_it_went_to_is_theirs() -> None:
    token = tokens.make("approval", 42, to="Ada@Council.example")
    assert tokens.read("approval", token) == 42
    tokens.check_sent_to(token, " ada@council.example")
    for address in ("ada.marsh@council.example", None):
        with pytest.raises(RuleBroken, match="sent to another e-mail address"):
            tokens.check_sent_to(token, address)


def test_a_token_without_the_whole_mark_of_its_address_is_not_complete() -> None:
    token = tokens.make("approval", 42, to="ada@council.example")
    for cut in (token[:-1], token.partition("~")[0], tokens.make("approval", 42), f"{token}x"):
        with pytest.raises(RuleBroken, match="not one of ours"):
            tokens.check_sent_to(cut, "ada@council.example")
    with pytest.raises(RuleBroken, match="sent to another e-mail address"):
        tokens.check_sent_to(f"{token[:-1]}é", "ada@council.example")


def test_a_token_that_is_sent_on_bears_the_mark_of_the_corrected_address() -> None:
    token = tokens.make("approval", 42, to="ada@council.example")
    sent_on = tokens.sent_on(token, "ada.marsh@council.example")
    tokens.check_sent_to(sent_on, "ada.marsh@council.example")
    with pytest.raises(RuleBroken, match="sent to another e-mail address"):
        tokens.check_sent_to(sent_on, "ada@council.example")
    assert tokens.sent_on("a-secret", "ada.marsh@council.example") == "a-secret"


def test_a_token_is_over_after_its_time(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01 09:00")
    token = tokens.make("approval", 42)
    travel_to("2022-03-03 09:00")
    assert tokens.read("approval", token, lasts=timedelta(days=2)) == 42
    travel_to("2022-03-03 09:01")
    with pytest.raises(RuleBroken, match="has run out: it worked for 2 days"):
        tokens.read("approval", token, lasts=timedelta(days=2))
