"""What two records hold, what was merged, and who may be here twice."""

from __future__ import annotations

from app.merging.queries.duplicates import (
    Candidate,
    Pair,
    kept_apart,
    pairs_of,
    possible_duplicates,
    reasons_for,
)
from app.merging.queries.records import (
    holdings,
    live_facts_of,
    live_spells_managed_by,
    merges,
    open_bookings_of_both,
    people_named,
    undone_since,
)

__all__ = [
    "Candidate",
    "Pair",
    "holdings",
    "kept_apart",
    "live_facts_of",
    "live_spells_managed_by",
    "merges",
    "open_bookings_of_both",
    "pairs_of",
    "people_named",
    "possible_duplicates",
    "reasons_for",
    "undone_since",
]
