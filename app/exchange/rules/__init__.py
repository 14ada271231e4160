"""What may be brought in and taken back: previews, applying all of a file or nothing, and undoing it."""

from app.exchange.rules.access import (
    check_can_import,
    kinds_for,
)
from app.exchange.rules.applying import (
    PREVIEWS_ARE_KEPT,
    apply,
    discard,
    known_since,
    preview,
    upload,
)
from app.exchange.rules.leaving import (
    places_not_given_back,
    places_that_go,
)
from app.exchange.rules.plans import (
    GROUPS,
    Difference,
    Group,
    Plan,
)
from app.exchange.rules.undo import (
    UNDO_FOR,
    can_undo,
    check_can_undo,
    said_of_undoing_locked,
    said_of_undone,
    undo,
)

__all__ = [
    "GROUPS",
    "PREVIEWS_ARE_KEPT",
    "UNDO_FOR",
    "Difference",
    "Group",
    "Plan",
    "apply",
    "can_undo",
    "check_can_import",
    "check_can_undo",
    "discard",
    "kinds_for",
    "known_since",
    "places_not_given_back",
    "places_that_go",
    "preview",
    "said_of_undoing_locked",
    "said_of_undone",
    "undo",
    "upload",
]
