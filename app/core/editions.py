"""What somebody saw of a thing, and whether it is still so when they press the button. (U-29)"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from app.core.errors import RuleBroken

Values = Sequence[tuple[str, str]]


class ChangedMeanwhile(RuleBroken):
    """Somebody else saved first; `values` is what is saved now, in words: ("Venue", "Plough Lane"), and
    `edition` its sign: whoever has seen it may save over it."""

    def __init__(self, who: str, values: Values) -> None:
        super().__init__(
            f"This was changed {who}, after you opened it. Both versions are below: save yours over it, or "
            "leave it as it is now"
        )
        self.values, self.edition = values, edition(values)


def edition(told: object) -> str:
    """A short sign of what a page tells, which differs when any of it does: of whatever says all of itself
    when it is printed."""
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def check_looked_at(told: object, seen: str | None, sentence: str, *, field: str | None = None) -> None:
    """What is done now is what was looked at: `seen` is the edition of a page that told what would be done,
    None where there was none. Raises RuleBroken with the sentence when it would be something else by now."""
    if seen is not None and seen != edition(told):
        raise RuleBroken(sentence, field=field)


def opened(edition: str, at: datetime) -> str:
    """What a page holds that was opened then: the edition that it was made from, and when that was."""
    return f"{edition}@{at.isoformat()}"


def check_unchanged(values: Values, seen: str | None, who: Callable[[datetime | None], str]) -> None:
    """Whoever saves has seen what is saved now; `seen` is what their page holds, None of whoever has no page.

    `who` says by whom it was changed since then: "by Ann Other on 3 March 2022 at 10:05". A page that does
    not say when it was opened is of no use for that.
    """
    was, _, since = (seen or "").partition("@")
    if seen is not None and was != edition(values):
        raise ChangedMeanwhile(who(_instant(since)), values)


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
