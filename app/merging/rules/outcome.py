"""What a merge would do besides pooling two records, for whoever decides; and whether it is still that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.models import User
from app.bookings.models import Booking
from app.merging.rules import accounts, details, places
from app.people.models import Person

OTHERWISE_BY_NOW = (
    "Something about these records was changed after you opened this page. Below is what merging them would "
    "do now: look at it, and merge them then"
)


@dataclass(frozen=True)
class Outcome:
    """The places that end, the days at the same time, the account that is closed, and the details of which
    one is kept: what each record has of them."""

    ends: Sequence[Booking]
    clashes: Sequence[places.ClashToCome]
    closes: User | None
    details: Sequence[tuple[str, str | None, str | None]]

    @property
    def told(self) -> object:
        """All of it, for telling whether it is what somebody looked at."""
        return (
            [(one.id, one.state) for one in self.ends],
            [(one.stays.id, one.stays.starts_at, one.comes.id, one.comes.starts_at) for one in self.clashes],
            self.closes and self.closes.id,
            list(self.details),
        )


def outcome_of(survivor: Person, merged: Person) -> Outcome:
    """What merging the second into the first would do now."""
    return Outcome(
        ends=places.would_end(survivor, merged),
        clashes=places.would_clash(survivor, merged),
        closes=accounts.closes(survivor, merged),
        details=[
            (name, getattr(survivor, name), getattr(merged, name))
            for name in details.differing(survivor, merged)
        ],
    )
