"""A booking gets another holder when two records of one person are merged, or a merge is undone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.bookings.models import FormerHolder
from app.core.db import db


def keep_former_holder(*, booking_ids: Collection[int], person_id: int, now: datetime) -> None:
    """Keep whose these bookings were until now, for figures as known before (4.4, U-07).

    Whoever gives them to somebody else says so: with a merge on 1 March, a forecast as known on 28 February
    still counts two people.
    """
    db.session.add_all(
        FormerHolder(booking_id=ident, person_id=person_id, until=now) for ident in sorted(booking_ids)
    )
    db.session.flush()
