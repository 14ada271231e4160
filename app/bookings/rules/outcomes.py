"""What a change by the academy came to: for all who were on the runs, and of a merge for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from app.bookings.models import Booking
from app.bookings.queries import DoublyBooked


class AfterMerge(StrEnum):
    """What becomes of somebody whose run is merged into another."""

    KEEPS = "keeps"  # the booking that they have there already
    HAS_PLACE = "has_place"
    IS_HELD = "is_held"  # a place, for the request that nobody has answered
    IS_OFFERED = "is_offered"  # a place, which they have not taken yet
    WAITS = "waits"
    ENDS = "ends"  # they are not moved


class MergeOutcome(NamedTuple):
    """What a merge of runs comes to for one person; `is_twice`: at the same time as another place."""

    person_id: int
    name: str
    becomes: AfterMerge
    is_twice: bool


@dataclass(frozen=True)
class Outcome:
    """What a change came to: who was told, who must say again that they come, which clashes it made.

    `joined` are those on a run already whom others join, `promoted` those who had waited for the places,
    `carried` the bookings on another run that people have instead, with a place or waiting for one. `of_each`
    says the same of a merge, person by person; `quotas` what became of places that are kept.
    """

    told: list[Booking] = field(default_factory=list)
    asked: list[Booking] = field(default_factory=list)
    joined: list[Booking] = field(default_factory=list)
    promoted: list[Booking] = field(default_factory=list)
    carried: list[Booking] = field(default_factory=list)
    clashes: list[DoublyBooked] = field(default_factory=list)
    of_each: list[MergeOutcome] = field(default_factory=list)
    quotas: list[str] = field(default_factory=list)
