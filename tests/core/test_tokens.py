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


def test_a_token_is_over_after_its_time(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01 09:00")
    token = tokens.make("approval", 42)
    travel_to("2022-03-03 09:00")
    assert tokens.read("approval", token, lasts=timedelta(days=2)) == 42
    travel_to("2022-03-03 09:01")
    with pytest.raises(RuleBroken, match="has run out: it worked for 2 days"):
        tokens.read("approval", token, lasts=timedelta(days=2))
