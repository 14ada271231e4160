"""Places kept for partners: how many of a session's free seats somebody may not have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import Select, select

from app.bookings.models import Quota
from app.core.db import db


def quotas_of(run_id: int, *, on: date | None = None) -> Select[tuple[Quota]]:
    """The quotas of a run; with `on`, those that still keep places on that day."""
    statement = select(Quota).where(Quota.run_id == run_id).order_by(Quota.kept_until, Quota.id)
    return statement if on is None else statement.where(Quota.kept_until >= on)


def kept_for_others(
    quotas: Sequence[Quota], taken: Counter[int | None], is_kept: Callable[[Quota], bool]
) -> int:
    """How many free seats of a session are kept from somebody: those unclaimed of the quotas that `is_kept`
    says are for others. `taken` counts the seats held from each sector.

    Capacity 16 with 4 kept for partners: 12 staff leave 4 kept from the 13th, and 0 from a partner (AM-05).
    Kept are 2 for Health and 1 for the Police, with 2 from Health there: 1 is kept from a third (MA-04).
    """
    return sum(places for quota, places in unclaimed(quotas, taken) if is_kept(quota))


def is_kept_from_sector(quota: Quota, sector_id: int | None) -> bool:
    """Whether the places of a quota are for others than people of this sector (None: staff)."""
    return sector_id is None or (quota.sector_id is not None and quota.sector_id != sector_id)


def unclaimed(quotas: Sequence[Quota], taken: Counter[int | None]) -> list[tuple[Quota, int]]:
    """How many places of each quota nobody has claimed yet in a session.

    A sector's own quota is claimed first; who comes beyond it, and partners of sectors without one, claim the
    places kept for partners of any sector.
    """
    beyond = Counter({sector: seats for sector, seats in taken.items() if sector is not None})
    left = []
    for quota in sorted(quotas, key=lambda one: one.sector_id is None):
        claimed = min(quota.places, beyond.total() if quota.sector_id is None else beyond[quota.sector_id])
        if quota.sector_id is not None:
            beyond[quota.sector_id] -= claimed
        left.append((quota, quota.places - claimed))
    return left


def quota_for(run_id: int, sector_id: int | None) -> Quota | None:
    """The quota of a run for a sector or, without one, for partners of any."""
    return db.session.scalar(
        select(Quota).where(Quota.run_id == run_id, Quota.sector_id.is_not_distinct_from(sector_id)),
        execution_options={"populate_existing": True},
    )
