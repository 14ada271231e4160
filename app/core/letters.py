"""Letters that nobody sees, and those that no page can show: alike for what is typed, and for what comes in a
file."""

from __future__ import annotations

import re

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile(r"[\u200b\u2060\ufeff]")


def visible(text: str) -> str:
    """A text without what nobody sees of it: it comes with a paste, and two names would look the same."""
    return _INVISIBLE.sub("", text)


def on_one_line(text: str) -> str:
    """What is seen of a text, with single spaces and without a line break: "Sam\\n Oduya " is "Sam Oduya"."""
    return " ".join(visible(text).split())
