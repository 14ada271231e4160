"""How values are shown."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.filters import in_words

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
