"""How values are shown."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.filters import breakable, first_listed, in_words

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("2022-03-31", "31 March 2022"),
        ("2022-03-31T08:30:00+00:00", "31 March 2022 at 09:30"),
        ("80%", "80%"),
        ("20220331", "20220331"),
        ("2022-13-45", "2022-13-45"),
        ("no one in scope", "no one in scope"),
        (16, 16),
        (None, None),
    ],
)
def test_a_value_of_the_audit_is_shown_as_elsewhere(kept: Any, shown: Any) -> None:
    assert in_words(kept) == shown


@pytest.mark.parametrize(
    ("first", "count", "shown"),
    [
        (["SOS2-07"], 1, "SOS2-07"),
        (["SOS2-07", "SOS2-08"], 2, "SOS2-07 and SOS2-08"),
        (["SOS2-07", "SOS2-08"], 3, "SOS2-07, SOS2-08 and 1 other run"),
        (["SOS2-07", "SOS2-08"], 14, "SOS2-07, SOS2-08 and 12 other runs"),
    ],
)
def test_the_first_of_a_list_are_said_and_how_many_others(first: list[str], count: int, shown: str) -> None:
    assert first_listed(first, count, "other run") == shown


@pytest.mark.parametrize(
    ("words", "html"),
    [
        ("Signs of Safety", "Signs of Safety"),
        ("Multidisciplinary & safe", "Multidisciplinary &amp; safe"),
        (
            "see Donaudampf<b>schifffahrt",
            'see <span class="takeup-breakable">Donaudampf&lt;b&gt;schifffahrt</span>',
        ),
    ],
)
def test_only_a_word_that_is_longer_than_a_column_may_break_anywhere(words: str, html: str) -> None:
    assert str(breakable(words)) == html
