"""What two records hold, and what was merged."""

from __future__ import annotations

from app.merging.queries.records import (
    holdings,
    live_facts_of,
    live_spells_managed_by,
    merges,
    open_bookings_of_both,
    people_named,
    still_closed_since,
    undone_since,
)

__all__ = [
    "holdings",
    "live_facts_of",
    "live_spells_managed_by",
    "merges",
    "open_bookings_of_both",
    "people_named",
    "still_closed_since",
    "undone_since",
]
