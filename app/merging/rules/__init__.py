"""The rules of merging: who may, how two records become one, and taking it back."""

from __future__ import annotations

from app.merging.rules.access import (
    check_can_see_pair,
    sees_everybody,
)
from app.merging.rules.apart import keep_apart
from app.merging.rules.details import (
    differing,
    taken_by_default,
)
from app.merging.rules.merging import merge
from app.merging.rules.outcome import Outcome, outcome_of
from app.merging.rules.undo import (
    UNDO_FOR,
    check_can_undo,
    undo,
)

__all__ = [
    "UNDO_FOR",
    "Outcome",
    "check_can_see_pair",
    "check_can_undo",
    "differing",
    "keep_apart",
    "merge",
    "outcome_of",
    "sees_everybody",
    "taken_by_default",
    "undo",
]
